//! The client: says exactly what a script says. Pure: takes octets as they come, gives octets to send, and keeps the
//! transcript; who carries them and how long is waited is the caller's business ([`super::dialogue`]).

mod exchange;
mod heard;
mod overheard;
mod reply_reader;
mod step;

use std::time::Duration;

pub use exchange::Exchange;
pub use reply_reader::ReplyReader;
pub use step::{Authenticate, Outcome, Script, Step};

use crate::judge::{NoAnswer, NoTls};
use crate::protocol::tls::{Established, TlsError};
use crate::protocol::transcript::{Content, Entry, Happening, Side, Transcript};
use crate::protocol::wire::{Command, CommandLine, Extensions, Reply, ReplyClass, ReplyDecoder, dot_encode};
use exchange::{Advance, Exchanging};
use heard::Heard;

/// What the client wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the dialogue stands still until the wish is granted"]
pub enum Wish {
    /// Send these octets.
    Send(Vec<u8>),
    /// Hand over what comes ([`Client::receive`]), or say that nothing will ([`Client::lose`]).
    Receive,
    /// Hand over what came by now; if nothing did, begin TLS, and say how that went ([`Client::secured`],
    /// [`Client::lose`]).
    StartTls,
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
    outgoing: Option<Outgoing>,
    /// How many replies may still come to what was said, at the most. While there are any, a reply that comes before the
    /// next command may be one of them.
    owed: usize,
    awaited: Awaited,
    standing: Standing,
    /// Whether the step is QUIT: nobody asks behind it for what came besides its reply.
    is_farewell: bool,
    /// Whether the last reply was a 334: the next line is then a response, which may be secret.
    is_challenged: bool,
    /// Whether the last reply was a 354: what is sent then is one message, and else as many commands as it has lines.
    is_mail_data: bool,
}

