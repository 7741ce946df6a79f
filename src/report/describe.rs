//! Answers and verdicts in words. What a server said is made harmless here.

use super::run::Standing;
use crate::diagnostic::text::printable;
pub(super) use crate::judge::duration;
use crate::judge::{Authentication, Door, Fate, Level, NoAnswer, Role, Sighting, Spoken, Stage, Stated, Verdict};
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
            Door::Outside => format!("relayed: it arrived at the witness{}", after(sighting)),
            Door::Inside => format!("passed inside: it arrived at the internal server{}", after(sighting)),
        },
        Fate::Bounced { notice } => {
            let stated = notice.stated.as_ref().map(stated).unwrap_or_default();
            format!("accepted, then bounced: a notice came back{}{stated}", after(notice))
        }
        Fate::AcceptedNotSeen { waited } => format!("accepted, but nothing arrived within {}", duration(*waited)),
        Fate::Unsettled { otherwise, hint, sighting } => {
            format!("{}; {}", self::fate(otherwise), printable(&hinted(*hint, sighting)))
        }
        Fate::AcceptedUnproven { at } => format!("accepted at {}, which proves nothing without a witness", stage(*at)),
        Fate::NoAnswer(why) => format!("no answer: {}", no_answer(why)),
        Fate::NotTried { reason } => format!("not tried: {}", printable(reason)),
    }
}

/// ` after 0.3 s`; in process nothing takes any time, and nothing is said of it.
fn after(sighting: &Sighting) -> String {
    let after = sighting.after.filter(|after| !after.is_zero());
    after.map(|after| format!(" after {}", duration(after))).unwrap_or_default()
}

/// `, 5.7.1 (smtp; 550 5.7.1 no)`.
fn stated(stated: &Stated) -> String {
    let status = stated.status.as_ref().map(|status| format!(", {}", printable(status))).unwrap_or_default();
    let diagnostic = stated.diagnostic.as_ref().map(|text| format!(" ({})", printable(text))).unwrap_or_default();
    format!("{status}{diagnostic}")
}

/// The newest trace field of mail that arrived, which the server that handed it over has put there (RFC 5321 4.4), without
/// its name.
pub(super) fn trace(fate: &Fate) -> Option<String> {
    let Fate::Arrived { sighting } = fate else { return None };
    let newest = sighting.trace.first()?;
    let value = newest.split_once(':').filter(|(name, _)| name.trim_end().eq_ignore_ascii_case("Received"));
    Some(printable(value.map_or(newest.as_str(), |(_, value)| value).trim()).into_owned())
}

fn no_answer(why: &NoAnswer) -> String {
    match why {
        NoAnswer::NotConnected { reason } => format!("no connection ({})", printable(reason)),
        NoAnswer::ConnectTimedOut { after } => format!("no connection within {}", duration(*after)),
        NoAnswer::GivenUp { connections } => format!("given up after {connections} connections without a greeting"),
        NoAnswer::NoGreeting { after } => format!("no greeting came within {}", duration(*after)),
        NoAnswer::NotSmtp { what } => format!("what greeted is not SMTP ({})", printable(what)),
        NoAnswer::Closed => "the server closed the connection".to_owned(),
        NoAnswer::Reset { reason } => format!("the connection was reset ({})", printable(reason)),
        NoAnswer::TimedOut { after } => format!("no reply came within {}", duration(*after)),
        NoAnswer::NoReply { what } => format!("what came is no answer ({})", printable(what)),
        NoAnswer::TurnedAway { reply: spoken } => format!("turned away in the greeting ({})", reply(spoken)),
        NoAnswer::LimitReached { limit } => format!("a limit of this run was reached ({})", printable(limit)),
        NoAnswer::WitnessLost { reason } => format!("the witness was lost ({})", printable(reason)),
        NoAnswer::NoTls { cause } => format!("no TLS ({})", printable(&no_tls(cause))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::report::fixture;

    /// The six outcomes of docs/events.md, each in words of its own.
    #[rstest]
    #[case::refused(Fate::Refused { at: Stage::Rcpt, reply: no() }, "refused at RCPT: 550 5.7.1 no")]
    #[case::refused_after_the_data(
        Fate::Refused { at: Stage::EndOfData, reply: no() },
        "refused at the end of the mail data: 550 5.7.1 no"
    )]
    #[case::deferred(
        Fate::Deferred { at: Stage::Rcpt, reply: no(), retried: true },
        "deferred twice at RCPT: 550 5.7.1 no"
    )]
    #[case::relayed(fixture::relayed(), "relayed: it arrived at the witness after 0.290 s")]
    #[case::bounced(
        Fate::Bounced { notice: stating() },
        "accepted, then bounced: a notice came back after 0.290 s, 5.7.1 (smtp; 550 5.7.1 no)"
    )]
    #[case::not_seen(
        Fate::AcceptedNotSeen { waited: Duration::from_secs(20) },
        "accepted, but nothing arrived within 20 s"
    )]
    fn each_outcome_has_its_words(#[case] fate: Fate, #[case] expected: &str) {
        assert_eq!(super::fate(&fate), expected);
    }

    fn no() -> Spoken {
        Spoken { code: 550, enhanced: Some("5.7.1".to_owned()), text: "no".to_owned(), more: Vec::new() }
    }

    fn stating() -> Sighting {
        let (status, diagnostic) = (Some("5.7.1".to_owned()), Some("smtp; 550 5.7.1 no".to_owned()));
        Sighting { stated: Some(Stated { status, diagnostic }), ..fixture::sighting(Door::Outside) }
    }

    /// RFC 5321 4.4: each server puts its field before those that are there.
    #[test]
    fn the_newest_trace_field_is_shown_without_its_name() {
        let trace = |trace: &[&str]| {
            let trace = trace.iter().map(|&field| field.to_owned()).collect();
            super::trace(&Fate::Arrived { sighting: Sighting { trace, ..fixture::sighting(Door::Outside) } })
        };
        let fields = ["received: from a by b\u{1b}; today", "Received: older"];
        assert_eq!(trace(&fields).as_deref(), Some("from a by b\u{241b}; today"));
        assert_eq!(trace(&[]), None);
        assert_eq!(super::trace(&Fate::AcceptedNotSeen { waited: Duration::ZERO }), None);
    }

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
