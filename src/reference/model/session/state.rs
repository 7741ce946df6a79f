//! What a session may be in the middle of. Transitions consume the old state.

use super::super::mail::bounce::ReturnReason;
use super::super::output::Hop;
use super::super::stages::Identity;
use crate::protocol::sasl::{Mechanism, ServerExchange};
use crate::protocol::wire::{BodyType, DotDecoder, Path};
use crate::reference::deployment::facts::ReplyKey;

/// What may come next.
#[derive(Debug)]
pub(super) enum Phase {
    /// A command.
    Command(Transaction),
    /// Mail data up to its end.
    MailData(MailData),
    /// The octets of a chunk.
    Chunk(Chunk),
    /// Nothing from the client, until the caller brings a nonce.
    NonceWanted(Beginning),
    /// A response of an authentication exchange.
    Response(Exchange),
    /// Nothing, until TLS stands; the mail transaction in which STARTTLS came.
    TlsAwaited(Transaction),
    /// Nothing any more.
    Closed,
}

/// A mail transaction, or none.
#[derive(Debug)]
pub(super) enum Transaction {
    /// None is open.
    Idle,
    /// MAIL was taken.
    Open(Envelope),
    /// A chunk was taken that was not the last.
    Chunking(Envelope, Content),
}

/// The envelope of a mail transaction.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) reverse_path: Path,
    pub(super) body: Option<BodyType>,
    pub(super) recipients: Vec<Recipient>,
}

/// A recipient that RCPT took.
#[derive(Debug)]
pub(super) struct Recipient {
    /// Without brackets and route, as it goes on.
    pub(super) address: Vec<u8>,
    pub(super) destination: Destination,
}

/// What will become of a recipient's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// It goes to a next hop.
    Transmit(Hop),
    /// It goes back to the reverse-path.
    Return(ReturnReason),
}

/// The octets of a message as they come, up to the limit.
#[derive(Debug, Default)]
pub(super) struct Content {
    octets: Vec<u8>,
    received: u64,
    is_over_limit: bool,
}

impl Content {
    /// Adds octets; once over the limit none are held any more.
    pub(super) fn extend(&mut self, octets: &[u8], limit: usize) {
        self.received = self.received.saturating_add(octets.len() as u64);
        if self.is_over_limit || self.octets.len().saturating_add(octets.len()) > limit {
            self.is_over_limit = true;
            self.octets = Vec::new();
        } else {
            self.octets.extend_from_slice(octets);
        }
    }

    /// How many octets came.
    pub(super) const fn received(&self) -> u64 {
        self.received
    }

    pub(super) const fn is_over_limit(&self) -> bool {
        self.is_over_limit
    }

    /// The octets; `None` where they were over the limit.
    pub(super) fn into_octets(self) -> Option<Vec<u8>> {
        (!self.is_over_limit).then_some(self.octets)
    }
}

/// DATA under way.
#[derive(Debug)]
pub(super) struct MailData {
    pub(super) envelope: Envelope,
    pub(super) decoder: DotDecoder,
    pub(super) content: Content,
}

/// BDAT under way. Its octets are read whatever becomes of them (RFC 3030 2).
#[derive(Debug)]
pub(super) enum Chunk {
    /// They belong to a message.
    Taken { envelope: Envelope, content: Content, size: u64, remaining: u64, is_last: bool },
    /// They are thrown away, and the command is then refused.
    Refused { transaction: Transaction, key: ReplyKey, remaining: u64 },
}

impl Chunk {
    /// How many octets are still to come.
    pub(super) const fn remaining(&self) -> u64 {
        match self {
            Self::Taken { remaining, .. } | Self::Refused { remaining, .. } => *remaining,
        }
    }
}

/// AUTH that waits for a nonce.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) mechanism: Mechanism,
    pub(super) initial_response: Option<Vec<u8>>,
    /// The mail transaction in which AUTH came; it is kept.
    pub(super) transaction: Transaction,
}

/// An authentication exchange under way.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) mechanism: Mechanism,
    pub(super) server: ServerExchange,
    /// What stages 1 and 2 said, while the client has still to take note of the server's last word.
    pub(super) judged: Option<(Access, ReplyKey)>,
    /// The mail transaction in which AUTH came; it is kept.
    pub(super) transaction: Transaction,
}

/// What stages 1 and 2 said of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// It did not authenticate.
    Anonymous,
    /// It authenticated, and may not use the mail service: it keeps what anonymous clients may do.
    Unauthorized,
    /// It authenticated, and may use the mail service, or nobody asked.
    Authorized(Identity),
}

impl Access {
    /// The identity that stage 3 is told of.
    pub(super) const fn authorized(&self) -> Option<&Identity> {
        match self {
            Self::Anonymous | Self::Unauthorized => None,
            Self::Authorized(identity) => Some(identity),
        }
    }

    pub(super) const fn is_authenticated(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::Unauthorized | Self::Authorized(_) => true,
        }
    }
}
