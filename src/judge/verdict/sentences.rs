//! How reasons word what was seen: each clause says who, what and with which code.

use std::time::Duration;

use crate::judge::{Attempt, Authentication, Door, Fate, Hint, NoAnswer, NoTls, Role, Sighting, Spoken, Stage};
use crate::protocol::transcript::{Content, Side};

/// `550 5.7.1 Unable to relay`. The enhanced status code is not said twice where the text has it too.
pub(crate) fn spoken(reply: &Spoken) -> String {
    let mut said = reply.code.to_string();
    if let Some(enhanced) = reply.enhanced.as_deref().filter(|enhanced| !reply.text.starts_with(enhanced)) {
        said.push(' ');
        said.push_str(enhanced);
    }
    let text = reply.text.trim();
    if !text.is_empty() {
        said.push(' ');
        said.push_str(text);
    }
    said
}

/// `the null session (NTLM)`.
pub(super) fn who(attempt: &Attempt) -> String {
    match &attempt.mechanism {
        Some(mechanism) => format!("{} ({mechanism})", attempt.role.phrase()),
        None => attempt.role.phrase().to_owned(),
    }
}

/// `mail of the null session (NTLM) to user@example.org`; with the sender where it is another role's.
pub(crate) fn mail(attempt: &Attempt) -> String {
    let who = who(attempt);
    let to = &attempt.forward_path;
    if attempt.sender_of == attempt.role {
        format!("mail of {who} to {to}")
    } else {
        format!("mail of {who} from {} to {to}", attempt.reverse_path)
    }
}

/// What became of it, as the rest of a clause whose subject is the mail.
pub(crate) fn became(fate: &Fate) -> String {
    match fate {
        Fate::Refused { at, reply } => format!("was refused at {}: {}", stage(*at), spoken(reply)),
        Fate::Deferred { at, reply, retried: true } => {
            format!("was deferred twice at {}: {}", stage(*at), spoken(reply))
        }
        Fate::Deferred { at, reply, retried: false } => format!("was deferred at {}: {}", stage(*at), spoken(reply)),
        Fate::Arrived { sighting } => match sighting.door {
            Door::Outside => "arrived at the witness".to_owned(),
            Door::Inside => "arrived at the internal server".to_owned(),
        },
        Fate::Bounced { .. } => "was accepted and returned with a notice".to_owned(),
        Fate::AcceptedNotSeen { waited } => {
            format!("was accepted and not seen by the witness within {}", duration(*waited))
        }
        Fate::Unsettled { otherwise, hint, sighting } => {
            format!("{}; {}", became(otherwise), hinted(*hint, sighting))
        }
        Fate::AcceptedUnproven { at } => format!("was accepted at {}, with no witness to see more", stage(*at)),
        Fate::NoAnswer(why) => format!("got no answer: {}", no_answer(why)),
        Fate::NotTried { reason } => format!("was not tried: {reason}"),
    }
}

/// What was seen of it at the witness, as the rest of such a clause; with the recipient that it arrived for where that is
/// another.
pub(super) fn arrived(attempt: &Attempt) -> String {
    match &attempt.fate {
        Fate::Arrived { sighting }
            if !sighting.forward_paths.iter().any(|path| is_same(path, &attempt.forward_path)) =>
        {
            format!("{}, for {}", became(&attempt.fate), sighting.forward_paths.join(" and "))
        }
        fate => became(fate),
    }
}

/// Domains may be spelled in another case, and with the root's dot.
fn is_same(path: &str, other: &str) -> bool {
    path.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// What leaves it open, as a clause.
pub(crate) fn hinted(hint: Hint, sighting: &Sighting) -> String {
    match hint {
        Hint::Copy => format!("a copy of it arrived at the witness for {}", sighting.forward_paths.join(" and ")),
        Hint::Reported { action } => format!("a notice says that it was {}", action.word()),
        Hint::AutomaticReply => "an automatic reply to it came back, so that somebody may have received it".to_owned(),
        Hint::Unmarked => format!(
            "mail for {} from <{}> arrived that does not bear our mark: it may be this",
            sighting.forward_paths.join(" and "),
            sighting.reverse_path
        ),
    }
}

/// What can be done about it.
pub(super) fn settle_it(hint: Hint) -> &'static str {
    match hint {
        Hint::Copy => "find out why the server sends it there; to one of its own domains it would be no relay",
        Hint::Reported { .. } | Hint::AutomaticReply => {
            "check that all of the server's mail to the remote recipient's domain reaches the witness, and give it more time \
             under `limits`: `witness`"
        }
        Hint::Unmarked => {
            "let the server leave the fields Message-ID and X-Smtpspec-Nonce as they are, and let no other mail arrive at the \
             witness"
        }
    }
}

