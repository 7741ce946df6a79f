use proptest::prelude::*;
use rstest::rstest;

use super::super::Limits;
use super::super::cuts::{octets, pieces, singly};
use super::*;
use Tolerance::{BareCr, BareLf, ControlOctet, EightBitOctet, LongLine, MixedReplyCodes, ReplyCodeOutOfRange};

fn read(bytes: &[u8]) -> Reply {
    Reply::from_bytes(bytes).expect("whole").expect("a reply")
}

/// RFC 5321 4.2.1: the first digit says what the reply means.
#[rstest]
#[case(b"550 no\r\n", false)]
#[case(b"250-a\r\n250-5\r\n250 b\r\n", false)]
#[case::other_code_of_the_class(b"250-a\r\n251 b\n", false)]
#[case::first(b"250-ok\r\n550 no\r\n", true)]
#[case::middle(b"550-no\n450-later\n550 no\n", true)]
#[case::last(b"550-no\r\n550-no\r\n250\r\n", true)]
fn lines_of_different_classes_contradict_each_other(#[case] sent: &[u8], #[case] expected: bool) {
    assert_eq!(read(sent).contradicts_itself(), expected);
}

/// RFC 5321 4.2 and its example of a reply in several lines.
#[rstest]
#[case::one_line(b"250 OK\r\n", 250, &["OK"], &[])]
#[case::several_lines(
    b"250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n",
    250, &["First line", "Second line", "234 Text beginning with numbers", "The last line"], &[]
)]
#[case::code_alone(b"250\r\n", 250, &[""], &[])]
#[case::code_and_space(b"334 \r\n", 334, &[""], &[])]
#[case::code_alone_last(b"250-x\r\n250\r\n", 250, &["x", ""], &[])]
#[case::hyphens(b"250--\r\n250 -\r\n", 250, &["-", "-"], &[])]
#[case::space_at_both_ends(b"220  x \r\n", 220, &[" x "], &[])]
#[case::tab(b"250 a\tb\r\n", 250, &["a\tb"], &[])]
#[case::bare_lf(b"250-a\r\n250 b\n", 250, &["a", "b"], &[BareLf])]
#[case::bare_cr(b"250 a\rb\r\n", 250, &["a\rb"], &[BareCr])]
#[case::nul(b"250 a\0b\r\n", 250, &["a\0b"], &[ControlOctet])]
#[case::eight_bit("250 ü\r\n".as_bytes(), 250, &["ü"], &[EightBitOctet])]
#[case::mixed(b"250-a\r\n550-b\r\n251 c\r\n", 251, &["a", "b", "c"], &[MixedReplyCodes])]
#[case::out_of_range(b"260 x\r\n", 260, &["x"], &[ReplyCodeOutOfRange])]
#[case::out_of_range_first(b"299-x\r\n250 x\r\n", 250, &["x", "x"], &[ReplyCodeOutOfRange, MixedReplyCodes])]
#[case::bounds(b"559 x\r\n", 559, &["x"], &[])]
fn a_reply_is_read(#[case] sent: &[u8], #[case] code: u16, #[case] lines: &[&str], #[case] deviations: &[Tolerance]) {
    let reply = read(sent);
    assert_eq!(reply.code(), ReplyCode::new(code).unwrap());
    assert_eq!(reply.lines().map(|line| str::from_utf8(line).unwrap()).collect::<Vec<_>>(), lines);
    assert_eq!(reply.deviations(), deviations);
    assert_eq!(reply.raw(), sent);
}

