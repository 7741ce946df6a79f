//! Mail data and its transparency (RFC 5321 4.5.2).

/// Undoes dot transparency over a stream and finds the end of mail data indicator, CRLF `.` CRLF and nothing else.
///
/// A bare LF neither begins nor ends a line here, so that no message can be smuggled behind `LF . LF`.
#[derive(Clone, Debug)]
pub struct DotDecoder {
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Behind CRLF, or at the start of the mail data, where the CRLF of the DATA command counts.
    LineStart,
    /// Behind a dot at the start of a line, which is not content whatever follows.
    Dot,
    /// Behind that dot and a CR that is content unless LF follows.
    DotCr,
    /// Inside a line.
    Inside,
    /// Inside a line, behind a CR.
    Cr,
    Ended,
}

impl Default for DotDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl DotDecoder {
    /// At the start of the mail data. A dot there is at the start of a line.
    pub fn new() -> Self {
        Self { state: State::LineStart }
    }

    /// Decodes `input` into `content` and tells how many octets of it belong to the mail data and whether its end was
    /// among them. The final CRLF of the content is kept. After the end no octet is taken any more.
    pub fn decode(&mut self, input: &[u8], content: &mut Vec<u8>) -> (usize, bool) {
        let mut rest = input;
        while self.state != State::Ended {
            if self.state == State::Inside {
                let run = rest.iter().position(|octet| *octet == b'\r').unwrap_or(rest.len());
                let (plain, behind) = rest.split_at_checked(run).unwrap_or((rest, &[]));
                content.extend_from_slice(plain);
                rest = behind;
            }
            let Some((octet, behind)) = rest.split_first() else { break };
            self.state = step(self.state, *octet, content);
            rest = behind;
        }
        (input.len().saturating_sub(rest.len()), self.state == State::Ended)
    }
}

fn step(state: State, octet: u8, content: &mut Vec<u8>) -> State {
    match (state, octet) {
        (State::LineStart, b'.') => return State::Dot,
        (State::Dot, b'\r') => return State::DotCr,
        (State::DotCr, b'\n') | (State::Ended, _) => return State::Ended,
        (State::DotCr, _) => content.push(b'\r'),
        (State::LineStart | State::Dot | State::Inside | State::Cr, _) => {}
    }
    content.push(octet);
    match (state, octet) {
        (State::Cr, b'\n') => State::LineStart,
        (_, b'\r') => State::Cr,
        _ => State::Inside,
    }
}

