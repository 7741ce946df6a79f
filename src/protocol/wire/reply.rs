//! Replies (RFC 5321 4.2).

mod decoder;

use std::ops::Range;

use super::{EnhancedStatusCode, Tolerance};

pub use decoder::ReplyDecoder;

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
pub struct Reply {
    code: ReplyCode,
    raw: Vec<u8>,
    /// Where in `raw` each line's text stands.
    texts: Vec<Range<usize>>,
    deviations: Vec<Tolerance>,
}

impl Reply {
    /// The first whole reply in `bytes`, within the limits of [`super::Limits::client`]. `None`: no whole one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Result<Self, ReplyError>> {
        let mut decoder = ReplyDecoder::new();
        decoder.push(bytes);
        decoder.next_reply()
    }

    /// The code of its last line.
    pub fn code(&self) -> ReplyCode {
        self.code
    }

    /// Whether its lines say different things: their codes differ in the first digit. RFC 5321 4.2.1 wants the same code in
    /// each; which of them is meant cannot be known.
    pub fn contradicts_itself(&self) -> bool {
        let mut first_digits = self.raw.split_inclusive(|octet| *octet == b'\n').map(<[u8]>::first);
        let first = first_digits.next();
        first_digits.any(|digit| Some(digit) != first)
    }

    /// The text of each line, behind code and separator.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.texts.iter().map(|text| self.raw.get(text.clone()).unwrap_or_default())
    }

    /// The text of its first line, for a person.
    pub fn text(&self) -> String {
        self.texts().next().unwrap_or_default()
    }

    /// The text of each line, for a person: octets that are no UTF-8, and control characters, are shown as escapes.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.lines().map(shown)
    }

    /// The enhanced status code of the first line that has one. RFC 2034 4 wants it in each.
    pub fn enhanced(&self) -> Option<EnhancedStatusCode> {
        self.lines().find_map(|line| EnhancedStatusCode::at_start_of(line).ok())
    }

    /// All octets, line endings included.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// What departs from the grammar.
    pub fn deviations(&self) -> &[Tolerance] {
        &self.deviations
    }
}

fn shown(line: &[u8]) -> String {
    let mut text = String::new();
    for chunk in line.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character.is_control() {
                true => text.extend(character.escape_default()),
                false => text.push(character),
            }
        }
        text.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    text
}

/// Bytes that are no reply. Carries the offending octets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The line does not begin with three digits, from 200 to 599, and a space, a hyphen or the end.
    #[error("not a reply line: {}", .0.escape_ascii())]
    Malformed(Vec<u8>),
    /// A line over the limit; its start. Told as soon as the limit is passed.
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

#[cfg(test)]
mod tests;
