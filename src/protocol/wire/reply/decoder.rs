//! Replies out of a stream of bytes.

use super::{Reply, ReplyCode, ReplyError};
use crate::protocol::wire::octets::{note, note_eight_bit};
use crate::protocol::wire::{Inbound, Limits, Line, Tolerance};

/// RFC 5321 4.5.3.1.5, without CRLF.
const STANDARD_LINE: usize = 510;

/// Cuts replies out of a stream of bytes, however the stream was cut into reads.
///
/// An error ends it: from then on it holds nothing and has no reply any more, since nobody can tell which command the
/// bytes behind a broken reply would answer.
#[derive(Clone, Debug)]
pub struct ReplyDecoder {
    limits: Limits,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// The bytes not read yet, and the lines of a reply whose last line has not arrived.
    Reading {
        inbound: Inbound,
        unfinished: Option<Reply>,
    },
    Failed,
}

impl Default for ReplyDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl ReplyDecoder {
    /// With the limits of [`Limits::client`].
    pub fn new() -> Self {
        Self::with_limits(Limits::client())
    }

    /// With limits of one's own, of which `reply_line` and `reply_lines` count.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, state: State::Reading { inbound: Inbound::new(), unfinished: None } }
    }

    /// Adds received bytes. Memory stays bounded where [`ReplyDecoder::next_reply`] is asked between pushes until it
    /// has no more.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Reading { inbound, .. } => inbound.push(bytes),
            State::Failed => {}
        }
    }

    /// The next whole reply. `None`: its last line has not arrived, or an error came before.
    pub fn next_reply(&mut self) -> Option<Result<Reply, ReplyError>> {
        let State::Reading { inbound, unfinished } = &mut self.state else {
            return None;
        };
        let reply = next_reply(inbound, unfinished, self.limits).transpose();
        if let Some(Err(_)) = reply {
            self.state = State::Failed;
        }
        reply
    }

    /// Whether bytes are held that [`ReplyDecoder::next_reply`] did not give out: those of an unfinished reply, once
    /// it returned `None`.
    pub fn has_partial(&self) -> bool {
        match &self.state {
            State::Reading { inbound, unfinished } => unfinished.is_some() || !inbound.is_empty(),
            State::Failed => false,
        }
    }
}

fn next_reply(
    inbound: &mut Inbound,
    unfinished: &mut Option<Reply>,
    limits: Limits,
) -> Result<Option<Reply>, ReplyError> {
    let too_long = |start| ReplyError::LineTooLong { limit: limits.reply_line, start };
    loop {
        let (bytes, deviations) = match inbound.line(limits.reply_line.saturating_sub(2)) {
            Some(Line::Complete { bytes, deviations }) => (bytes, deviations),
            Some(Line::TooLong { start, .. }) => return Err(too_long(start)),
            None => return inbound.overlong_start().map_or(Ok(None), |start| Err(too_long(start.to_vec()))),
        };
        let line = ReplyLine::read(&bytes).ok_or_else(|| ReplyError::Malformed(bytes.clone()))?;
        let mut reply = unfinished.take().unwrap_or_else(|| Reply::begin(line.code));
        if reply.texts.len() >= limits.reply_lines {
            return Err(ReplyError::TooManyLines { limit: limits.reply_lines });
        }
        reply.append(&line, &bytes, &deviations);
        if line.is_last {
            return Ok(Some(reply));
        }
        *unfinished = Some(reply);
    }
}

impl Reply {
    fn begin(code: ReplyCode) -> Self {
        Self { code, raw: Vec::new(), texts: Vec::new(), deviations: Vec::new() }
    }

    fn append(&mut self, line: &ReplyLine, bytes: &[u8], deviations: &[Tolerance]) {
        for tolerance in deviations {
            note(&mut self.deviations, *tolerance);
        }
        note_eight_bit(&mut self.deviations, bytes);
        if bytes.len() > STANDARD_LINE {
            note(&mut self.deviations, Tolerance::LongLine);
        }
        if !line.code.is_in_grammar() {
            note(&mut self.deviations, Tolerance::ReplyCodeOutOfRange);
        }
        if line.code != self.code {
            note(&mut self.deviations, Tolerance::MixedReplyCodes);
        }
        self.code = line.code;
        let text_end = self.raw.len().saturating_add(bytes.len());
        self.raw.extend_from_slice(bytes);
        self.texts.push(text_end.saturating_sub(line.text_length)..text_end);
        let ending: &[u8] = if deviations.contains(&Tolerance::BareLf) { b"\n" } else { b"\r\n" };
        self.raw.extend_from_slice(ending);
    }
}

/// Code and separator of one line, and how much of it is text.
struct ReplyLine {
    code: ReplyCode,
    is_last: bool,
    text_length: usize,
}

impl ReplyLine {
    /// A line of three digits alone is a last line (RFC 5321 4.2).
    fn read(line: &[u8]) -> Option<Self> {
        let (digits, rest) = line.split_first_chunk::<3>()?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = digits.iter().fold(0, |sum: u16, digit| sum * 10 + u16::from(digit - b'0'));
        let code = ReplyCode::new(number).ok()?;
        match rest.split_first() {
            None => Some(Self { code, is_last: true, text_length: 0 }),
            Some((b' ', text)) => Some(Self { code, is_last: true, text_length: text.len() }),
            Some((b'-', text)) => Some(Self { code, is_last: false, text_length: text.len() }),
            Some(_) => None,
        }
    }
}

impl ReplyCode {
    /// `[2-5][0-5][0-9]` (RFC 5321 4.2). The first digit is right by construction.
    const fn is_in_grammar(self) -> bool {
        self.0 / 10 % 10 <= 5
    }
}