#[rstest]
#[case::empty(b"\r\n")]
#[case::two_digits(b"25\r\n")]
#[case::four_digits(b"2500 x\r\n")]
#[case::no_digits(b"OK\r\n")]
#[case::other_separator(b"250_x\r\n")]
#[case::tab(b"250\tx\r\n")]
#[case::space_first(b" 250 x\r\n")]
#[case::below(b"199 x\r\n")]
#[case::above(b"600 x\r\n")]
#[case::zeros(b"000 x\r\n")]
#[case::sign(b"+25 x\r\n")]
#[case::eight_bit(b"\xb2\xb50 x\r\n")]
fn anything_else_is_malformed(#[case] sent: &[u8]) {
    let offending = sent.strip_suffix(b"\r\n").unwrap().to_vec();
    assert_eq!(Reply::from_bytes(sent), Some(Err(ReplyError::Malformed(offending.clone()))));
    let inside = [b"250-a\r\n".as_slice(), sent].concat();
    assert_eq!(Reply::from_bytes(&inside), Some(Err(ReplyError::Malformed(offending))));
}

#[test]
fn a_reply_is_not_given_out_before_its_last_line_is_whole() {
    let mut decoder = ReplyDecoder::new();
    assert!(!decoder.has_partial());
    for octet in b"250-a\r\n250 b\r" {
        decoder.push(&[*octet]);
        assert_eq!(decoder.next_reply(), None);
        assert!(decoder.has_partial());
    }
    decoder.push(b"\n354 go on\r\n");
    assert_eq!(decoder.next_reply(), Some(Ok(read(b"250-a\r\n250 b\r\n"))));
    assert_eq!(decoder.next_reply(), Some(Ok(read(b"354 go on\r\n"))));
    assert_eq!(decoder.next_reply(), None);
    assert!(!decoder.has_partial());
}

#[test]
fn an_error_ends_the_stream() {
    let mut decoder = ReplyDecoder::new();
    decoder.push(b"250 a\r\nx\r\n250 b\r\n");
    assert_eq!(decoder.next_reply(), Some(Ok(read(b"250 a\r\n"))));
    assert_eq!(decoder.next_reply(), Some(Err(ReplyError::Malformed(b"x".to_vec()))));
    decoder.push(b"250 c\r\n");
    assert_eq!(decoder.next_reply(), None);
    assert!(!decoder.has_partial());
}

fn limited() -> ReplyDecoder {
    ReplyDecoder::with_limits(Limits { reply_line: 12, reply_lines: 2, ..Limits::client() })
}

#[rstest]
#[case::at_the_limit(b"250 123456\r\n", None)]
#[case::over_it(b"250 1234567\r\n", Some(ReplyError::LineTooLong { limit: 12, start: b"250 123456".to_vec() }))]
#[case::over_it_without_end(b"250 1234567", Some(ReplyError::LineTooLong { limit: 12, start: b"250 123456".to_vec() }))]
#[case::two_lines(b"250-a\r\n250 b\r\n", None)]
#[case::three_lines(b"250-a\r\n250-b\r\n250 c\r\n", Some(ReplyError::TooManyLines { limit: 2 }))]
#[case::no_last_line(b"250-a\r\n250-b\r\n250-c\r\n", Some(ReplyError::TooManyLines { limit: 2 }))]
fn limits_count_the_line_ending_and_the_lines(#[case] sent: &[u8], #[case] expected: Option<ReplyError>) {
    let mut decoder = limited();
    decoder.push(sent);
    assert_eq!(decoder.next_reply().expect("a reply or an error").err(), expected);
}

/// RFC 5321 4.5.3.1.5: 512 octets, CRLF included.
#[rstest]
#[case(506, &[])]
#[case(507, &[LongLine])]
fn a_line_over_the_standards_limit_is_named(#[case] text_length: usize, #[case] expected: &[Tolerance]) {
    let sent = [b"250 ".as_slice(), &vec![b'x'; text_length], b"\r\n"].concat();
    assert_eq!(read(&sent).deviations(), expected);
}

