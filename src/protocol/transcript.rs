//! What was said, by whom, when; with secrets kept out from the moment an entry is made.

mod beside;
mod compare;
mod ndjson;
mod normalise;
mod text;

pub use beside::{Parting, PartsIn, Turn, partings, turns};
pub use compare::{Difference, first_difference};
pub use normalise::{Normaliser, Rule};

use std::time::Duration;

use super::tls::{Established, TlsError};

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The SMTP client.
    Client,
    /// The SMTP server.
    Server,
}

/// Something that happened on the connection besides lines.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Happening {
    /// The connection stands.
    Connected,
    /// The connection could not be made.
    NotConnected {
        /// Why, in the operating system's words.
        reason: String,
    },
    /// The peer closed it.
    Closed,
    /// The peer reset it.
    Reset {
        /// Why, in the operating system's words.
        reason: String,
    },
    /// Nothing came within the limit.
    TimedOut {
        /// The limit.
        after: Duration,
    },
    /// From here on everything is said under TLS.
    TlsEstablished(Established),
    /// TLS does not stand, or broke.
    TlsFailed {
        /// Over what.
        error: TlsError,
    },
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Content {
    /// A line without its CRLF, or a whole reply line.
    Line {
        /// The octets; in NDJSON as text, escaped where they are no UTF-8.
        #[serde(with = "ndjson::octets")]
        bytes: Vec<u8>,
        /// Whether it is not all of the line: its end did not come, or no more was kept.
        #[serde(default, rename = "cut", skip_serializing_if = "std::ops::Not::not")]
        is_cut: bool,
    },
    /// An AUTH response or anything else that is secret: what it was, and its length. The octets are not kept.
    Credential {
        /// `NTLM message 3`, `password`.
        label: String,
        /// Octets on the wire, without CRLF.
        length: usize,
    },
    /// Mail data: its octets on the wire.
    MailData {
        /// The octets, dots doubled, without the end of mail data indicator.
        #[serde(with = "ndjson::octets")]
        bytes: Vec<u8>,
    },
    /// Something that is no line.
    Happening(Happening),
}

/// Which fact of a product a line comes from: for marking what is chosen. No verdict reads it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FactMark {
    /// The fact's id, `windows-2000-smtp/rcpt.relay-refused`.
    pub fact: String,
    /// Whether the line has no evidence behind it but was chosen.
    pub chosen: bool,
}

/// One thing that was said or happened.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    /// Whose it is.
    pub side: Side,
    /// Since the connection was begun.
    pub at: Duration,
    /// What it is.
    pub content: Content,
    /// The fact behind a line of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<FactMark>,
}

/// A connection's record, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Transcript {
    /// The entries.
    pub entries: Vec<Entry>,
}

impl Transcript {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line.
    pub fn line(&mut self, side: Side, at: Duration, bytes: impl Into<Vec<u8>>) {
        let content = Content::Line { bytes: bytes.into(), is_cut: false };
        self.entries.push(Entry { side, at, content, mark: None });
    }

    /// Adds what there is of a line.
    pub fn cut_line(&mut self, side: Side, at: Duration, bytes: impl Into<Vec<u8>>) {
        let content = Content::Line { bytes: bytes.into(), is_cut: true };
        self.entries.push(Entry { side, at, content, mark: None });
    }

    /// Adds a secret line by its label and length.
    pub fn credential(&mut self, at: Duration, label: impl Into<String>, length: usize) {
        let content = Content::Credential { label: label.into(), length };
        self.entries.push(Entry { side: Side::Client, at, content, mark: None });
    }

    /// Adds mail data, dots doubled, without the end of mail data indicator.
    pub fn mail_data(&mut self, side: Side, at: Duration, bytes: impl Into<Vec<u8>>) {
        self.entries.push(Entry { side, at, content: Content::MailData { bytes: bytes.into() }, mark: None });
    }

    /// Adds a happening.
    pub fn happened(&mut self, side: Side, at: Duration, happening: Happening) {
        self.entries.push(Entry { side, at, content: Content::Happening(happening), mark: None });
    }

    /// The entry at an index and up to `context` entries before and after it. Empty where the index is far behind the
    /// end.
    pub fn excerpt(&self, around: usize, context: usize) -> Transcript {
        let first = around.saturating_sub(context);
        let count = around.saturating_add(context).saturating_add(1).saturating_sub(first);
        Transcript { entries: self.entries.iter().skip(first).take(count).cloned().collect() }
    }
}

#[cfg(test)]
mod tests;
