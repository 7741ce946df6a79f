//! The client: says exactly what a script says. Pure: takes octets as they come, gives octets to send, and keeps the
//! transcript; who carries them and how long is waited is the caller's business ([`super::dialogue`]).

mod exchange;
mod heard;
mod reply_reader;
mod step;

use std::time::Duration;

pub use exchange::Exchange;
pub use reply_reader::ReplyReader;
pub use step::{Authenticate, Outcome, Script, Step};

use crate::judge::NoAnswer;
use crate::protocol::transcript::{Content, Entry, Happening, Side, Transcript};
use crate::protocol::wire::{
    Command, CommandLine, Extensions, Reply, ReplyClass, ReplyDecoder, ReplyError, dot_encode,
};
use exchange::{Advance, Exchanging};
use heard::{Heard, MOST_LINES, MOST_OF_A_LINE, Piece};

/// What the client wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the dialogue stands still until the wish is granted"]
pub enum Wish {
    /// Send these octets.
    Send(Vec<u8>),
    /// Hand over what comes ([`Client::receive`]), or say that nothing will ([`Client::lose`]).
    Receive,
    /// Begin the next step; this is what the last one came to.
    Done(Outcome),
}

/// One connection's client.
#[derive(Debug)]
pub struct Client {
    reader: Box<dyn ReplyReader>,
    transcript: Transcript,
    /// When the octets under way were received, or the step was begun.
    now: Duration,
    /// What came and is not in the transcript.
    heard: Heard,
    outgoing: Option<Vec<u8>>,
    awaited: Awaited,
    standing: Standing,
    /// Whether the step is QUIT: nobody asks behind it for what came besides its reply.
    is_farewell: bool,
    /// Whether the last reply was a 334: the next line is then a response, which may be secret.
    is_challenged: bool,
}

/// Whether it can be told which reply answers what.
#[derive(Debug)]
enum Standing {
    /// The next reply answers what was said last.
    InStep,
    /// Something came that is no answer, or none came. What comes now is told of and answers nothing.
    OutOfStep(NoAnswer),
    /// There is no connection any more.
    Lost(NoAnswer),
}

/// What is to come before the step is done.
#[derive(Debug)]
enum Awaited {
    Nothing(Outcome),
    Reply,
    /// EHLO's; the name to say HELO with if it is refused.
    EhloReply {
        helo_fallback: Option<String>,
    },
    HeloReply,
    Exchange(Box<Exchanging>),
}

impl Default for Client {
    fn default() -> Self {
        Self::new(Box::new(ReplyDecoder::new()))
    }
}

impl Client {
    /// With a reader of replies; [`ReplyDecoder`] is the right one.
    pub fn new(reader: Box<dyn ReplyReader>) -> Self {
        Self {
            reader,
            transcript: Transcript::new(),
            now: Duration::ZERO,
            heard: Heard::default(),
            outgoing: None,
            awaited: Awaited::Nothing(Outcome::Sent),
            standing: Standing::InStep,
            is_farewell: false,
            is_challenged: false,
        }
    }

