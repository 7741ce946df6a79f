//! One connection to the model.

mod authenticate;
mod bdat;
mod conversation;
mod data;
mod delivery;
mod greeting;
mod mail;
mod rcpt;
mod state;
mod verbs;

use std::net::IpAddr;
use std::sync::Arc;

use super::output::Output;
use super::{Model, UnixTime};
use crate::protocol::wire::{Inbound, Line};
use crate::reference::deployment::facts::ReplyKey;

use conversation::Conversation;
use state::{Phase, Transaction};

/// How many octets of counted data or mail data are looked at in one step.
const PIECE: usize = 4096;

/// Who connected to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The client's address. An IPv4-mapped one counts as the IPv4 address (RFC 4291 2.5.5.2), as does the server's.
    pub peer: IpAddr,
    /// The client's name, where a reverse look-up gave one.
    pub peer_name: Option<String>,
    /// The address it connected to.
    pub local: IpAddr,
}

/// One connection's state machine. It owes a reply to any octets at all, and holds no more than its limits say.
#[derive(Debug)]
pub struct Session {
    conversation: Conversation,
    inbound: Inbound,
    /// Taken out while a step is made; [`Phase::Closed`] stands in for it then.
    phase: Phase,
    deadline: UnixTime,
}

impl Session {
    /// Begins with the greeting.
    pub fn open(model: Arc<Model>, connection: Connection, now: UnixTime) -> Self {
        let mut session = Self {
            conversation: Conversation::new(model, connection, now),
            inbound: Inbound::new(),
            phase: Phase::Command(Transaction::Idle),
            deadline: now,
        };
        session.touch(now);
        session.conversation.say(ReplyKey::Greeting);
        session
    }

    /// Takes octets from the client, cut anyhow.
    pub fn receive(&mut self, bytes: &[u8], now: UnixTime) {
        self.touch(now);
        self.inbound.push(bytes);
        self.advance();
    }

    /// Answers [`Output::NeedNonce`]. Without that question it changes nothing.
    pub fn nonce(&mut self, nonce: [u8; 8], now: UnixTime) {
        self.touch(now);
        match std::mem::replace(&mut self.phase, Phase::Closed) {
            Phase::NonceWanted(beginning) => self.phase = self.conversation.begin_exchange(beginning, nonce),
            phase => self.phase = phase,
        }
        self.advance();
    }

    /// TLS stands (the caller's business): the state is what it was right after the greeting (RFC 3207 4.2). Octets that
    /// came between [`Output::BeginTls`] and this call were thrown away. A wrong part may keep some of it.
    pub fn tls_established(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Closed) {
            Phase::TlsAwaited(transaction) => {
                let kept = self.conversation.model.components.channel.keeps();
                if !kept.octets {
                    self.inbound.discard();
                }
                self.conversation.begin_tls(kept);
                self.phase = Phase::Command(if kept.transaction { transaction } else { Transaction::Idle });
                self.advance();
            }
            phase => self.phase = phase,
        }
    }

    /// What there is to do, in order. `None`: nothing until more octets come.
    pub fn poll(&mut self) -> Option<Output> {
        self.conversation.next_output()
    }

    /// When the client will have been idle for too long, for the caller's timer; then call [`Session::time_out`].
    pub fn deadline(&self) -> UnixTime {
        self.deadline
    }

    /// The client was idle for too long.
    pub fn time_out(&mut self) {
        self.end(ReplyKey::Timeout);
    }

    /// The service is stopped by its administrator.
    pub fn stop(&mut self) {
        self.end(ReplyKey::ServiceStopping);
    }

    fn end(&mut self, key: ReplyKey) {
        match self.phase {
            Phase::Closed => return,
            // Octets in the clear would be no TLS.
            Phase::TlsAwaited(_) => {}
            _ => self.conversation.say(key),
        }
        self.phase = self.conversation.close();
        self.inbound.discard();
    }

    fn touch(&mut self, now: UnixTime) {
        self.conversation.now = now;
        let idle = self.conversation.model.behaviours.idle_limit.as_millis();
        self.deadline = UnixTime(now.0.saturating_add(u64::try_from(idle).unwrap_or(u64::MAX)));
    }

    fn advance(&mut self) {
        loop {
            if self.conversation.has_ended() {
                self.phase = Phase::Closed;
            }
            if self.step() == Progress::None {
                return;
            }
        }
    }

    /// Consumes one line, or one piece of data.
    fn step(&mut self) -> Progress {
        let limits = self.conversation.model.behaviours.limits;
        match std::mem::replace(&mut self.phase, Phase::Closed) {
            // AUTH may be as long as any line of its exchange (RFC 4954 4). Every command is read under that limit, so
            // that it does not matter which octets came before which.
            Phase::Command(transaction) => match self.line(limits.authentication_line.max(limits.command_line)) {
                Some(line) => self.went_on(|conversation| conversation.command_line(&line, transaction)),
                None => self.stayed(Phase::Command(transaction)),
            },
            Phase::Response(exchange) => match self.line(limits.authentication_line) {
                Some(line) => self.went_on(|conversation| conversation.response(&line, exchange)),
                None => self.stayed(Phase::Response(exchange)),
            },
            Phase::MailData(data) => {
                let piece = self.inbound.octets(PIECE);
                if piece.is_empty() {
                    return self.stayed(Phase::MailData(data));
                }
                let (phase, used) = self.conversation.mail_data(data, &piece);
                self.phase = phase;
                self.inbound.unread(piece.get(used..).unwrap_or_default());
                Progress::Made
            }
            Phase::Chunk(chunk) => {
                let most = usize::try_from(chunk.remaining()).map_or(PIECE, |remaining| remaining.min(PIECE));
                let piece = self.inbound.octets(most);
                if piece.is_empty() && most > 0 {
                    return self.stayed(Phase::Chunk(chunk));
                }
                self.went_on(|conversation| conversation.chunk_data(chunk, &piece))
            }
            phase @ Phase::NonceWanted(_) => self.stayed(phase),
            phase @ Phase::TlsAwaited(_) => {
                if !self.conversation.model.components.channel.keeps().octets {
                    self.inbound.discard();
                }
                self.stayed(phase)
            }
            phase @ Phase::Closed => {
                self.inbound.discard();
                self.stayed(phase)
            }
        }
    }

    /// A line under a limit that counts its line ending.
    fn line(&mut self, limit: usize) -> Option<Line> {
        self.inbound.line(limit.saturating_sub(2))
    }

    fn went_on(&mut self, transition: impl FnOnce(&mut Conversation) -> Phase) -> Progress {
        self.phase = transition(&mut self.conversation);
        Progress::Made
    }

    fn stayed(&mut self, phase: Phase) -> Progress {
        self.phase = phase;
        Progress::None
    }
}

#[derive(PartialEq, Eq)]
enum Progress {
    Made,
    None,
}
