//! Whose message it is: the mark, as it was written or wherever a server has left it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use super::{MarkPlace, lines, value_of};
use crate::harness::message::NONCE_FIELD;
use crate::judge::Nonce;

/// The longest mark that is taken for one.
const MOST_OF_A_NONCE: usize = 64;

/// Octets of a mark that is drawn: hexadecimal digits.
const DRAWN: usize = 16;

/// Octets of a body in which marks are looked for; ours are small, and what wraps them is not large.
const MOST_OF_A_BODY: usize = 1 << 20;

/// What is wrapped up may end anyhow.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The mark of a message, and where it stood. One that is known is found in any form: in another field, with text around it,
/// in what is encoded. One that is not is found only where the field stands as it was written.
pub(super) fn find(fields: &[Vec<u8>], body: &[u8], known: &BTreeSet<Nonce>) -> Option<(Nonce, MarkPlace)> {
    let body = body.get(..MOST_OF_A_BODY).unwrap_or(body);
    let is_own = |field: &&Vec<u8>| [NONCE_FIELD, "Message-ID"].iter().any(|name| value_of(field, name).is_some());
    let known_in = |octets: &[u8]| drawn(octets).find(|mark| known.contains(mark));
    let itself = || fields.iter().filter(is_own).find_map(|field| known_in(field));
    // References and In-Reply-To name another message.
    let quoted = || {
        (fields.iter().find_map(|field| known_in(field)))
            .or_else(|| known_in(body))
            .or_else(|| known_in(&unquoted(body)))
            .or_else(|| unwrapped(body).find_map(|octets| known_in(&octets)))
    };
    itself()
        .map(|mark| (mark, MarkPlace::Header))
        .or_else(|| Some((quoted()?, MarkPlace::Body)))
        .or_else(|| Some((fields.iter().find_map(written)?, MarkPlace::Header)))
        .or_else(|| Some((lines(body).find_map(written)?, MarkPlace::Body)))
}

/// Whether it can be one that was drawn, if not in this run.
pub(super) fn is_drawn(mark: &Nonce) -> bool {
    mark.0.len() == DRAWN && mark.0.bytes().all(|octet| octet.is_ascii_hexdigit())
}

/// The mark of a line that is the field with it. A returned message may be quoted or indented in a notice, and text may stand
/// behind the mark.
fn written(line: impl AsRef<[u8]>) -> Option<Nonce> {
    let line = line.as_ref();
    let start = line.iter().position(|octet| !matches!(octet, b' ' | b'\t' | b'>' | b'|'))?;
    let value = value_of(line.get(start..)?, NONCE_FIELD)?;
    let mark = value.split(|octet| !octet.is_ascii_alphanumeric()).next()?;
    let is_mark = !mark.is_empty() && mark.len() <= MOST_OF_A_NONCE;
    is_mark.then(|| Nonce(String::from_utf8_lossy(mark).into_owned()))
}

/// All that might be a mark that was drawn.
fn drawn(octets: &[u8]) -> impl Iterator<Item = Nonce> {
    let digits = octets.split(|octet| !octet.is_ascii_hexdigit());
    digits
        .flat_map(|digits| digits.windows(DRAWN))
        .map(|mark| Nonce(String::from_utf8_lossy(mark).to_ascii_lowercase()))
}

/// Quoted-printable undone (RFC 2045 6.7), as far as it is that.
fn unquoted(body: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = body;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        match (first, behind) {
            (b'=', [b'\r', b'\n', behind @ ..] | [b'\n', behind @ ..]) => rest = behind,
            (b'=', [_, _, behind @ ..]) => match (digit(0), digit(1)) {
                (Some(high), Some(low)) => {
                    octets.extend(u8::try_from(high * 16 + low));
                    rest = behind;
                }
                _ => octets.push(b'='),
            },
            (other, _) => octets.push(*other),
        }
    }
    octets
}

