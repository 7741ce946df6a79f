//! One connection to the model.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Model, UnixTime};

/// Who connected to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The client's address.
    pub peer: IpAddr,
    /// The client's name, where a reverse look-up gave one.
    pub peer_name: Option<String>,
    /// The address it connected to.
    pub local: IpAddr,
}

/// Where a message goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hop {
    /// The world outside.
    Outside,
    /// The internal server, or the host's own mailboxes.
    Inside,
}

/// A message with its envelope, ready to be sent on as SMTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Without brackets; empty for a notice.
    pub reverse_path: Vec<u8>,
    /// Without brackets.
    pub forward_paths: Vec<Vec<u8>>,
    /// The content, trace header first, dots not doubled.
    pub content: Vec<u8>,
}

/// The fact behind one line that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenFact {
    /// Its id.
    pub fact: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// What a session gives out, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Octets for the client: one whole reply; and the fact behind each of its lines.
    Reply {
        /// CRLF included.
        bytes: Vec<u8>,
        /// A fact a line.
        facts: Vec<SpokenFact>,
    },
    /// The session waits for eight octets nobody can foresee: call [`Session::nonce`].
    NeedNonce,
    /// A message leaves for a next hop.
    Transmit {
        /// Which.
        hop: Hop,
        /// The message.
        mail: Mail,
    },
    /// TLS begins now; what the client sent before it was thrown away.
    BeginTls,
    /// The server closes this connection.
    Close,
    /// The whole service fails: every connection drops, and it is started again (MS02-012).
    ServiceFails,
}

/// One connection's state machine. It owes a reply to any octets at all, and holds no more than its limits say.
#[derive(Debug)]
pub struct Session {
    model: Arc<Model>,
    connection: Connection,
}

impl Session {
    /// Begins with the greeting.
    pub fn open(model: Arc<Model>, connection: Connection, now: UnixTime) -> Self {
        let _ = now;
        Self { model, connection }
    }

    /// Takes octets from the client, cut anyhow.
    pub fn receive(&mut self, bytes: &[u8], now: UnixTime) {
        let _ = (bytes, now, &self.model, &self.connection);
        todo!()
    }

    /// Answers [`Output::NeedNonce`].
    pub fn nonce(&mut self, nonce: [u8; 8], now: UnixTime) {
        let _ = (nonce, now);
        todo!()
    }

    /// TLS stands (the caller's business): the state is what it was right after the greeting (RFC 3207 4.2).
    pub fn tls_established(&mut self) {
        todo!()
    }

    /// What there is to do, in order. `None`: nothing until more octets come.
    pub fn poll(&mut self) -> Option<Output> {
        todo!()
    }

    /// When the client will have been idle for too long, for the caller's timer; then call [`Session::time_out`].
    pub fn deadline(&self) -> UnixTime {
        todo!()
    }

    /// The client was idle for too long.
    pub fn time_out(&mut self) {
        todo!()
    }
}
