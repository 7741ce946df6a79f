use proptest::prelude::*;
use rstest::rstest;

use super::super::cuts::{octets, pieces, singly};
use super::*;
use Tolerance::{BareCr, BareLf, ControlOctet};

fn complete(bytes: &[u8], deviations: &[Tolerance]) -> Line {
    Line::Complete { bytes: bytes.to_vec(), deviations: deviations.to_vec() }
}

/// RFC 5321 2.3.8: a line ends in CRLF; a CR or LF that stands alone is none of its business.
#[rstest]
#[case::crlf(b"NOOP\r\n", b"NOOP", &[])]
#[case::empty(b"\r\n", b"", &[])]
#[case::bare_lf(b"NOOP\n", b"NOOP", &[BareLf])]
#[case::empty_bare_lf(b"\n", b"", &[BareLf])]
#[case::bare_cr(b"NO\rOP\r\n", b"NO\rOP", &[BareCr])]
#[case::cr_before_crlf(b"NOOP\r\r\n", b"NOOP\r", &[BareCr])]
#[case::nul(b"NO\0OP\r\n", b"NO\0OP", &[ControlOctet])]
#[case::delete(b"NO\x7fOP\r\n", b"NO\x7fOP", &[ControlOctet])]
#[case::tab(b"NO\tOP\r\n", b"NO\tOP", &[])]
#[case::all(b"\rNO\x01OP\n", b"\rNO\x01OP", &[BareLf, BareCr, ControlOctet])]
fn a_line_ends_where_the_standard_says_or_the_deviation_is_named(
    #[case] sent: &[u8],
    #[case] bytes: &[u8],
    #[case] deviations: &[Tolerance],
) {
    let mut inbound = Inbound::new();
    inbound.push(sent);
    assert_eq!(inbound.line(1000), Some(complete(bytes, deviations)));
    assert_eq!(inbound.line(1000), None);
    assert!(inbound.is_empty());
}

#[test]
fn a_line_is_not_given_out_before_its_end() {
    let mut inbound = Inbound::new();
    for octet in b"QUIT\r" {
        inbound.push(&[*octet]);
        assert_eq!(inbound.line(1000), None);
        assert!(!inbound.is_empty());
    }
    inbound.push(b"\nNOOP\r\nRS");
    assert_eq!(inbound.line(1000), Some(complete(b"QUIT", &[])));
    assert_eq!(inbound.line(1000), Some(complete(b"NOOP", &[])));
    assert_eq!(inbound.line(1000), None);
    inbound.push(b"ET\r\n");
    assert_eq!(inbound.line(1000), Some(complete(b"RSET", &[])));
}

#[rstest]
#[case::at_the_limit(b"12345\r\n", complete(b"12345", &[]))]
#[case::one_over(b"123456\r\n", Line::TooLong { start: b"12345".to_vec(), length: 6 })]
#[case::cr_over(b"12345\r\r\n", Line::TooLong { start: b"12345".to_vec(), length: 6 })]
#[case::bare_lf_over(b"1234567\n", Line::TooLong { start: b"12345".to_vec(), length: 7 })]
fn the_limit_counts_octets_without_the_line_ending(
    #[case] sent: &[u8],
    #[case] expected: Line,
    #[values(true, false)] whole: bool,
) {
    let mut inbound = Inbound::new();
    let mut line = None;
    for piece in sent.chunks(if whole { sent.len() } else { 1 }) {
        assert_eq!(line, None);
        inbound.push(piece);
        line = inbound.line(5);
    }
    assert_eq!(line, Some(expected));
    assert!(inbound.is_empty());
}

#[test]
fn a_line_once_over_its_limit_stays_too_long_and_the_next_line_is_whole() {
    let mut inbound = Inbound::new();
    inbound.push(b"0123456789");
    assert_eq!(inbound.line(4), None);
    assert!(!inbound.is_empty());
    inbound.push(b"ab\r\nNOOP\r\n");
    assert_eq!(inbound.line(1000), Some(Line::TooLong { start: b"0123".to_vec(), length: 12 }));
    assert_eq!(inbound.line(1000), Some(complete(b"NOOP", &[])));
}

#[test]
fn the_start_of_an_overlong_line_keeps_to_the_limit_of_the_last_call() {
    let mut inbound = Inbound::new();
    inbound.push(b"0123456789");
    assert_eq!(inbound.line(8), None);
    inbound.push(b"\r\n");
    assert_eq!(inbound.line(3), Some(Line::TooLong { start: b"012".to_vec(), length: 10 }));
}

#[test]
fn memory_stays_bounded_while_a_line_does_not_end() {
    let mut inbound = Inbound::new();
    for _ in 0..100_000 {
        inbound.push(b"x");
        assert_eq!(inbound.line(100), None);
        assert!(inbound.held.capacity() < 1000);
    }
    inbound.push(b"\r\n");
    assert_eq!(inbound.line(100), Some(Line::TooLong { start: vec![b'x'; 100], length: 100_000 }));
}

/// Half a mebibyte; an effort that grew with the square would keep this test busy for hours.
#[test]
fn effort_grows_with_the_number_of_octets() {
    const LENGTH: usize = 1 << 19;
    let mut one_line = Inbound::new();
    for _ in 0..LENGTH {
        one_line.push(b"x");
        assert_eq!(one_line.line(LENGTH), None);
    }
    one_line.push(b"\r\n");
    assert_eq!(one_line.line(LENGTH), Some(complete(&vec![b'x'; LENGTH], &[])));

    let mut short_lines = Inbound::new();
    short_lines.push(&b"\r\n".repeat(LENGTH));
    for _ in 0..LENGTH {
        assert_eq!(short_lines.line(1000), Some(complete(b"", &[])));
        short_lines.push(b"");
    }
    assert!(short_lines.is_empty());

    let mut counted = Inbound::new();
    counted.push(&vec![b'x'; LENGTH]);
    for _ in 0..LENGTH {
        let taken = counted.octets(2);
        counted.unread(taken.get(1..).unwrap_or_default());
    }
    assert!(counted.is_empty());
}