/// What AUTH said, as the rest of a clause whose subject is the role.
pub(crate) fn authenticate_answer(authentication: &Authentication) -> String {
    match authentication {
        Authentication::NotTried => "did not authenticate".to_owned(),
        Authentication::Accepted { reply } => format!("authenticated: {}", spoken(reply)),
        Authentication::Refused { reply } => format!("was refused by AUTH: {}", spoken(reply)),
        Authentication::Unavailable { reply } => format!("cannot have its mechanism here: {}", spoken(reply)),
        Authentication::NeedsTls { reply } => format!("is not let authenticate without TLS: {}", spoken(reply)),
        Authentication::Deferred { reply } => format!("was put off by AUTH with a temporary code: {}", spoken(reply)),
        Authentication::NoMechanism { listed, .. } => format!("could not begin AUTH: {}", no_mechanism(listed)),
        Authentication::CannotSpeak { reason } => format!("could not finish AUTH: {reason}"),
        Authentication::NoAnswer(why) => format!("got no answer to AUTH: {}", no_answer(why)),
    }
}

/// Why no mechanism was chosen, as a clause.
pub(crate) fn no_mechanism(listed: &[String]) -> String {
    format!("no mechanism is named for the role, and of those listed ({}) none is used unasked", listed.join(", "))
}

/// Why there is no answer, as a clause.
pub(super) fn no_answer(why: &NoAnswer) -> String {
    match why {
        NoAnswer::NotConnected { reason } => format!("no connection could be made ({reason})"),
        NoAnswer::ConnectTimedOut { after } => format!("no connection stood within {}", duration(*after)),
        NoAnswer::GivenUp { connections } => {
            format!("given up after {connections} connections without a greeting in time")
        }
        NoAnswer::NoGreeting { after } => format!("no greeting came within {}", duration(*after)),
        NoAnswer::NotSmtp { what } => format!("what came for a greeting is not SMTP ({what})"),
        NoAnswer::Closed => "the server closed the connection".to_owned(),
        NoAnswer::Reset { reason } => format!("the connection was reset ({reason})"),
        NoAnswer::TimedOut { after } => format!("no whole reply came within {}", duration(*after)),
        NoAnswer::NoReply { what } => format!("what came is no answer ({what})"),
        NoAnswer::TurnedAway { reply } => format!("the greeting turned the client away ({})", spoken(reply)),
        NoAnswer::LimitReached { limit } => format!("a limit of this run was reached ({limit})"),
        NoAnswer::WitnessLost { reason } => format!("the witness was lost ({reason})"),
        NoAnswer::NoTls { cause } => format!("TLS is required here and not to be had: {}", no_tls(cause)),
    }
}

/// Why there is no TLS, as a clause.
pub(crate) fn no_tls(cause: &NoTls) -> String {
    match cause {
        NoTls::NotOffered => "the server does not list STARTTLS".to_owned(),
        NoTls::Refused { reply } => format!("STARTTLS was answered with {}", spoken(reply)),
        NoTls::Failed { error } => error.to_string(),
        NoTls::Withheld { what } => format!("{what} may not be said in clear and was not said"),
    }
}

/// Behind which of the client's words no answer came: ` behind RCPT TO:<a@example>`. Empty where the client had said nothing.
pub(super) fn behind(attempt: &Attempt) -> String {
    let said = attempt.transcript.entries.iter().rev().filter(|entry| entry.side == Side::Client);
    let last = said.map(|entry| match &entry.content {
        Content::Line { bytes, .. } => Some(bytes.escape_ascii().to_string()),
        Content::Credential { label, .. } => Some(label.clone()),
        Content::MailData { .. } => Some("the mail data".to_owned()),
        Content::Happening(_) => None,
    });
    last.flatten().find(|said| said != "QUIT").map_or_else(String::new, |said| format!(" behind {said}"))
}

/// Seconds with as many digits as tell something: `30 s`, `0.412 s`, `12.5 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        _ if duration.subsec_nanos() == 0 => format!("{} s", duration.as_secs()),
        ..10.0 => format!("{seconds:.3} s"),
        _ => format!("{seconds:.1} s"),
    }
}

/// The command's name.
pub(in crate::judge) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Mail => "MAIL",
        Stage::Rcpt => "RCPT",
        Stage::Data => "DATA",
        Stage::EndOfData => "the end of the mail data",
    }
}

/// What to write into the target file for a role it does not have.
pub(super) fn declare_absent(role: Role) -> String {
    format!("declare the role absent: `{}: absent`", role.id())
}
