//! What a session gives out.

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
    /// The session waits for eight octets nobody can foresee: call [`Session::nonce`](super::Session::nonce). It reads
    /// no further until then; octets that are received are held.
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
