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
