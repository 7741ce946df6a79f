//! What was seen of one target: one [`Attempt`] a connection, what AUTH said and what became of the mail kept apart.

use std::time::Duration;

use super::{Declaration, Nonce, Role, Sighting};
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
}

impl From<&Reply> for Spoken {
    fn from(reply: &Reply) -> Self {
        Self { code: reply.code().get(), enhanced: reply.enhanced().map(|code| code.to_string()), text: reply.text() }
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
    /// A 5xx after the exchange had begun: a 334 was seen.
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
    /// The mechanism is one we do not speak, the challenge cannot be answered, or the answer cannot be read: a 2xx that is not
    /// 235, or a 235 before any 334.
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
    /// A notice came back to the reverse-path.
    Bounced {
        /// What the witness saw.
        notice: Sighting,
    },
    /// A 250 at the end, a witness, and nothing seen within the wait.
    AcceptedNotSeen {
        /// How long was waited.
        waited: Duration,
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
