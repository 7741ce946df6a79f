//! What the parsers of this room share: white space, quotes, and octets that stand where they should not.

use super::Tolerance;

/// SP or HT. RFC 5321 wants SP; old clients and servers take either.
pub(super) const fn is_white_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// A control octet. HT is none here: RFC 5321 4.2 allows it in a textstring.
pub(super) const fn is_control(octet: u8) -> bool {
    octet.is_ascii_control() && octet != b'\t'
}

/// Splits behind the first word: the word, the white space after it, the rest.
pub(super) fn split_word(bytes: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (word, rest) = split_before(bytes, is_white_space);
    let (gap, rest) = split_before(rest, |octet| !is_white_space(octet));
    (word, gap, rest)
}

/// Splits before the first octet that the predicate takes; the second part is empty where there is none.
pub(super) fn split_before(bytes: &[u8], predicate: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let position = bytes.iter().position(|octet| predicate(*octet)).unwrap_or(bytes.len());
    bytes.split_at_checked(position).unwrap_or((bytes, &[]))
}

/// Splits behind white space at the start.
pub(super) fn trim_start(bytes: &[u8]) -> &[u8] {
    split_before(bytes, |octet| !is_white_space(octet)).1
}

/// Cuts white space off the end.
pub(super) fn trim_end(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().rposition(|octet| !is_white_space(*octet)).map_or(0, |last| last.saturating_add(1));
    bytes.get(..length).unwrap_or(bytes)
}

/// The words between white space.
pub(super) fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|octet| is_white_space(*octet)).filter(|word| !word.is_empty())
}

/// Whether the words are parted by one SP each.
pub(super) fn is_single_spaced(bytes: &[u8]) -> bool {
    !bytes.contains(&b'\t') && !bytes.windows(2).any(|pair| pair == b"  ")
}

/// The number that one or more digits spell. `Err`: no digits, or something else among them. `Ok(None)`: it does not
/// fit 64 bits.
pub(super) fn number(digits: &[u8]) -> Result<Option<u64>, NotANumber> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NotANumber);
    }
    Ok(digits.iter().try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))))
}

/// Octets that are no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotANumber;

/// Octets outside quoted strings, with their positions. A backslash quotes the next octet inside quotes only
/// (RFC 5321 4.1.2, quoted-pairSMTP). The quotes themselves are left out.
pub(super) fn outside_quotes(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    bytes
        .iter()
        .enumerate()
        .scan(Quoting::Outside, |state, (position, octet)| {
            let before = *state;
            *state = before.after(*octet);
            Some((before == Quoting::Outside && *octet != b'"').then_some((position, *octet)))
        })
        .flatten()
}

/// Whether a quoted string begins and does not end.
pub(super) fn has_open_quote(bytes: &[u8]) -> bool {
    bytes.iter().fold(Quoting::Outside, |state, octet| state.after(*octet)) != Quoting::Outside
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Outside,
    Inside,
    Escaped,
}

impl Quoting {
    const fn after(self, octet: u8) -> Self {
        match (self, octet) {
            (Self::Outside, b'"') => Self::Inside,
            (Self::Outside, _) | (Self::Inside, b'"') => Self::Outside,
            (Self::Inside, b'\\') => Self::Escaped,
            (Self::Inside | Self::Escaped, _) => Self::Inside,
        }
    }
}

/// Adds a tolerance that is not named yet.
pub(super) fn note(deviations: &mut Vec<Tolerance>, tolerance: Tolerance) {
    if !deviations.contains(&tolerance) {
        deviations.push(tolerance);
    }
}

/// Names the CRs and control octets inside a line that was given without its ending.
pub(super) fn note_controls(deviations: &mut Vec<Tolerance>, line: &[u8]) {
    if line.contains(&b'\r') {
        note(deviations, Tolerance::BareCr);
    }
    if line.iter().any(|octet| is_control(*octet) && *octet != b'\r') {
        note(deviations, Tolerance::ControlOctet);
    }
}

/// Names octets above 127.
pub(super) fn note_eight_bit(deviations: &mut Vec<Tolerance>, bytes: &[u8]) {
    if !bytes.is_ascii() {
        note(deviations, Tolerance::EightBitOctet);
    }
}
