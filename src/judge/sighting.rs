//! What the witness saw.

use std::time::Duration;

/// Marks one message of one attempt; no two attempts of a run share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Nonce(pub String);

/// Where a message came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// The next hop for the world outside: what arrives here was relayed.
    Outside,
    /// The internal server: what arrives here was passed inside.
    Inside,
}

/// What a notice says has been done with mail for a recipient (RFC 3464 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It could not be delivered, and nobody tries any more.
    Failed,
    /// It was not delivered yet, and is tried again.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It was passed on to a host that sends no such notices.
    Relayed,
    /// It was delivered and sent on to several addresses.
    Expanded,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Failed, Self::Delayed, Self::Delivered, Self::Relayed, Self::Expanded];

    /// How a notice says it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
        }
    }

    /// Whether the mail is said to have left.
    pub const fn is_success(self) -> bool {
        match self {
            Self::Delivered | Self::Relayed | Self::Expanded => true,
            Self::Failed | Self::Delayed => false,
        }
    }
}

/// What came in at the witness that leaves open what became of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Hint {
    /// It went out to somebody who is neither its recipient nor of the server's own.
    Copy,
    /// A notice says that it was not returned.
    Reported {
        /// What became of it by the notice.
        action: Action,
    },
    /// An automatic reply to it (RFC 3834), which somebody has sent who may have received it.
    AutomaticReply,
    /// Mail for the same recipient that bears no mark: a server may have taken it off.
    Unmarked,
}

/// A message the witness received, before it said 250 to it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sighting {
    /// Whose message it is: the nonce found in it. A notice carries it in the returned part. Empty where there is none.
    pub nonce: Nonce,
    /// Where it came in.
    pub door: Door,
    /// The reverse-path it came with, without brackets; empty for a notice.
    pub reverse_path: String,
    /// The forward-paths it came with, without brackets.
    pub forward_paths: Vec<String>,
    /// Its trace header fields (`Received:`), newest first, unfolded.
    pub trace: Vec<String>,
    /// Its size in octets.
    pub octets: u64,
    /// Since the run began.
    pub at: Duration,
    /// Since the mail data was sent that it came of; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Duration>,
    /// Why the mail was returned, of a notice that says so for machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Stated>,
}

/// What a notice says for machines of why mail was returned (RFC 3464 2.3.4 and 2.3.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stated {
    /// `Status:`, as in `5.7.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `Diagnostic-Code:`, with its type, as in `smtp; 550 5.7.1 Unable to relay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnostic: Option<String>,
}
