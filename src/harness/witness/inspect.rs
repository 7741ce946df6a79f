//! What the witness reads in a message: whose it is, and which way it came.

mod marks;
mod report;

use std::collections::BTreeSet;

use crate::judge::Nonce;

pub use report::{Report, Said};

/// Where in a message its mark stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkPlace {
    /// In its own header section: it is the message that was marked.
    Header,
    /// In its body: it quotes or returns the message that was marked.
    Body,
}

/// What a message's content tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// The mark, and where it stood.
    pub mark: Option<(Nonce, MarkPlace)>,
    /// `Received:` fields of its own header, newest first, unfolded.
    pub trace: Vec<String>,
    /// What it says of another's delivery.
    pub report: Report,
}

/// Whether a mark that is not known may be another run's.
pub(super) fn is_another_runs(mark: &Nonce) -> bool {
    marks::is_drawn(mark)
}

impl Inspected {
    /// Reads a message's content, transparency undone. Marks that are known are found wherever they are.
    pub fn read(content: &[u8], known: &BTreeSet<Nonce>) -> Self {
        let (header, body) = split_header(content);
        let fields = unfold(header);
        let trace = fields
            .iter()
            .filter(|field| value_of(field, "Received").is_some())
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect();
        Self { mark: marks::find(&fields, body, known), trace, report: Report::read(&fields, body) }
    }
}

/// Header and body; the empty line between belongs to neither.
fn split_header(content: &[u8]) -> (&[u8], &[u8]) {
    let mut length = 0_usize;
    for line in content.split_inclusive(|octet| *octet == b'\n') {
        let end = length.saturating_add(line.len());
        if line.trim_ascii().is_empty() {
            return (content.get(..length).unwrap_or_default(), content.get(end..).unwrap_or_default());
        }
        length = end;
    }
    (content, &[])
}

fn lines(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Fields with their folds undone (RFC 5322 2.2.3): only the line ending goes.
fn unfold(header: &[u8]) -> Vec<Vec<u8>> {
    let mut fields: Vec<Vec<u8>> = Vec::new();
    for line in lines(header) {
        match (line.first(), fields.last_mut()) {
            (Some(b' ' | b'\t'), Some(field)) => field.extend_from_slice(line),
            (Some(_), _) => fields.push(line.to_vec()),
            (None, _) => {}
        }
    }
    fields
}

fn value_of<'a>(field: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (start, rest) = field.split_at_checked(name.len())?;
    let value = rest.trim_ascii_start().strip_prefix(b":")?;
    start.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
}

/// How a message that arrived is not what was sent with header fields put before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Altered {
    /// It does not end with the message as sent.
    #[error("what arrived does not end with the message as it was sent")]
    Message,
    /// A line before the message belongs to no header field (RFC 5322 2.2).
    #[error("before the message stands a line that is no header field: `{0}`")]
    Line(String),
    /// Nothing before it says that a server took it.
    #[error("no trace header field stands before the message")]
    NoTrace,
}

/// Compares what arrived with what was sent: a server puts trace fields before it (RFC 5321 4.4) and may put other header
/// fields there; the message itself stays.
///
/// # Errors
/// The first way in which it differs from that.
pub fn is_as_sent(arrived: &[u8], sent: &[u8]) -> Result<(), Altered> {
    let before = arrived.strip_suffix(sent).ok_or(Altered::Message)?;
    let mut is_in_field = false;
    let mut has_trace = false;
    for line in before.split_inclusive(|octet| *octet == b'\n') {
        let is_fold = is_in_field && matches!(line.first(), Some(b' ' | b'\t'));
        if !(is_fold || begins_field(line)) || !line.ends_with(b"\r\n") {
            return Err(Altered::Line(String::from_utf8_lossy(line.trim_ascii_end()).into_owned()));
        }
        is_in_field = true;
        has_trace |= value_of(line, "Received").is_some();
    }
    if has_trace { Ok(()) } else { Err(Altered::NoTrace) }
}

