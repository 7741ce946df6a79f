//! What was seen of one target: one [`Attempt`] a connection, what AUTH said and what became of the mail kept apart.

use std::time::Duration;

use super::{Declaration, Hint, Nonce, Role, Sighting};
use crate::protocol::tls::TlsError;
use crate::protocol::transcript::Transcript;
use crate::protocol::wire::Reply;

/// A reply as verdicts read it: code, enhanced code, text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spoken {
    /// The reply code.
    pub code: u16,
    /// The enhanced status code as text, `5.7.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enhanced: Option<String>,
    /// The text of the first line.
    pub text: String,
    /// The text of the other lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<String>,
}

impl Spoken {
    /// The text of each line.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.text).chain(&self.more).map(String::as_str)
    }
}

impl From<&Reply> for Spoken {
    fn from(reply: &Reply) -> Self {
        let mut lines = reply.texts();
        Self {
            code: reply.code().get(),
            enhanced: reply.enhanced().map(|code| code.to_string()),
            text: lines.next().unwrap_or_default(),
            more: lines.collect(),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum NoAnswer {
    /// No connection.
    NotConnected {
        /// The operating system's words.
        reason: String,
    },
    /// No connection within the limit.
    ConnectTimedOut {
        /// The limit.
        after: Duration,
    },
    /// Not connected to any more: so many connections in a row had no greeting in time.
    GivenUp {
        /// How many.
        connections: u32,
    },
    /// A connection, and no greeting within the limit.
    NoGreeting {
        /// The limit.
        after: Duration,
    },
    /// What came where the greeting should be is not SMTP.
    NotSmtp {
        /// What it was.
        what: String,
    },
    /// The server closed the connection.
    Closed,
    /// The connection was reset.
    Reset {
        /// The operating system's words.
        reason: String,
    },
    /// Nothing within the limit.
    TimedOut {
        /// The limit.
        after: Duration,
    },
    /// Something came that is no answer: no reply, or a reply to nothing that was said.
    NoReply {
        /// What it was.
        what: String,
    },
    /// The server turned the client away in its greeting (421, 521, 554).
    TurnedAway {
        /// The greeting.
        reply: Spoken,
    },
    /// A limit of ours was reached: failed logins, the run's time.
    LimitReached {
        /// Which.
        limit: String,
    },
    /// The server may have done what it said, and the witness that would have seen it was lost.
    WitnessLost {
        /// Which witness, and how it was lost.
        reason: String,
    },
    /// TLS was wanted and is not to be had.
    NoTls {
        /// Why.
        cause: NoTls,
    },
}

/// Why there is no TLS where it is wanted. Each may be the doing of somebody between client and server.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum NoTls {
    /// EHLO does not list STARTTLS (RFC 3207 2).
    NotOffered,
    /// STARTTLS was answered with something else than 220 (RFC 3207 4).
    Refused {
        /// The reply.
        reply: Spoken,
    },
    /// The handshake failed, or what stood broke.
    Failed {
        /// Over what.
        error: TlsError,
    },
    /// This may be said under TLS only, and there was none: it was not said.
    Withheld {
        /// What, by its verb.
        what: String,
    },
}

/// How [`NoAnswer::NoReply`] begins for what came before anything was said to which it could be an answer.
const UNASKED: &str = "unasked: ";

impl NoAnswer {
    /// That of octets which came before anything was said to which they could be an answer.
    pub fn of_unasked(octets: &[u8]) -> Self {
        Self::NoReply { what: format!("{UNASKED}{}", octets.escape_ascii()) }
    }

    /// What came before anything was said to which it could be an answer; `None` where that is not why.
    pub fn unasked(&self) -> Option<&str> {
        let Self::NoReply { what } = self else { return None };
        what.strip_prefix(UNASKED)
    }

    /// That of a reply whose lines say different things; `None` for any other reply.
    pub fn of_contradiction(reply: &Reply) -> Option<Self> {
        let lines =
            reply.raw().split_inclusive(|octet| *octet == b'\n').map(|line| line.trim_ascii_end().escape_ascii());
        let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
        reply
            .contradicts_itself()
            .then(|| Self::NoReply { what: format!("its lines contradict each other: {}", lines.join(" / ")) })
    }
}

/// What AUTH said.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Authentication {
    /// The role does not authenticate.
    NotTried,
    /// 235, behind a challenge.
    Accepted {
        /// The reply.
        reply: Spoken,
    },
    /// A 5xx that is neither 500 nor 501, after the exchange had begun: a 334 was seen.
    Refused {
        /// The reply.
        reply: Spoken,
    },
    /// A 5xx before any 334: the mechanism cannot be had here.
    Unavailable {
        /// The reply.
        reply: Spoken,
    },
    /// 530, 538, or any refusal while STARTTLS is offered and not used: not without TLS.
    NeedsTls {
        /// The reply.
        reply: Spoken,
    },
    /// 4xx.
    Deferred {
        /// The reply.
        reply: Spoken,
    },
    /// AUTH was not sent: no mechanism was named, and the server lists only such as are never chosen unasked, most of them
    /// because we do not speak them.
    NoMechanism {
        /// What it lists, in its order.
        listed: Vec<String>,
        /// Whether STARTTLS is offered and not used: under TLS the list may be another.
        without_tls: bool,
    },
    /// The challenge cannot be answered, the server could not read the response (500, 501), or the answer cannot be read: a 2xx that is not 235, or a 235 before any 334.
    CannotSpeak {
        /// What stopped us.
        reason: String,
    },
    /// The connection gave no answer.
    NoAnswer(NoAnswer),
}

/// A place in the dialogue at which mail can be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA, before the 354.
    Data,
    /// After the end of mail data indicator.
    EndOfData,
}

