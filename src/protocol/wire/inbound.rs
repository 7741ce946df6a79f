//! The bytes that came in and were not consumed yet: taken out line by line, or as counted octets.

use super::Tolerance;
use super::octets::note_controls;

/// One line taken from [`Inbound`], without its line ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line within the limit.
    Complete {
        /// The octets before the line ending, as received.
        bytes: Vec<u8>,
        /// What departs from RFC 5321 2.3.8 in it: [`Tolerance::BareLf`], [`Tolerance::BareCr`],
        /// [`Tolerance::ControlOctet`] (HT is not counted as one).
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

/// A buffer of received bytes. Holds at most one line of the asked limit plus what one `push` brought, as long as
/// [`Inbound::line`] is asked until it has no more; what a line has beyond its limit is discarded as it arrives, so
/// memory stays bounded whatever the peer sends.
#[derive(Clone, Debug, Default)]
pub struct Inbound {
    held: Vec<u8>,
    /// Where in `held` the octets begin that were not consumed. What lies before is room for `unread`, until `push`
    /// reclaims it.
    consumed: usize,
    /// How many of the octets not consumed are known to hold no LF, so that none is looked at twice.
    searched: usize,
    overlong: Option<Overlong>,
}

/// A line that went over the limit and has not ended yet.
#[derive(Clone, Debug)]
struct Overlong {
    start: Vec<u8>,
    length: u64,
}

impl Inbound {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes at the end.
    pub fn push(&mut self, bytes: &[u8]) {
        // Moving no more octets than were consumed since the last time keeps the whole linear.
        if self.consumed >= self.pending().len() {
            self.held.drain(..self.consumed.min(self.held.len()));
            self.consumed = 0;
        }
        self.held.extend_from_slice(bytes);
    }

    /// The next line, if its end has arrived. `limit` counts octets without the line ending and may differ from call
    /// to call; a line that once went over it stays [`Line::TooLong`]. A bare LF ends a line and is named
    /// [`Tolerance::BareLf`].
    pub fn line(&mut self, limit: usize) -> Option<Line> {
        let Some(length) = self.find_line_feed() else {
            self.drop_excess(limit);
            return None;
        };
        let overlong = self.overlong.take();
        let before_feed = self.pending().get(..length).unwrap_or_default();
        let (content, is_bare) = match before_feed.strip_suffix(b"\r") {
            Some(content) => (content, false),
            None => (before_feed, true),
        };
        let line = match overlong {
            Some(Overlong { mut start, length }) => {
                start.truncate(limit);
                Line::TooLong { start, length: length.saturating_add(content.len() as u64) }
            }
            None => read(content, is_bare, limit),
        };
        self.consume(length.saturating_add(1));
        Some(line)
    }

    /// Takes up to `most` octets, whatever they are; for counted data (BDAT) and mail data. An overlong line that has
    /// not ended is given up.
    pub fn octets(&mut self, most: usize) -> Vec<u8> {
        self.overlong = None;
        let pending = self.pending();
        let taken = pending.get(..most).unwrap_or(pending).to_vec();
        self.consume(taken.len());
        taken
    }

    /// Puts octets back at the front, so that they are read next: those that [`Inbound::octets`] gave and nobody
    /// wanted. Costs no more than their number then.
    pub fn unread(&mut self, bytes: &[u8]) {
        self.searched = match bytes.iter().position(|octet| *octet == b'\n') {
            Some(position) => position,
            None => self.searched.saturating_add(bytes.len()),
        };
        let room = self.consumed.checked_sub(bytes.len());
        match room.and_then(|begin| Some((begin, self.held.get_mut(begin..self.consumed)?))) {
            Some((begin, gap)) => {
                gap.copy_from_slice(bytes);
                self.consumed = begin;
            }
            None => {
                self.held = [bytes, self.pending()].concat();
                self.consumed = 0;
            }
        }
    }

    /// Whether nothing is left to read: no octet, and no overlong line that has not ended.
    pub fn is_empty(&self) -> bool {
        self.pending().is_empty() && self.overlong.is_none()
    }

    /// Throws away what was not consumed (RFC 3207 4.2 after STARTTLS) and tells how many octets that were, those of
    /// an overlong line that has not ended included.
    pub fn discard(&mut self) -> usize {
        let dropped = self.overlong.take().map_or(0, |line| usize::try_from(line.length).unwrap_or(usize::MAX));
        let pending = self.pending().len();
        *self = Self::new();
        dropped.saturating_add(pending)
    }

    /// The start of a line that is over its limit already and has not ended.
    pub(super) fn overlong_start(&self) -> Option<&[u8]> {
        self.overlong.as_ref().map(|line| line.start.as_slice())
    }

    fn pending(&self) -> &[u8] {
        self.held.get(self.consumed..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize) {
        self.consumed = self.consumed.saturating_add(count);
        self.searched = self.searched.saturating_sub(count);
    }

    fn find_line_feed(&mut self) -> Option<usize> {
        let fresh = self.pending().get(self.searched..).unwrap_or_default();
        match fresh.iter().position(|octet| *octet == b'\n') {
            Some(position) => Some(self.searched.saturating_add(position)),
            None => {
                self.searched = self.pending().len();
                None
            }
        }
    }

    /// Counts and drops the octets of an unfinished line over the limit. A CR at the end stays: it may turn out to be
    /// half of the line ending.
    fn drop_excess(&mut self, limit: usize) {
        let overlong = self.overlong.take();
        let pending = self.pending();
        let content = pending.strip_suffix(b"\r").unwrap_or(pending);
        let excess = content.len();
        let overlong = overlong.or_else(|| {
            let start = content.get(..limit).filter(|start| start.len() < excess)?;
            Some(Overlong { start: start.to_vec(), length: 0 })
        });
        if let Some(Overlong { start, length }) = overlong {
            self.overlong = Some(Overlong { start, length: length.saturating_add(excess as u64) });
            self.consume(excess);
        }
    }
}

fn read(content: &[u8], is_bare: bool, limit: usize) -> Line {
    match content.get(..limit) {
        Some(start) if content.len() > limit => Line::TooLong { start: start.to_vec(), length: content.len() as u64 },
        _ => {
            let mut deviations = Vec::new();
            if is_bare {
                deviations.push(Tolerance::BareLf);
            }
            note_controls(&mut deviations, content);
            Line::Complete { bytes: content.to_vec(), deviations }
        }
    }
}