/// Mail data ready to send: dots at the start of lines doubled, a final CRLF made sure, the end of mail data indicator
/// behind it. Lines begin behind CRLF only, as [`DotDecoder`] sees them. An empty message stays empty: `.` CRLF.
pub fn dot_encode(message: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(message.len().saturating_add(5));
    let mut is_line_start = true;
    let mut previous = None;
    for octet in message {
        if is_line_start && *octet == b'.' {
            encoded.push(b'.');
        }
        encoded.push(*octet);
        is_line_start = previous == Some(b'\r') && *octet == b'\n';
        previous = Some(*octet);
    }
    if !is_line_start {
        encoded.extend_from_slice(b"\r\n");
    }
    encoded.extend_from_slice(b".\r\n");
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::cuts::{octets, pieces, singly};
    use super::*;

    /// How many octets were taken, whether the end was met, the content.
    fn decode(pieces: &[Vec<u8>]) -> (usize, bool, Vec<u8>) {
        let (mut decoder, mut content, mut taken, mut ended) = (DotDecoder::new(), Vec::new(), 0, false);
        for piece in pieces {
            let (count, is_end) = decoder.decode(piece, &mut content);
            taken += count;
            ended = is_end;
        }
        (taken, ended, content)
    }

    /// RFC 5321 4.5.2 and, for bare CR and LF, 2.3.8 and 4.1.1.4.
    #[rstest]
    #[case::one_line(b"a\r\n.\r\n", 6, true, b"a\r\n")]
    #[case::empty(b".\r\n", 3, true, b"")]
    #[case::doubled_dot(b"..\r\n.\r\n", 7, true, b".\r\n")]
    #[case::dot_before_text(b".a\r\n.\r\n", 7, true, b"a\r\n")]
    #[case::dot_inside_line(b"a.\r\n.\r\n", 7, true, b"a.\r\n")]
    #[case::three_dots(b"...\r\n.\r\n", 8, true, b"..\r\n")]
    #[case::rest_is_left(b"a\r\n.\r\nQUIT\r\n", 6, true, b"a\r\n")]
    #[case::lf_dot_lf(b"a\n.\nb", 5, false, b"a\n.\nb")]
    #[case::lf_dot_crlf(b"a\n.\r\nb", 6, false, b"a\n.\r\nb")]
    #[case::crlf_dot_lf(b"a\r\n.\nb", 6, false, b"a\r\n\nb")]
    #[case::cr_dot_cr(b"a\r.\rb", 5, false, b"a\r.\rb")]
    #[case::crlf_dot_cr(b"a\r\n.\rb", 6, false, b"a\r\n\rb")]
    #[case::crlf_dot_cr_crlf(b"\r\n.\r\r\n.\r\n", 9, true, b"\r\n\r\r\n")]
    #[case::two_crs(b"a\r\r\n.\r\n", 7, true, b"a\r\r\n")]
    #[case::dot_crlf_inside_line(b"a.\r\nb", 5, false, b"a.\r\nb")]
    #[case::unfinished_end(b"a\r\n.\r", 5, false, b"a\r\n")]
    fn only_crlf_dot_crlf_ends_mail_data(
        #[case] sent: &[u8],
        #[case] taken: usize,
        #[case] ended: bool,
        #[case] content: &[u8],
    ) {
        assert_eq!(decode(&[sent.to_vec()]), (taken, ended, content.to_vec()));
        assert_eq!(decode(&singly(&[sent.to_vec()])), (taken, ended, content.to_vec()));
    }

    #[test]
    fn nothing_is_taken_behind_the_end() {
        let (mut decoder, mut content) = (DotDecoder::default(), Vec::new());
        assert_eq!(decoder.decode(b".\r\n.\r\n", &mut content), (3, true));
        assert_eq!(decoder.decode(b".\r\n", &mut content), (0, true));
        assert_eq!(content, b"");
    }

    /// RFC 5321 4.5.2: one more period before a line that begins with one; 4.1.1.4: the end behind the last CRLF.
    #[rstest]
    #[case::empty(b"", b".\r\n")]
    #[case::final_crlf_added(b"a", b"a\r\n.\r\n")]
    #[case::final_crlf_kept(b"a\r\n", b"a\r\n.\r\n")]
    #[case::bare_lf_is_no_line_ending(b"a\n", b"a\n\r\n.\r\n")]
    #[case::final_cr(b"a\r", b"a\r\r\n.\r\n")]
    #[case::dots(b".\r\n.a\r\nb.\r\n..", b"..\r\n..a\r\nb.\r\n...\r\n.\r\n")]
    #[case::dot_behind_bare_lf(b"a\n.\nb\r\n", b"a\n.\nb\r\n.\r\n")]
    fn mail_data_is_encoded(#[case] message: &[u8], #[case] encoded: &[u8]) {
        assert_eq!(dot_encode(message), encoded);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(message in octets(b"\r\n.a")) {
            let encoded = dot_encode(&message);
            let mut expected = message;
            if !expected.is_empty() && !expected.ends_with(b"\r\n") {
                expected.extend_from_slice(b"\r\n");
            }
            prop_assert_eq!(decode(std::slice::from_ref(&encoded)), (encoded.len(), true, expected));
        }

        #[test]
        fn cuts_do_not_matter(pieces in pieces(octets(b"\r\n.a"))) {
            let whole = decode(&[pieces.concat()]);
            prop_assert_eq!(&decode(&pieces), &whole);
            prop_assert_eq!(&decode(&singly(&pieces)), &whole);
        }

        #[test]
        fn the_end_is_the_first_crlf_dot_crlf(stream in octets(b"\r\n.a")) {
            let behind_crlf = [b"\r\n".as_slice(), &stream].concat();
            let first = behind_crlf.windows(5).position(|window| window == b"\r\n.\r\n");
            let (taken, ended, _) = decode(std::slice::from_ref(&stream));
            prop_assert_eq!((taken, ended), first.map_or((stream.len(), false), |start| (start + 3, true)));
        }
    }
}