/// What became of the mail.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fate")]
pub enum Fate {
    /// A 5xx; where it came behind the mail data, the witness saw nothing of the mail either.
    Refused {
        /// Where.
        at: Stage,
        /// The reply.
        reply: Spoken,
    },
    /// A 4xx; where mail data was sent, the witness saw nothing of the mail either.
    Deferred {
        /// Where.
        at: Stage,
        /// The reply of the last try.
        reply: Spoken,
        /// Whether it was tried a second time after the stated wait, with the same answer: the same command, code and enhanced
        /// code.
        retried: bool,
    },
    /// The witness received it, whatever the replies were.
    Arrived {
        /// What the witness saw.
        sighting: Sighting,
    },
    /// A notice came back to the reverse-path: one that says the mail has failed, or that does not say.
    Bounced {
        /// What the witness saw.
        notice: Sighting,
    },
    /// A 250 at the end, a witness, and nothing seen within the wait.
    AcceptedNotSeen {
        /// How long was waited.
        waited: Duration,
    },
    /// Something came in at the witness that leaves open what became of the mail.
    Unsettled {
        /// What became of it without that.
        otherwise: Box<Fate>,
        /// What it was.
        hint: Hint,
        /// What the witness saw.
        sighting: Sighting,
    },
    /// RCPT (or the end of mail data) was accepted and there is no witness: a claim without proof.
    AcceptedUnproven {
        /// How far it went.
        at: Stage,
    },
    /// The connection gave no answer.
    NoAnswer(NoAnswer),
    /// It was not tried.
    NotTried {
        /// Why.
        reason: String,
    },
}

/// Where the mail was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// The remote recipient: passing it on is relaying.
    Remote,
    /// The local recipient.
    Local,
}

/// One mail transaction tried by one role on a connection of its own.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attempt {
    /// Who tried.
    pub role: Role,
    /// Whose reverse-path was used: an anonymous client also tries with each role's.
    pub sender_of: Role,
    /// The reverse-path, without brackets.
    pub reverse_path: String,
    /// Whether the reverse-path was made for this attempt alone.
    pub fresh_sender: bool,
    /// The forward-path, without brackets.
    pub forward_path: String,
    /// Which of the two recipients it is.
    pub destination: Destination,
    /// The mechanism asked for, by name; `None` where the role does not authenticate.
    pub mechanism: Option<String>,
    /// The mark in its message.
    pub nonce: Nonce,
    /// What AUTH said.
    pub authentication: Authentication,
    /// Whether any of it was tried a second time, after a wait or on another connection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retried: bool,
    /// The last command of its mail transaction that was answered with success; `None` where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<Stage>,
    /// What became of the mail.
    pub fate: Fate,
    /// Its place in the run, from 0: later attempts have higher numbers.
    pub order: u32,
    /// What was said.
    pub transcript: Transcript,
    /// The entry of the transcript that decided the fate.
    pub deciding_entry: Option<usize>,
}

/// All that is known of one target when a verdict is asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// What the target file says.
    pub declaration: Declaration,
    /// What was tried, in order.
    pub attempts: Vec<Attempt>,
}

impl Evidence {
    /// The attempts of a role with its own sender to a destination, in order.
    pub fn of(&self, role: Role, destination: Destination) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(move |attempt| {
            attempt.role == role && attempt.sender_of == role && attempt.destination == destination
        })
    }

    /// The anonymous client's attempt on the remote recipient with another role's sender. Roles may share a sender: one
    /// attempt with it is then enough.
    pub fn anonymous_with_sender_of(&self, role: Role) -> Option<&Attempt> {
        let sender = self.of(role, Destination::Remote).next().map(|attempt| attempt.reverse_path.as_str());
        self.attempts.iter().find(|attempt| {
            attempt.role == Role::Anonymous
                && attempt.destination == Destination::Remote
                && (attempt.sender_of == role || sender == Some(attempt.reverse_path.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::fixture::{attempt, declaration, relayed};

    /// "of a role with its own sender to a destination, in order".
    #[test]
    fn mail_under_anothers_sender_is_not_the_roles_own() {
        let mail = |sender_of| attempt(Role::Anonymous).sent_as(sender_of);
        let attempts =
            vec![mail(Role::Guest).ending(relayed()), mail(Role::Anonymous).locally(), mail(Role::Anonymous)];
        let evidence = Evidence { declaration: declaration(), attempts }.in_order();
        let orders =
            |destination| evidence.of(Role::Anonymous, destination).map(|attempt| attempt.order).collect::<Vec<_>>();
        assert_eq!(orders(Destination::Remote), [2]);
        assert_eq!(orders(Destination::Local), [1]);
        assert_eq!(evidence.of(Role::Guest, Destination::Remote).count(), 0);
    }

    #[test]
    fn a_reply_is_kept_with_all_its_lines() {
        let reply = Reply::from_bytes(b"550-We serve\r\n550-5.7.1 our own\r\n550 alone\r\n").unwrap().unwrap();
        let spoken = Spoken::from(&reply);
        assert_eq!(spoken.lines().collect::<Vec<_>>(), ["We serve", "5.7.1 our own", "alone"]);
        assert_eq!((spoken.text.as_str(), spoken.enhanced.as_deref()), ("We serve", Some("5.7.1")));
    }
}
