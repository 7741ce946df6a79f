//! How long anything may take.

use std::time::Duration;

/// Time limits. Every wait of the harness is under one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimits {
    /// For a connection to stand.
    pub connect: Duration,
    /// For a whole reply, and for our octets to be taken: one octet a second does not extend it.
    pub reply: Duration,
    /// For one dialogue, waits for the witness and before a second try left out.
    pub case: Duration,
    /// For a whole run.
    pub run: Duration,
    /// For mail to arrive at the witness, once the server has accepted it.
    pub witness: Duration,
    /// Before mail that was deferred is tried a second time.
    pub deferred: Duration,
    /// Between the beginnings of two connections, for servers that take only so many in a time.
    pub pause: Duration,
}

impl Default for TimeLimits {
    /// RFC 5321 4.5.3.2 lets a server take five minutes for a reply, ten after the end of mail data. Nobody waits that
    /// long for a test: a server that needs more than this is told of by a target file.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reply: Duration::from_secs(30),
            case: Duration::from_secs(120),
            run: Duration::from_secs(1800),
            witness: Duration::from_secs(20),
            deferred: Duration::from_secs(10),
            pause: Duration::ZERO,
        }
    }
}

/// A moment by which something has to be over, and the name of the limit that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// On the clock of whoever keeps it.
    pub at: Duration,
    /// Its limit, for sentences: `case`.
    pub limit: &'static str,
}

impl Deadline {
    /// The earlier of two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.at < self.at { other } else { self }
    }
}