/// What is to be said next.
#[derive(Debug)]
struct Outgoing {
    octets: Vec<u8>,
    /// What the transcript tells of it, once it is said.
    said: Vec<Content>,
    /// How many replies may come to it, at the most.
    replies: usize,
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
    StartTlsReply,
    /// The handshake behind this reply to STARTTLS.
    Handshake(Reply),
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
            owed: 0,
            awaited: Awaited::Nothing(Outcome::Sent),
            standing: Standing::InStep,
            is_farewell: false,
            is_challenged: false,
            is_mail_data: false,
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
        match step {
            Step::Greeting | Step::Reply => self.awaited = Awaited::Reply,
            Step::Command(line) => self.say(&line, Awaited::Reply),
            Step::Quit => self.say(b"QUIT", Awaited::Reply),
            Step::StartTls { behind } => {
                let octets = [b"STARTTLS\r\n", behind.as_slice()].concat();
                let said = self.told_lines(&octets);
                // What is behind it is not to be answered; if it is, the answer has come before anything else is said.
                self.outgoing = Some(Outgoing { said, replies: 1, octets });
                self.awaited = Awaited::StartTlsReply;
            }
            Step::Ehlo { name, helo_fallback } => {
                let line = format!("EHLO {name}");
                self.say(line.as_bytes(), Awaited::EhloReply { helo_fallback: helo_fallback.then_some(name) });
            }
            Step::Octets(octets) => {
                let said = self.told_lines(&octets);
                self.outgoing = Some(Outgoing { said, replies: lines_in(&octets), octets });
                self.awaited = Awaited::Nothing(Outcome::Sent);
            }
            Step::MailData(message) => {
                let octets = dot_encode(&message);
                let bytes = octets.strip_suffix(b".\r\n").unwrap_or(&octets).to_vec();
                let replies = if self.is_mail_data { 1 } else { lines_in(&octets) };
                self.outgoing = Some(Outgoing { said: vec![Content::MailData { bytes }], replies, octets });
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

    /// Whether the next wish may be to send. What came by then is to be handed over before it is asked for: it is no
    /// answer to what is said next.
    pub fn is_about_to_speak(&self) -> bool {
        self.outgoing.is_some()
    }

    /// What is to be done now. Octets that came before anything was said to which they could be an answer end the step,
    /// and it is not said.
    pub fn poll(&mut self) -> Wish {
        loop {
            if let Some(outgoing) = self.outgoing.take() {
                self.look_for_unasked();
                match &self.standing {
                    Standing::OutOfStep(why) if !self.is_farewell => {
                        self.awaited = Awaited::Nothing(Outcome::NoAnswer(why.clone()));
                        continue;
                    }
                    Standing::InStep | Standing::OutOfStep(_) | Standing::Lost(_) => return self.speak(outgoing),
                }
            }
            if let Awaited::Nothing(outcome) = &self.awaited {
                let outcome = outcome.clone();
                if self.is_farewell {
                    self.note_held();
                }
                return Wish::Done(outcome);
            }
            if let Awaited::Handshake(_) = &self.awaited {
                let Some(piece) = self.heard.line().or_else(|| self.heard.rest()) else { return Wish::StartTls };
                self.note_piece(&piece);
                let error = TlsError::InClear { octets: piece.bytes.escape_ascii().to_string() };
                self.lose(NoAnswer::NoTls { cause: NoTls::Failed { error } }, self.now);
                continue;
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

    /// TLS stands, as was wished. Nothing that came before is left: what the server says from now on it says in secret.
    pub fn secured(&mut self, established: Established, now: Duration) {
        self.now = now;
        self.transcript.happened(Side::Server, now, Happening::TlsEstablished(established.clone()));
        self.owed = 0;
        let awaited = std::mem::replace(&mut self.awaited, Awaited::Nothing(Outcome::Sent));
        self.awaited = match awaited {
            Awaited::Handshake(reply) => {
                Awaited::Nothing(Outcome::Secured { reply, established: Box::new(established) })
            }
            // TLS from the first octet: no step asked for it.
            awaited => awaited,
        };
    }

    /// Ends the step: nothing more will come. What came unasked before something was said is why, and not the end.
    pub fn lose(&mut self, why: NoAnswer, now: Duration) {
        self.now = now;
        if self.outgoing.is_some() {
            self.look_for_unasked();
        }
        let unasked = match &self.standing {
            Standing::OutOfStep(why) if self.outgoing.is_some() => Some(why.clone()),
            Standing::InStep | Standing::OutOfStep(_) | Standing::Lost(_) => None,
        };
        let happening = match &why {
            NoAnswer::NotConnected { reason } => Some(Happening::NotConnected { reason: reason.clone() }),
            NoAnswer::ConnectTimedOut { after } => {
                Some(Happening::NotConnected { reason: format!("no answer within {after:?}") })
            }
            NoAnswer::GivenUp { connections } => Some(Happening::NotConnected {
                reason: format!("given up after {connections} connections without a greeting in time"),
            }),
            NoAnswer::Closed => Some(Happening::Closed),
            NoAnswer::Reset { reason } => Some(Happening::Reset { reason: reason.clone() }),
            NoAnswer::TimedOut { after } | NoAnswer::NoGreeting { after } => {
                Some(Happening::TimedOut { after: *after })
            }
            NoAnswer::NoTls { cause: NoTls::Failed { error } } => Some(Happening::TlsFailed { error: error.clone() }),
            NoAnswer::NotSmtp { .. }
            | NoAnswer::NoReply { .. }
            | NoAnswer::TurnedAway { .. }
            | NoAnswer::LimitReached { .. }
            | NoAnswer::WitnessLost { .. }
            | NoAnswer::NoTls { cause: NoTls::NotOffered | NoTls::Refused { .. } | NoTls::Withheld { .. } } => None,
        };
        self.note_held();
        if let Some(happening) = happening {
            self.transcript.happened(Side::Server, now, happening);
        }
        // After a handshake that failed nobody knows what the other side takes the next octets for.
        let is_lost = matches!(
            why,
            NoAnswer::NotConnected { .. }
                | NoAnswer::ConnectTimedOut { .. }
                | NoAnswer::GivenUp { .. }
                | NoAnswer::Closed
                | NoAnswer::Reset { .. }
                | NoAnswer::NoTls { cause: NoTls::Failed { .. } }
        );
        let why = unasked.unwrap_or(why);
        self.standing = if is_lost { Standing::Lost(why.clone()) } else { Standing::OutOfStep(why.clone()) };
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
        self.owed = self.owed.saturating_sub(1);
        self.is_challenged = reply.code().get() == 334;
        self.is_mail_data = reply.code().get() == 354;
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
            Awaited::StartTlsReply if reply.code().get() == 220 => Awaited::Handshake(reply),
            Awaited::StartTlsReply => Awaited::Nothing(Outcome::Reply(reply)),
            Awaited::Handshake(reply) => Awaited::Handshake(reply),
            Awaited::HeloReply => Awaited::Nothing(Outcome::Introduced { reply, extensions: Extensions::default() }),
            Awaited::Exchange(exchanging) => match exchanging.advance(reply) {
                Advance::Respond { line, label, exchanging } => {
                    let said = Content::Credential { label, length: line.len() };
                    self.outgoing = Some(Outgoing::line(&line, said));
                    Awaited::Exchange(exchanging)
                }
                Advance::Cancel(exchanging) => {
                    self.outgoing = Some(Outgoing::line(b"*", line(b"*")));
                    Awaited::Exchange(exchanging)
                }
                Advance::Over(exchange) => Awaited::Nothing(Outcome::Exchange(exchange)),
            },
        };
    }

    fn say(&mut self, line: &[u8], awaited: Awaited) {
        let said = self.told(line);
        self.outgoing = Some(Outgoing::line(line, said));
        self.awaited = awaited;
    }

    fn speak(&mut self, outgoing: Outgoing) -> Wish {
        let Outgoing { octets, said, replies } = outgoing;
        let entry = |content| Entry { side: Side::Client, at: self.now, content, mark: None };
        self.transcript.entries.extend(said.into_iter().map(entry));
        self.owed = self.owed.saturating_add(replies);
        Wish::Send(octets)
    }

    /// A line as the transcript tells of it. A response to a 334 and an initial response may hold a password, whoever
    /// wrote them.
    fn told(&mut self, said: &[u8]) -> Content {
        let is_response = std::mem::replace(&mut self.is_challenged, false);
        if is_response && said != b"*" {
            return Content::Credential { label: "response".to_owned(), length: said.len() };
        }
        match CommandLine::parse(said).command {
            Ok(Command::Auth { mechanism, initial_response: Some(_) }) => {
                let label = format!("AUTH {} with an initial response", mechanism.escape_ascii());
                Content::Credential { label, length: said.len() }
            }
            _ => line(said),
        }
    }

    /// The lines of octets, as the transcript tells of them.
    fn told_lines(&mut self, octets: &[u8]) -> Vec<Content> {
        let lines = octets.split_inclusive(|octet| *octet == b'\n');
        lines.map(|line| self.told(line.strip_suffix(b"\n").map_or(line, without_cr))).collect()
    }

    fn note_reply(&mut self, reply: &Reply) {
        self.heard.drop_reply(reply.raw().len());
        let secret = match &self.awaited {
            Awaited::Exchange(exchanging) => exchanging.secret_challenge(reply),
            Awaited::Nothing(_)
            | Awaited::Reply
            | Awaited::EhloReply { .. }
            | Awaited::HeloReply
            | Awaited::StartTlsReply
            | Awaited::Handshake(_) => None,
        };
        if let Some(label) = secret {
            let length = reply.raw().trim_ascii_end().len();
            let content = Content::Credential { label: label.to_owned(), length };
            self.transcript.entries.push(Entry { side: Side::Server, at: self.now, content, mark: None });
            return;
        }
        for line in reply.raw().split_inclusive(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            self.transcript.line(Side::Server, self.now, without_cr(line));
        }
    }
}

impl Outgoing {
    /// A line and its CRLF. One that holds line endings of its own may be several to the server.
    fn line(line: &[u8], said: Content) -> Self {
        Self { octets: [line, b"\r\n"].concat(), said: vec![said], replies: lines_in(line) }
    }
}

fn line(bytes: &[u8]) -> Content {
    Content::Line { bytes: bytes.to_vec(), is_cut: false }
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How many lines octets are to a server that ends lines at a bare CR or LF too.
fn lines_in(octets: &[u8]) -> usize {
    octets.split(|octet| matches!(octet, b'\r' | b'\n')).filter(|line| !line.is_empty()).count().max(1)
}

#[cfg(test)]
mod tests;
