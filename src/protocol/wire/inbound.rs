//! The bytes that came in and were not consumed yet: taken out line by line, or as counted octets.

use super::Tolerance;

/// One line taken from [`Inbound`], without its line ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line within the limit.
    Complete {
        /// The octets before the line ending, as received.
        bytes: Vec<u8>,
        /// What departs from RFC 5321 2.3.8 in it.
        deviations: Vec<Tolerance>,
    },
    /// A line longer than the limit: its first `limit` octets; the rest was thrown away as it arrived.
    TooLong {
        /// The first octets, up to the limit.
        start: Vec<u8>,
        /// How many octets the line had, its line ending left out.
        length: u64,
    },
}

/// A buffer of received bytes. Holds at most one line of the asked limit plus what one `push` brought; whole lines
/// beyond a limit are discarded as they arrive, so memory stays bounded whatever the peer sends.
#[derive(Clone, Debug, Default)]
pub struct Inbound {}

impl Inbound {
    /// An empty buffer.
    pub fn new() -> Self {
        todo!()
    }

    /// Adds bytes at the end.
    pub fn push(&mut self, bytes: &[u8]) {
        let _ = bytes;
        todo!()
    }

    /// The next line, if its end has arrived. `limit` counts octets without the line ending. A bare LF ends a line and
    /// is named [`Tolerance::BareLf`].
    pub fn line(&mut self, limit: usize) -> Option<Line> {
        let _ = limit;
        todo!()
    }

    /// Takes up to `most` octets, whatever they are; for counted data (BDAT) and mail data.
    pub fn octets(&mut self, most: usize) -> Vec<u8> {
        let _ = most;
        todo!()
    }

    /// Puts octets back at the front, so that they are read next.
    pub fn unread(&mut self, bytes: &[u8]) {
        let _ = bytes;
        todo!()
    }

    /// Whether nothing is left to read.
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// Throws away what was not consumed (RFC 3207 4.2 after STARTTLS) and tells how many octets that were.
    pub fn discard(&mut self) -> usize {
        todo!()
    }
}