/// What stands in base64 (RFC 2045 6.8): lines of nothing else, one block after the other.
fn unwrapped(body: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let is_digit = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    let mut lines = lines(body).map(<[u8]>::trim_ascii).chain([&b""[..]]);
    std::iter::from_fn(move || {
        let mut block = Vec::new();
        for line in lines.by_ref() {
            if !line.is_empty() && line.iter().all(is_digit) {
                block.extend_from_slice(line);
            } else if !block.is_empty() {
                // Digits that fill no octets would make all of it unreadable.
                let digits = block.iter().position(|octet| *octet == b'=').unwrap_or(block.len());
                block.truncate(digits - usize::from(digits % 4 == 1));
                return Some(LENIENT.decode(&block).unwrap_or_default());
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use rstest::rstest;

    use super::super::Inspected;
    use super::MarkPlace::{Body, Header};
    use super::*;

    const MARK: &str = "0123456789abcdef";

    /// A message like ours, quoted, wrapped up or stripped. RFC 5322 3.6.4 for the fields that name messages.
    #[rstest]
    #[case::message_id("Message-ID: <0123456789abcdef@client.example>\r\n\r\nhello\r\n", Some(Header))]
    #[case::folded("Message-ID:\r\n <0123456789abcdef@client.example>\r\n\r\nhello\r\n", Some(Header))]
    #[case::text_behind("X-Smtpspec-Nonce: 0123456789abcdef (checked)\r\n\r\n", Some(Header))]
    #[case::text_before("X-Smtpspec-Nonce: [spam] 0123456789abcdef\r\n\r\n", Some(Header))]
    #[case::words_before("X-Smtpspec-Nonce: was 0123456789abcdef\r\n\r\n", Some(Header))]
    #[case::capitals("X-Smtpspec-Nonce: 0123456789ABCDEF\r\n\r\n", Some(Header))]
    #[case::more_digits("Message-ID: <ff0123456789abcdef00@x>\r\n\r\n", Some(Header))]
    #[case::reply("In-Reply-To: <0123456789abcdef@client.example>\r\n\r\nI am away\r\n", Some(Body))]
    #[case::references("References: <a@b> <0123456789abcdef@client.example>\r\n\r\n", Some(Body))]
    #[case::another_field("X-Original-ID: 0123456789abcdef\r\n\r\n", Some(Body))]
    #[case::returned_message_id("A: b\r\n\r\nMessage-ID: <0123456789abcdef@client.example>\r\n", Some(Body))]
    #[case::in_a_sentence("A: b\r\n\r\nYour mail <0123456789abcdef@client.example> was lost\r\n", Some(Body))]
    #[case::quoted_printable("A: b\r\n\r\nX-Smtpspec-Nonce: 01234567=\r\n89abcde=66\r\n", Some(Body))]
    #[case::stripped("Message-ID: <other@srv.example>\r\n\r\nhello\r\n", None)]
    #[case::another_mark("Message-ID: <fedcba9876543210@client.example>\r\n\r\nhello\r\n", None)]
    fn a_mark_that_is_known_is_found_in_any_form(#[case] content: &str, #[case] expected: Option<MarkPlace>) {
        let known = BTreeSet::from([Nonce(MARK.to_owned())]);
        let found = Inspected::read(content.as_bytes(), &known).mark;
        assert_eq!(found, expected.map(|place| (Nonce(MARK.to_owned()), place)));
    }

    /// RFC 2045 6.8: lines of at most 76 digits. Other encoders break elsewhere, or leave the padding out.
    #[rstest]
    #[case::lines(76, false)]
    #[case::other_lines(41, false)]
    #[case::one_line(10_000, false)]
    #[case::without_padding(76, true)]
    fn a_mark_is_found_in_base64(#[case] width: usize, #[case] without_padding: bool) {
        let inner = format!("From: <a@b>\r\nX-Smtpspec-Nonce: {MARK}\r\n\r\nhello\r\n");
        let encoded = STANDARD.encode(&inner);
        let encoded = if without_padding { encoded.trim_end_matches('=') } else { &encoded };
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let content = format!(
            "Subject: x\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
            lines.join("\r\n")
        );
        let known = BTreeSet::from([Nonce(MARK.to_owned())]);
        let found = Inspected::read(content.as_bytes(), &known).mark;
        assert_eq!(found, Some((Nonce(MARK.to_owned()), Body)));
    }
}
