//! What stands between evidence and a verdict.

use super::{Judgement, Verdict};
use crate::judge::{Fate, NoAnswer, NoTls};
use crate::protocol::tls::TlsError;

/// Why nothing can be concluded: the reason, and the remedy where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    kind: Kind,
    reason: String,
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Unavailable,
}

impl Doubt {
    /// It cannot be told: leads to [`Verdict::Inconclusive`].
    pub fn open(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Open, reason: reason.into(), remedy: None }
    }

    /// It cannot be had at this target: leads to [`Verdict::Skipped`].
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Unavailable, reason: reason.into(), remedy: None }
    }

    /// The same with something the user can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same with what can be done where mail got no answer.
    #[must_use]
    pub fn about(self, fate: &Fate) -> Self {
        match fate {
            Fate::NoAnswer(why) => self.about_silence(why),
            Fate::Refused { .. }
            | Fate::Deferred { .. }
            | Fate::Arrived { .. }
            | Fate::Bounced { .. }
            | Fate::AcceptedNotSeen { .. }
            | Fate::Unsettled { .. }
            | Fate::AcceptedUnproven { .. }
            | Fate::NotTried { .. } => self,
        }
    }

    /// The same with what can be done about an answer that did not come.
    #[must_use]
    pub fn about_silence(self, why: &NoAnswer) -> Self {
        match answer_me(why) {
            Some(remedy) => self.with_remedy(remedy),
            None => self,
        }
    }

    /// The judgement it leads to.
    pub fn into_judgement(self) -> Judgement {
        let verdict = match self.kind {
            Kind::Open => Verdict::Inconclusive,
            Kind::Unavailable => Verdict::Skipped,
        };
        let judgement = Judgement::new(verdict, self.reason);
        match self.remedy {
            Some(remedy) => judgement.with_remedy(remedy),
            None => judgement,
        }
    }
}

/// What can be done so that an answer comes. `None` where the reason itself says it.
pub(crate) fn answer_me(why: &NoAnswer) -> Option<&'static str> {
    match why {
        NoAnswer::NotConnected { .. } => {
            Some("check that the server is listening, and that `address` in the target file is its")
        }
        NoAnswer::Closed | NoAnswer::Reset { .. } => Some(
            "see in the server's log why it ended the connection: it may allow this address too few connections, or none",
        ),
        NoAnswer::TimedOut { .. } => Some(
            "raise `limits.reply` in the target file; a server that wants TLS from the first octet waits too: write \
             `tls: implicit`",
        ),
        NoAnswer::NoReply { .. } => Some(
            "check that `address` in the target file names an SMTP service, that `tls: implicit` stands there if it wants \
             TLS from the first octet, and that it gives each command one reply",
        ),
        NoAnswer::TurnedAway { .. } => {
            Some("run from an address that the server serves; where its reply is temporary, run again later")
        }
        NoAnswer::LimitReached { limit } => match limit.as_str() {
            "case" => Some("raise `limits.case` in the target file"),
            "run" => Some("raise `limits.run` in the target file"),
            logins if logins.starts_with("failed-logins") => Some(
                "mend the logins that failed before it, or raise `failed-logins` in the target file if that locks no account",
            ),
            _ => None,
        },
        NoAnswer::NoTls { cause } => Some(secure_me(cause)),
        NoAnswer::WitnessLost { .. } => Some(
            "see that `smtpspec witness` goes on for as long as the run does, and that the way to its control port stays \
             open; then run again",
        ),
    }
}

/// What can be done so that TLS stands.
fn secure_me(cause: &NoTls) -> &'static str {
    match cause {
        NoTls::NotOffered | NoTls::Refused { .. } => {
            "check that the server has a certificate and offers TLS to this address; if it does, somebody between here and \
             there takes it away. A server without TLS is judged without the key `tls` in the target file"
        }
        NoTls::Withheld { .. } => {
            "let the case begin TLS first, or judge the server without the key `tls` in the target file"
        }
        NoTls::Failed { error } => match error {
            TlsError::NotTrusted { .. } => {
                "compare the fingerprint with the server's own certificate; if it is the same, name the certificate of its \
                 issuer as `ca-file` below `tls`, or take any with `certificate: any`"
            }
            TlsError::WrongName { .. } => {
                "name the server as its certificate does, with `server-name` below `tls` in the target file"
            }
            TlsError::Expired { .. } | TlsError::NotYetValid { .. } => {
                "renew the server's certificate, and check this machine's clock; `certificate: any` below `tls` judges the \
                 server in spite of it"
            }
            TlsError::VersionNotSupported { .. } => {
                "a server that speaks TLS 1.0 or 1.1 alone needs a smtpspec built with the feature `legacy-tls`, and \
                 `versions: legacy` below `tls` in the target file"
            }
            TlsError::InClear { .. } => {
                "check that `tls` in the target file fits the port, `implicit` or `starttls`; if it does, somebody between \
                 here and there may have said it"
            }
            TlsError::Alert { .. } | TlsError::Closed | TlsError::Reset { .. } | TlsError::Failed { .. } => {
                "see in the server's log why its handshake failed, and check that `tls` in the target file fits the port, \
                 `implicit` or `starttls`"
            }
            TlsError::TimedOut { .. } => {
                "check that `tls` in the target file fits the port, `implicit` or `starttls`, or raise `limits.reply`"
            }
            TlsError::InUse => "let the case begin TLS once",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::judge::Spoken;

    fn limit(limit: &str) -> NoAnswer {
        NoAnswer::LimitReached { limit: limit.to_owned() }
    }

    /// The keys are those of docs/target-file.md.
    #[rstest]
    #[case::not_connected(NoAnswer::NotConnected { reason: "refused".to_owned() }, "`address`")]
    #[case::closed(NoAnswer::Closed, "the server's log")]
    #[case::reset(NoAnswer::Reset { reason: "by peer".to_owned() }, "the server's log")]
    #[case::timed_out(NoAnswer::TimedOut { after: Duration::from_secs(30) }, "`limits.reply`")]
    #[case::no_reply(NoAnswer::NoReply { what: "banana".to_owned() }, "TLS from the first octet")]
    #[case::turned_away(
        NoAnswer::TurnedAway { reply: Spoken { code: 554, enhanced: None, text: String::new(), more: Vec::new() } },
        "run from an address"
    )]
    #[case::case(limit("case"), "`limits.case`")]
    #[case::run(limit("run"), "`limits.run`")]
    #[case::logins(limit("failed-logins: 3"), "`failed-logins`")]
    #[case::witness(NoAnswer::WitnessLost { reason: "closed".to_owned() }, "`smtpspec witness`")]
    fn silence_has_a_remedy(#[case] why: NoAnswer, #[case] expected: &str) {
        let remedy = Doubt::open("").about(&Fate::NoAnswer(why)).into_judgement().remedy.unwrap();
        assert!(remedy.contains(expected), "{remedy}");
    }

    /// Such a limit names what allows it.
    #[test]
    fn a_limit_that_says_what_to_do_has_no_second_remedy() {
        let doubt = Doubt::open("").about_silence(&limit("no mail data is sent (`--send-data` allows it)"));
        assert_eq!(doubt.into_judgement().remedy, None);
    }
}
