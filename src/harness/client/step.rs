//! What a client can be told to do, and what that can come to.

use super::Exchange;
use crate::judge::NoAnswer;
use crate::protocol::sasl::{Credentials, Entropy, Mechanism};
use crate::protocol::tls::Established;
use crate::protocol::wire::{Extensions, Reply};

/// What a client says on one connection, in order.
pub type Script = Vec<Step>;

/// One thing to say, or to wait for.
#[derive(Clone, Debug)]
pub enum Step {
    /// Waits for the greeting.
    Greeting,
    /// EHLO.
    Ehlo {
        /// The client's name.
        name: String,
        /// Whether HELO is said when EHLO gets a 5xx (RFC 5321 3.2).
        helo_fallback: bool,
    },
    /// A whole authentication exchange, begun without an initial response, listed or not.
    Authenticate(Authenticate),
    /// A line, without its CRLF; then one reply is read.
    Command(Vec<u8>),
    /// A message behind a DATA that was answered 354, transparency and end of mail data added; then one reply is read.
    MailData(Vec<u8>),
    /// Octets as they are, in one write. Nothing is read.
    Octets(Vec<u8>),
    /// Reads one reply.
    Reply,
    /// STARTTLS, with these octets behind its CRLF in the same write (none, in a client that keeps to RFC 3207); then one
    /// reply is read. Behind a 220 (RFC 3207 4) TLS is begun. What the server listed before counts no more (RFC 3207 4.2):
    /// EHLO is to be said again.
    StartTls {
        /// What is said behind it in clear.
        behind: Vec<u8>,
    },
    /// QUIT; then one reply is read. Whoever drives it need not wait long.
    Quit,
}

/// An authentication exchange to be had.
#[derive(Clone, Debug)]
pub struct Authenticate {
    /// By what.
    pub mechanism: Mechanism,
    /// As whom.
    pub credentials: Credentials,
    /// What the mechanism needs of the outside world.
    pub entropy: Entropy,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Sent; nothing was to be read.
    Sent,
    /// One whole reply.
    Reply(Reply),
    /// The reply to EHLO, or to HELO, which lists nothing.
    Introduced {
        /// The reply.
        reply: Reply,
        /// What it lists.
        extensions: Extensions,
    },
    /// What the exchange came to.
    Exchange(Exchange),
    /// TLS stands.
    Secured {
        /// The reply to STARTTLS.
        reply: Reply,
        /// What was agreed on.
        established: Box<Established>,
    },
    /// No whole reply came. The connection is of no use any more.
    NoAnswer(NoAnswer),
}

impl Outcome {
    /// The reply that ended the step, if one did.
    ///
    /// # Errors
    /// Where none came; an exchange that was stopped before anything was sent counts as one to which no reply came.
    pub fn into_reply(self) -> Result<Reply, NoAnswer> {
        let none = || NoAnswer::NoReply { what: "nothing was to be read".to_owned() };
        match self {
            Self::Reply(reply) | Self::Introduced { reply, .. } | Self::Secured { reply, .. } => Ok(reply),
            Self::Exchange(Exchange::Answered { reply, .. } | Exchange::Unproven { reply }) => Ok(reply),
            Self::Exchange(Exchange::Stopped { reply, .. }) => reply.ok_or_else(none),
            Self::NoAnswer(why) => Err(why),
            Self::Sent => Err(none()),
        }
    }
}