#[test]
fn octets_and_lines_alternate() {
    let mut inbound = Inbound::new();
    inbound.push(b"BDAT 4\r\n\r\n.\nAUTH LOGIN\r\n");
    assert_eq!(inbound.line(1000), Some(complete(b"BDAT 4", &[])));
    assert_eq!(inbound.octets(4), b"\r\n.\n");
    assert_eq!(inbound.line(1000), Some(complete(b"AUTH LOGIN", &[])));
    assert_eq!(inbound.octets(usize::MAX), b"");
}

#[rstest]
#[case::into_the_room_it_left(b"rest\r\n")]
#[case::more_than_was_taken(b"a longer rest\r\n")]
fn what_was_put_back_is_read_next(#[case] rest: &[u8]) {
    let mut inbound = Inbound::new();
    inbound.push(b"123456QUIT\r\n");
    assert_eq!(inbound.octets(6), b"123456");
    inbound.unread(rest);
    assert_eq!(inbound.line(1000), Some(complete(rest.trim_ascii_end(), &[])));
    assert_eq!(inbound.line(1000), Some(complete(b"QUIT", &[])));
}

#[test]
fn the_end_of_a_line_is_found_behind_octets_put_back() {
    let mut inbound = Inbound::new();
    inbound.push(b"abcdef");
    assert_eq!(inbound.line(1000), None);
    let taken = inbound.octets(3);
    inbound.unread(&taken);
    inbound.push(b"\nQUIT\r\n");
    assert_eq!(inbound.line(1000), Some(complete(b"abcdef", &[BareLf])));
    assert_eq!(inbound.line(1000), Some(complete(b"QUIT", &[])));
}

#[test]
fn the_end_of_a_line_is_found_in_octets_put_back() {
    let mut inbound = Inbound::new();
    inbound.push(b"abcdef");
    assert_eq!(inbound.line(1000), None);
    assert_eq!(inbound.octets(2), b"ab");
    inbound.unread(b"1\r\n2\r\n3");
    for expected in [b"1", b"2"] {
        assert_eq!(inbound.line(1000), Some(complete(expected, &[])));
    }
    assert_eq!(inbound.line(1000), None);
    inbound.unread(b"\n");
    assert_eq!(inbound.line(1000), Some(complete(b"", &[BareLf])));
    assert_eq!(inbound.octets(usize::MAX), b"3cdef");
}

#[test]
fn counted_octets_give_up_an_overlong_line() {
    let mut inbound = Inbound::new();
    inbound.push(b"123456789");
    assert_eq!(inbound.line(4), None);
    assert_eq!(inbound.octets(usize::MAX), b"");
    assert!(inbound.is_empty());
    inbound.push(b"QUIT\r\n");
    assert_eq!(inbound.line(4), Some(complete(b"QUIT", &[])));
}

/// RFC 3207 4.2: what was sent in clear behind STARTTLS is to be forgotten.
#[test]
fn discarding_counts_what_was_not_consumed() {
    let mut inbound = Inbound::new();
    inbound.push(b"STARTTLS\r\nMAIL FROM:<>\r\n");
    assert_eq!(inbound.line(1000), Some(complete(b"STARTTLS", &[])));
    assert_eq!(inbound.discard(), 14);
    assert!(inbound.is_empty());
    assert_eq!(inbound.line(1000), None);
    inbound.push(b"123456789");
    assert_eq!(inbound.line(4), None);
    assert_eq!(inbound.discard(), 9);
}

fn lines(pieces: &[Vec<u8>], limit: usize) -> (Vec<Line>, bool) {
    let mut inbound = Inbound::new();
    let mut lines = Vec::new();
    for piece in pieces {
        inbound.push(piece);
        lines.extend(std::iter::from_fn(|| inbound.line(limit)));
    }
    (lines, inbound.is_empty())
}

proptest! {
    #[test]
    fn cuts_do_not_matter(pieces in pieces(octets(b"\r\n\n ab")), limit in 0_usize..12) {
        let whole = lines(&[pieces.concat()], limit);
        prop_assert_eq!(&lines(&pieces, limit), &whole);
        prop_assert_eq!(&lines(&singly(&pieces), limit), &whole);
    }

    #[test]
    fn lines_with_their_endings_are_the_stream(pieces in pieces(octets(b"\r\n\n ab"))) {
        let stream = pieces.concat();
        let mut read = Vec::new();
        for line in lines(&pieces, 1000).0 {
            let Line::Complete { bytes, deviations } = line else { panic!("no line has 1000 octets") };
            read.extend_from_slice(&bytes);
            read.extend_from_slice(if deviations.contains(&BareLf) { b"\n" } else { b"\r\n" });
        }
        let end = stream.iter().rposition(|octet| *octet == b'\n').map_or(0, |last| last + 1);
        prop_assert_eq!(read, &stream[..end]);
    }

    #[test]
    fn putting_back_undoes_taking(bytes in octets(b"\r\n\n ab"), split in 0_usize..200) {
        let mut inbound = Inbound::new();
        inbound.push(&bytes);
        let _ = inbound.line(1000);
        let before = inbound.pending().to_vec();
        let taken = inbound.octets(split);
        prop_assert_eq!(&taken, &before[..split.min(before.len())]);
        inbound.unread(&taken);
        prop_assert_eq!(inbound.octets(usize::MAX), before);
    }
}