    /// Begins a step, at a time since the connection was begun. A step that was not done is given up. Once a step has
    /// come to [`Outcome::NoAnswer`] nothing is said any more but QUIT, and nothing at all where the connection is gone.
    pub fn begin(&mut self, step: Step, now: Duration) {
        self.now = now;
        self.outgoing = None;
        let is_kept_back = match &self.standing {
            Standing::InStep => None,
            Standing::OutOfStep(_) if matches!(step, Step::Greeting | Step::Reply | Step::Quit) => None,
            Standing::OutOfStep(why) | Standing::Lost(why) => Some(why.clone()),
        };
        if let Some(why) = is_kept_back {
            self.awaited = Awaited::Nothing(Outcome::NoAnswer(why));
            return;
        }
        self.is_farewell = matches!(step, Step::Quit);
        if self.is_farewell {
            self.note_held();
        }
        match step {
            Step::Greeting | Step::Reply => self.awaited = Awaited::Reply,
            Step::Command(line) => self.say(&line, Awaited::Reply),
            Step::Quit => self.say(b"QUIT", Awaited::Reply),
            Step::Ehlo { name, helo_fallback } => {
                let line = format!("EHLO {name}");
                self.say(line.as_bytes(), Awaited::EhloReply { helo_fallback: helo_fallback.then_some(name) });
            }
            Step::Octets(octets) => {
                for line in octets.split_inclusive(|octet| *octet == b'\n') {
                    self.note_said(
                        line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line)),
                    );
                }
                self.outgoing = Some(octets);
                self.awaited = Awaited::Nothing(Outcome::Sent);
            }
            Step::MailData(message) => {
                let encoded = dot_encode(&message);
                let bytes = encoded.strip_suffix(b".\r\n").unwrap_or(&encoded).to_vec();
                self.transcript.entries.push(Entry {
                    side: Side::Client,
                    at: now,
                    content: Content::MailData { bytes },
                    mark: None,
                });
                self.outgoing = Some(encoded);
                self.awaited = Awaited::Reply;
            }
            Step::Authenticate(authenticate) => match Exchanging::begin(authenticate) {
                Ok(exchanging) => {
                    let line = exchanging.command();
                    self.say(line.as_bytes(), Awaited::Exchange(Box::new(exchanging)));
                }
                Err(reason) => {
                    let stopped = Exchange::Stopped { reason, reply: None };
                    self.awaited = Awaited::Nothing(Outcome::Exchange(stopped));
                }
            },
        }
    }

    /// What is to be done now.
    pub fn poll(&mut self) -> Wish {
        loop {
            if let Some(octets) = self.outgoing.take() {
                return Wish::Send(octets);
            }
            if let Awaited::Nothing(outcome) = &self.awaited {
                let outcome = outcome.clone();
                if self.is_farewell {
                    self.note_held();
                }
                return Wish::Done(outcome);
            }
            if let Standing::OutOfStep(_) = self.standing {
                match self.overhear() {
                    Some(line) => {
                        let what = format!("out of step: {}", line.escape_ascii());
                        self.awaited = Awaited::Nothing(Outcome::NoAnswer(NoAnswer::NoReply { what }));
                    }
                    None => return Wish::Receive,
                }
                continue;
            }
            match self.reader.next_reply() {
                None => return Wish::Receive,
                Some(Ok(reply)) => self.take(reply),
                Some(Err(error)) => self.give_up(&error),
            }
        }
    }

    /// Takes octets from the server, cut anyhow.
    pub fn receive(&mut self, octets: &[u8], now: Duration) {
        self.now = now;
        self.heard.push(octets);
        self.reader.push(octets);
    }

    /// Ends the step: nothing more will come.
    pub fn lose(&mut self, why: NoAnswer, now: Duration) {
        self.now = now;
        let happening = match &why {
            NoAnswer::NotConnected { reason } => Some(Happening::NotConnected { reason: reason.clone() }),
            NoAnswer::Closed => Some(Happening::Closed),
            NoAnswer::Reset { reason } => Some(Happening::Reset { reason: reason.clone() }),
            NoAnswer::TimedOut { after } => Some(Happening::TimedOut { after: *after }),
            NoAnswer::NoReply { .. } | NoAnswer::TurnedAway { .. } | NoAnswer::LimitReached { .. } => None,
        };
        self.note_held();
        if let Some(happening) = happening {
            self.transcript.happened(Side::Server, now, happening);
        }
        self.standing = match &why {
            NoAnswer::NotConnected { .. } | NoAnswer::Closed | NoAnswer::Reset { .. } => Standing::Lost(why.clone()),
            NoAnswer::TimedOut { .. }
            | NoAnswer::NoReply { .. }
            | NoAnswer::TurnedAway { .. }
            | NoAnswer::LimitReached { .. } => Standing::OutOfStep(why.clone()),
        };
        self.outgoing = None;
        self.awaited = Awaited::Nothing(Outcome::NoAnswer(why));
    }

    /// What was said so far.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The same, to be marked.
    pub(super) fn transcript_mut(&mut self) -> &mut Transcript {
        &mut self.transcript
    }

    fn take(&mut self, reply: Reply) {
        self.note_reply(&reply);
        self.is_challenged = reply.code().get() == 334;
        let awaited = std::mem::replace(&mut self.awaited, Awaited::Nothing(Outcome::Sent));
        self.awaited = match awaited {
            Awaited::Nothing(outcome) => Awaited::Nothing(outcome),
            Awaited::Reply => Awaited::Nothing(Outcome::Reply(reply)),
            Awaited::EhloReply { helo_fallback: Some(name) }
                if reply.code().class() == ReplyClass::PermanentNegative =>
            {
                let line = format!("HELO {name}");
                self.say(line.as_bytes(), Awaited::HeloReply);
                return;
            }
            Awaited::EhloReply { .. } => {
                let extensions = Extensions::from_reply(&reply);
                Awaited::Nothing(Outcome::Introduced { reply, extensions })
            }
            Awaited::HeloReply => Awaited::Nothing(Outcome::Introduced { reply, extensions: Extensions::default() }),
            Awaited::Exchange(exchanging) => match exchanging.advance(reply) {
                Advance::Respond { line, label, exchanging } => {
                    self.transcript.credential(self.now, label, line.len());
                    self.send_line(&line);
                    Awaited::Exchange(exchanging)
                }
                Advance::Cancel(exchanging) => {
                    self.transcript.line(Side::Client, self.now, *b"*");
                    self.send_line(b"*");
                    Awaited::Exchange(exchanging)
                }
                Advance::Over(exchange) => Awaited::Nothing(Outcome::Exchange(exchange)),
            },
        };
    }

    fn give_up(&mut self, error: &ReplyError) {
        let what = match error {
            ReplyError::Malformed(octets) => {
                let kept = octets.get(..MOST_OF_A_LINE).unwrap_or(octets);
                self.note_lines_through(|piece| piece.bytes == kept);
                format!("not a reply line: {}", kept.escape_ascii())
            }
            ReplyError::LineTooLong { start, .. } => {
                self.note_lines_through(|piece| piece.is_cut && start.starts_with(&piece.bytes));
                error.to_string()
            }
            ReplyError::TooManyLines { .. } => {
                self.note_lines_through(|_| false);
                error.to_string()
            }
        };
        let why = NoAnswer::NoReply { what };
        self.standing = Standing::OutOfStep(why.clone());
        self.awaited = Awaited::Nothing(Outcome::NoAnswer(why));
    }

    /// Takes down what came out of step. The line that ends a reply, if one does.
    fn overhear(&mut self) -> Option<Vec<u8>> {
        while let Some(piece) = self.heard.line() {
            self.note_piece(&piece);
            if piece.ends_a_reply {
                return Some(piece.bytes);
            }
        }
        None
    }

    /// Takes down all that came and answers nothing.
    fn note_held(&mut self) {
        self.note_lines_through(|_| false);
        if let Some(piece) = self.heard.rest() {
            self.note_piece(&piece);
        }
    }

    fn note_lines_through(&mut self, is_last: impl Fn(&Piece) -> bool) {
        for _ in 0..MOST_LINES {
            let Some(piece) = self.heard.line() else { return };
            self.note_piece(&piece);
            if is_last(&piece) {
                return;
            }
        }
    }

    fn note_piece(&mut self, piece: &Piece) {
        let bytes = piece.bytes.as_slice();
        match piece.is_cut {
            true => self.transcript.cut_line(Side::Server, self.now, bytes),
            false => self.transcript.line(Side::Server, self.now, bytes),
        }
    }

    fn say(&mut self, line: &[u8], awaited: Awaited) {
        self.note_said(line);
        self.send_line(line);
        self.awaited = awaited;
    }

    fn send_line(&mut self, line: &[u8]) {
        self.outgoing = Some([line, b"\r\n"].concat());
    }

    /// A response to a 334 and an initial response may hold a password, whoever wrote them.
    fn note_said(&mut self, line: &[u8]) {
        let is_response = std::mem::replace(&mut self.is_challenged, false);
        if is_response && line != b"*" {
            return self.transcript.credential(self.now, "response", line.len());
        }
        match CommandLine::parse(line).command {
            Ok(Command::Auth { mechanism, initial_response: Some(_) }) => {
                let label = format!("AUTH {} with an initial response", mechanism.escape_ascii());
                self.transcript.credential(self.now, label, line.len());
            }
            _ => self.transcript.line(Side::Client, self.now, line),
        }
    }

    fn note_reply(&mut self, reply: &Reply) {
        self.heard.drop_reply(reply.raw().len());
        for line in reply.raw().split_inclusive(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            self.transcript.line(Side::Server, self.now, line.strip_suffix(b"\r").unwrap_or(line));
        }
    }
}

#[cfg(test)]
mod tests;