/// RFC 2034 4 wants the code in each line of a reply; some servers put it into one.
#[rstest]
#[case(b"250 2.1.5 user@example.com\r\n", Some((2, 1, 5)))]
#[case(b"250-2.0.0 a\r\n250 2.1.5 b\r\n", Some((2, 0, 0)))]
#[case(b"250-2.0.0 a\r\n250 OK\r\n", Some((2, 0, 0)))]
#[case(b"550-Sorry\r\n550-5.7.1 Relaying denied\r\n550 OK\r\n", Some((5, 7, 1)))]
#[case(b"550-Sorry\r\n550 See 5.7.1\r\n", None)]
#[case(b"550 5.7.1\r\n", Some((5, 7, 1)))]
fn the_enhanced_status_code_is_that_of_the_first_line_with_one(
    #[case] sent: &[u8],
    #[case] expected: Option<(u8, u16, u16)>,
) {
    let expected = expected.map(|(class, subject, detail)| EnhancedStatusCode { class, subject, detail });
    assert_eq!(read(sent).enhanced(), expected);
}

#[rstest]
#[case(b"220 a \r\n", "a ")]
#[case("220 ü\r\n".as_bytes(), "ü")]
#[case(b"220 a\xfcb\r\n", r"a\xfcb")]
#[case(b"220 a\x1b[2Jb\0\r\n", r"a\u{1b}[2Jb\u{0}")]
#[case(b"220-first\r\n220 second\r\n", "first")]
#[case(b"220\r\n", "")]
fn text_is_fit_for_a_terminal(#[case] sent: &[u8], #[case] expected: &str) {
    assert_eq!(read(sent).text(), expected);
}

/// RFC 5321 4.2.1.
#[rstest]
#[case(200, Some(ReplyClass::PositiveCompletion))]
#[case(299, Some(ReplyClass::PositiveCompletion))]
#[case(354, Some(ReplyClass::PositiveIntermediate))]
#[case(421, Some(ReplyClass::TransientNegative))]
#[case(599, Some(ReplyClass::PermanentNegative))]
#[case(199, None)]
#[case(600, None)]
fn the_first_digit_is_the_class(#[case] number: u16, #[case] expected: Option<ReplyClass>) {
    let code = ReplyCode::new(number);
    assert_eq!(code.clone().ok().map(ReplyCode::class), expected);
    assert_eq!(code.is_ok_and(ReplyCode::is_positive), expected == Some(ReplyClass::PositiveCompletion));
}

fn replies(mut decoder: ReplyDecoder, pieces: &[Vec<u8>]) -> (Vec<Result<Reply, ReplyError>>, bool) {
    let mut replies = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        replies.extend(std::iter::from_fn(|| decoder.next_reply()));
    }
    (replies, decoder.has_partial())
}

/// Lines that are mostly reply lines.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        8 => "[2-5][0-6][0-9][ -][a-z .]{0,12}(\r\n|\n)".prop_map(String::into_bytes),
        1 => octets(b"250- \r\n"),
    ];
    proptest::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn cuts_do_not_matter(pieces in pieces(stream()), limited_too in any::<bool>()) {
        let decoder = if limited_too { limited() } else { ReplyDecoder::new() };
        let whole = replies(decoder.clone(), &[pieces.concat()]);
        prop_assert_eq!(&replies(decoder.clone(), &pieces), &whole);
        prop_assert_eq!(&replies(decoder, &singly(&pieces)), &whole);
    }

    #[test]
    fn replies_are_the_octets_of_the_stream(pieces in pieces(stream())) {
        let stream = pieces.concat();
        let mut read = Vec::new();
        for reply in replies(ReplyDecoder::new(), &pieces).0.into_iter().flatten() {
            read.extend_from_slice(reply.raw());
            prop_assert!(reply.lines().count() > 0);
        }
        prop_assert!(stream.starts_with(&read));
    }

    #[test]
    fn memory_stays_bounded(piece in octets(b"250-a\n"), repeat in 0_usize..200) {
        let mut decoder = limited();
        for _ in 0..repeat {
            decoder.push(&piece);
            while decoder.next_reply().is_some() {}
        }
        let held = format!("{decoder:?}").len();
        prop_assert!(held < 8000, "{} characters", held);
    }
}