/// A field's name and its colon (RFC 5322 3.6.8: printable US-ASCII without the colon).
fn begins_field(line: &[u8]) -> bool {
    let name = line.split(|octet| *octet == b':').next().unwrap_or_default();
    name.len() < line.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    use MarkPlace::{Body, Header};

    #[rstest]
    #[case::header(b"A: b\r\nX-Smtpspec-Nonce: 0123ab\r\n\r\nhello\r\n", Some(("0123ab", Header)))]
    #[case::other_case(b"x-smtpspec-nonce:0123ab\r\n\r\n", Some(("0123ab", Header)))]
    #[case::no_body(b"X-Smtpspec-Nonce: 0123ab", Some(("0123ab", Header)))]
    #[case::returned(b"Subject: Undeliverable\r\n\r\nA: b\r\nX-Smtpspec-Nonce: 0123ab\r\n", Some(("0123ab", Body)))]
    #[case::returned_quoted(b"Subject: x\r\n\r\n> X-Smtpspec-Nonce: 0123ab\r\n", Some(("0123ab", Body)))]
    #[case::returned_with_bare_line_feeds(b"Subject: x\n\n  X-Smtpspec-Nonce: 0123ab\n", Some(("0123ab", Body)))]
    #[case::own_before_returned(
        b"X-Smtpspec-Nonce: first\r\n\r\nX-Smtpspec-Nonce: second\r\n",
        Some(("first", Header))
    )]
    #[case::text_behind(b"X-Smtpspec-Nonce: 0123ab (checked)\r\n\r\n", Some(("0123ab", Header)))]
    #[case::in_a_sentence(b"A: b\r\n\r\nthe X-Smtpspec-Nonce: 0123ab\r\n", None)]
    #[case::nothing_in_it(b"X-Smtpspec-Nonce: \r\n\r\n", None)]
    #[case::none(b"A: b\r\n\r\nhello\r\n", None)]
    fn the_mark_is_found(#[case] content: &[u8], #[case] expected: Option<(&str, MarkPlace)>) {
        assert_eq!(
            Inspected::read(content, &BTreeSet::new()).mark,
            expected.map(|(mark, place)| (Nonce(mark.to_owned()), place))
        );
    }

    #[test]
    fn the_trace_is_unfolded_newest_first_and_ends_with_the_header() {
        let content =
            b"Received: from b\r\n\tby c; today\r\nA: x\r\nreceived: from a by b\r\n\r\nReceived: not this\r\n";
        let trace = Inspected::read(content, &BTreeSet::new()).trace;
        assert_eq!(trace, ["Received: from b\tby c; today", "received: from a by b"]);
    }

    /// Fields, folds and their line endings: RFC 5322 2.2; trace fields first: RFC 5321 4.4.
    #[rstest]
    #[case::trace(b"Received: from a by b; today\r\nA: b\r\n\r\nhello\r\n", Ok(()))]
    #[case::folded(b"Received: from a\r\n\tby b; today\r\nA: b\r\n\r\nhello\r\n", Ok(()))]
    #[case::more_fields(b"Return-Path: <x@y>\r\nReceived: x\r\nA: b\r\n\r\nhello\r\n", Ok(()))]
    #[case::no_field(b"Received: x\r\nno field\r\nA: b\r\n\r\nhello\r\n", Err(Altered::Line("no field".to_owned())))]
    #[case::space_in_name(b"Re ceived: x\r\nA: b\r\n\r\nhello\r\n", Err(Altered::Line("Re ceived: x".to_owned())))]
    #[case::fold_of_nothing(b" x\r\nReceived: x\r\nA: b\r\n\r\nhello\r\n", Err(Altered::Line(" x".to_owned())))]
    #[case::empty_line(b"Received: x\r\n\r\nA: b\r\n\r\nhello\r\n", Err(Altered::Line(String::new())))]
    #[case::bare_line_feed(b"Received: x\nA: b\r\n\r\nhello\r\n", Err(Altered::Line("Received: x".to_owned())))]
    #[case::glued(b"Received: xA: b\r\n\r\nhello\r\n", Err(Altered::Line("Received: x".to_owned())))]
    #[case::no_trace(b"X: y\r\nA: b\r\n\r\nhello\r\n", Err(Altered::NoTrace))]
    #[case::nothing_before(b"A: b\r\n\r\nhello\r\n", Err(Altered::NoTrace))]
    #[case::longer(b"Received: x\r\nA: b\r\n\r\nhello\r\nmore\r\n", Err(Altered::Message))]
    #[case::changed(b"Received: x\r\nA: c\r\n\r\nhello\r\n", Err(Altered::Message))]
    fn only_header_fields_come_before_a_message(#[case] arrived: &[u8], #[case] expected: Result<(), Altered>) {
        assert_eq!(is_as_sent(arrived, b"A: b\r\n\r\nhello\r\n"), expected);
    }

    proptest! {
        #[test]
        fn any_octets_are_read(content in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Inspected::read(&content, &BTreeSet::new());
            let known = BTreeSet::from([Nonce("0".repeat(16))]);
            let _ = Inspected::read(&content, &known);
            let _ = is_as_sent(&content, &content[content.len() / 2..]);
        }
    }
}
