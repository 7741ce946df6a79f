//! Replies (RFC 5321 4.2).

use super::{EnhancedStatusCode, Tolerance};

/// What the first digit of a reply code says (RFC 5321 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplyClass {
    /// 2yz: done.
    PositiveCompletion,
    /// 3yz: go on.
    PositiveIntermediate,
    /// 4yz: not now.
    TransientNegative,
    /// 5yz: no.
    PermanentNegative,
}

/// A reply code of three digits, 200 to 599.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyCode(u16);

/// The number is no reply code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a reply code: a reply code is a number from 200 to 599")]
pub struct ReplyCodeError(pub u16);

impl ReplyCode {
    /// A code from its number.
    ///
    /// # Errors
    /// When the number is below 200 or above 599.
    pub const fn new(number: u16) -> Result<Self, ReplyCodeError> {
        if number < 200 || number > 599 { Err(ReplyCodeError(number)) } else { Ok(Self(number)) }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What its first digit says.
    pub const fn class(self) -> ReplyClass {
        match self.0 {
            ..=299 => ReplyClass::PositiveCompletion,
            300..=399 => ReplyClass::PositiveIntermediate,
            400..=499 => ReplyClass::TransientNegative,
            _ => ReplyClass::PermanentNegative,
        }
    }

    /// 2yz.
    pub const fn is_positive(self) -> bool {
        matches!(self.class(), ReplyClass::PositiveCompletion)
    }
}

impl std::fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

/// A whole reply, its bytes as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {}

impl Reply {
    /// The code of its last line.
    pub fn code(&self) -> ReplyCode {
        todo!()
    }

    /// The text of each line, behind code and separator.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::empty()
    }

    /// The text of its first line, for a person: octets that are no UTF-8 are shown as escapes.
    pub fn text(&self) -> String {
        todo!()
    }

    /// The enhanced status code of its last line, where there is one.
    pub fn enhanced(&self) -> Option<EnhancedStatusCode> {
        todo!()
    }

    /// All octets, line endings included.
    pub fn raw(&self) -> &[u8] {
        todo!()
    }

    /// What departs from the grammar.
    pub fn deviations(&self) -> &[Tolerance] {
        todo!()
    }
}

/// Bytes that are no reply. Carries the offending octets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The line does not begin with three digits and a space, a hyphen or the end.
    #[error("not a reply line: {}", String::from_utf8_lossy(.0))]
    Malformed(Vec<u8>),
    /// A line over the limit; its start.
    #[error("a reply line of more than {limit} octets")]
    LineTooLong {
        /// The limit in octets.
        limit: usize,
        /// The line's first octets.
        start: Vec<u8>,
    },
    /// More lines than the limit.
    #[error("a reply of more than {limit} lines")]
    TooManyLines {
        /// The limit in lines.
        limit: usize,
    },
}

/// Cuts replies out of a stream of bytes, however the stream was cut into reads.
#[derive(Clone, Debug)]
pub struct ReplyDecoder {}

impl Default for ReplyDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl ReplyDecoder {
    /// With the limits of [`super::Limits::client`].
    pub fn new() -> Self {
        todo!()
    }

    /// Adds received bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let _ = bytes;
        todo!()
    }

    /// The next whole reply. `None`: its last line has not arrived.
    pub fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>> {
        todo!()
    }

    /// Whether bytes of an unfinished reply are held.
    pub fn has_partial(&self) -> bool {
        todo!()
    }
}
