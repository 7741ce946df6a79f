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

/// A message the witness received, before it said 250 to it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sighting {
    /// Whose message it is: the nonce found in it. A notice carries it in the returned part.
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
}
