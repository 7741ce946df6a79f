//! Answers and verdicts in words. What a server said is made harmless here.

use super::run::Standing;
use crate::diagnostic::text::printable;
pub(super) use crate::judge::duration;
use crate::judge::{Authentication, Door, Fate, Level, NoAnswer, Role, Spoken, Stage, Verdict};
use crate::judge::{hinted, no_mechanism, no_tls};

/// One character for what a case came to.
pub(super) const fn mark_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Judged(verdict) => mark(verdict),
        Standing::Expected => "~",
    }
}

/// The word for it.
pub(super) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Judged(verdict) => self::verdict(verdict),
        Standing::Expected => "expected",
    }
}

/// One character for a verdict.
pub(super) const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conformant => "✓",
        Verdict::Deviates => "✗",
        Verdict::Inconclusive => "?",
        Verdict::Skipped => "·",
        Verdict::NotApplicable => "–",
    }
}

/// The word for a verdict.
pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conformant => "conformant",
        Verdict::Deviates => "deviates",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Skipped => "skipped",
        Verdict::NotApplicable => "not applicable",
    }
}

pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::Record => "the record",
    }
}

/// A role without an article, as the name of a row: `unauthorized account`.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Anonymous => "anonymous",
        Role::WrongPassword => "wrong password",
        Role::NullSession => "null session",
        Role::Guest => "Guest",
        Role::UnauthorizedAccount => "unauthorized account",
        Role::AuthorizedAccount => "authorized account",
        Role::PopImapClient => "POP3 or IMAP4 client",
        Role::MapiClient => "MAPI client",
    }
}

/// The command at which mail was refused, by its verb.
pub(super) const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Mail => "MAIL",
        Stage::Rcpt => "RCPT",
        Stage::Data => "DATA",
        Stage::EndOfData => "the end of the mail data",
    }
}

/// `550 5.7.1`.
pub(super) fn codes(reply: &Spoken) -> String {
    match &reply.enhanced {
        Some(enhanced) => format!("{} {}", reply.code, printable(enhanced)),
        None => reply.code.to_string(),
    }
}

/// `550 5.7.1 Unable to relay`.
pub(super) fn reply(reply: &Spoken) -> String {
    let text = reply.text.trim();
    // The text begins with the enhanced code as the server sent it (RFC 2034 4), which `codes` has written already.
    let rest = reply.enhanced.as_deref().and_then(|enhanced| text.strip_prefix(enhanced));
    let text = rest.filter(|rest| rest.is_empty() || rest.starts_with(' ')).map_or(text, str::trim_start);
    format!("{} {}", codes(reply), printable(text)).trim_end().to_owned()
}

/// What AUTH said, as a clause.
pub(super) fn authentication(answer: &Authentication) -> String {
    match answer {
        Authentication::NotTried => "not used".to_owned(),
        Authentication::Accepted { reply: spoken } => format!("accepted: {}", reply(spoken)),
        Authentication::Refused { reply: spoken } => format!("refused: {}", reply(spoken)),
        Authentication::Unavailable { reply: spoken } => format!("mechanism not to be had here: {}", reply(spoken)),
        Authentication::NeedsTls { reply: spoken } => format!("not without TLS: {}", reply(spoken)),
        Authentication::Deferred { reply: spoken } => format!("deferred: {}", reply(spoken)),
        Authentication::NoMechanism { listed, .. } => format!("not tried: {}", printable(&no_mechanism(listed))),
        Authentication::CannotSpeak { reason } => format!("not tried to its end: {}", printable(reason)),
        Authentication::NoAnswer(why) => format!("no answer: {}", no_answer(why)),
    }
}

/// What became of the mail, as a clause.
pub(super) fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Refused { at, reply: spoken } => format!("refused at {}: {}", stage(*at), reply(spoken)),
        Fate::Deferred { at, reply: spoken, retried } => {
            let twice = if *retried { "deferred twice" } else { "deferred" };
            format!("{twice} at {}: {}", stage(*at), reply(spoken))
        }
        Fate::Arrived { sighting } => match sighting.door {
            Door::Outside => "relayed: it arrived at the witness".to_owned(),
            Door::Inside => "passed inside: it arrived at the internal server".to_owned(),
        },
        Fate::Bounced { .. } => "accepted, then bounced: a notice came back".to_owned(),
        Fate::AcceptedNotSeen { waited } => format!("accepted, but nothing arrived within {}", duration(*waited)),
        Fate::Unsettled { otherwise, hint, sighting } => {
            format!("{}; {}", self::fate(otherwise), printable(&hinted(*hint, sighting)))
        }
        Fate::AcceptedUnproven { at } => format!("accepted at {}, which proves nothing without a witness", stage(*at)),
        Fate::NoAnswer(why) => format!("no answer: {}", no_answer(why)),
        Fate::NotTried { reason } => format!("not tried: {}", printable(reason)),
    }
}

fn no_answer(why: &NoAnswer) -> String {
    match why {
        NoAnswer::NotConnected { reason } => format!("no connection ({})", printable(reason)),
        NoAnswer::Closed => "the server closed the connection".to_owned(),
        NoAnswer::Reset { reason } => format!("the connection was reset ({})", printable(reason)),
        NoAnswer::TimedOut { after } => format!("no reply came within {}", duration(*after)),
        NoAnswer::NoReply { what } => format!("what came is no answer ({})", printable(what)),
        NoAnswer::TurnedAway { reply: spoken } => format!("turned away in the greeting ({})", reply(spoken)),
        NoAnswer::LimitReached { limit } => format!("a limit of this run was reached ({})", printable(limit)),
        NoAnswer::NoTls { cause } => format!("no TLS ({})", printable(&no_tls(cause))),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // RFC 2034 4: the text of a reply begins with the enhanced code. It is to be read once.
    #[rstest]
    #[case(Some("2.7.0"), "2.7.0 Authentication successful", "235 2.7.0 Authentication successful")]
    #[case::nothing_else(Some("2.7.0"), "2.7.0", "235 2.7.0")]
    #[case::only_looks_like_it(Some("2.7.0"), "2.7.0.1 is our version", "235 2.7.0 2.7.0.1 is our version")]
    #[case::without(None, "2.7.0 Authentication successful", "235 2.7.0 Authentication successful")]
    #[case::apart(Some("2.7.0"), "Authentication successful", "235 2.7.0 Authentication successful")]
    fn a_reply_has_its_enhanced_code_once(#[case] enhanced: Option<&str>, #[case] text: &str, #[case] expected: &str) {
        let spoken =
            Spoken { code: 235, enhanced: enhanced.map(str::to_owned), text: text.to_owned(), more: Vec::new() };
        assert_eq!(reply(&spoken), expected);
    }
}
