//! The client: says exactly what a script says. Pure: takes octets as they come, gives octets to send, and keeps the
//! transcript; who carries them and how long is waited is the caller's business ([`super::dialogue`]).

mod exchange;
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

/// The most that is kept of octets that are no reply.
const MOST_KEPT_OF_GARBAGE: usize = 256;

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
    outgoing: Option<Vec<u8>>,
    awaited: Awaited,
    /// Whether the last reply was a 334: the next line is then a response, which may be secret.
    is_challenged: bool,
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
            outgoing: None,
            awaited: Awaited::Nothing(Outcome::Sent),
            is_challenged: false,
        }
    }

    /// Begins a step, at a time since the connection was begun. A step that was not done is given up.
    pub fn begin(&mut self, step: Step, now: Duration) {
        self.now = now;
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
                return Wish::Done(outcome.clone());
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
        if let Some(happening) = happening {
            self.transcript.happened(Side::Server, now, happening);
        }
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
        let octets = match error {
            ReplyError::Malformed(octets) | ReplyError::LineTooLong { start: octets, .. } => octets.as_slice(),
            ReplyError::TooManyLines { .. } => &[],
        };
        let octets = octets.get(..MOST_KEPT_OF_GARBAGE).unwrap_or(octets);
        if !octets.is_empty() {
            self.transcript.line(Side::Server, self.now, octets);
        }
        let what = match error {
            ReplyError::Malformed(_) => format!("not a reply line: {}", octets.escape_ascii()),
            ReplyError::LineTooLong { .. } | ReplyError::TooManyLines { .. } => error.to_string(),
        };
        self.awaited = Awaited::Nothing(Outcome::NoAnswer(NoAnswer::NoReply { what }));
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
        for line in reply.raw().split_inclusive(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            self.transcript.line(Side::Server, self.now, line.strip_suffix(b"\r").unwrap_or(line));
        }
    }
}

#[cfg(test)]
mod tests;
