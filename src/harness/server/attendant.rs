//! Feeds a session and reads what it gives out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::harness::clock::Clock;
use crate::harness::dialogue::FactLog;
use crate::harness::nonces::Nonces;
use crate::protocol::transcript::FactMark;
use crate::reference::model::{Connection, Hop, Mail, Model, Output, Session};

/// What is left to do for whoever has the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Send these octets.
    Send(Vec<u8>),
    /// Send this message on.
    Transmit {
        /// Where to.
        hop: Hop,
        /// The message.
        mail: Mail,
    },
    /// Close this connection.
    Close,
    /// Drop every connection of the service.
    Fail,
}

/// One session with what it needs of the outside world.
#[derive(Debug)]
pub struct Attendant {
    session: Session,
    clock: Clock,
    nonces: Nonces,
    facts: Option<FactLog>,
    acts: VecDeque<Act>,
}

impl Attendant {
    /// Opens a session. `facts` is told the fact behind each line, where somebody takes them out again; it grows with
    /// every line otherwise.
    pub fn new(
        model: Arc<Model>,
        connection: Connection,
        clock: Clock,
        nonces: Nonces,
        facts: Option<FactLog>,
    ) -> Self {
        let session = Session::open(model, connection, clock.unix_time());
        let mut attendant = Self { session, clock, nonces, facts, acts: VecDeque::new() };
        attendant.advance();
        attendant
    }

    /// Takes octets from the client.
    pub fn receive(&mut self, octets: &[u8]) {
        self.session.receive(octets, self.clock.unix_time());
        self.advance();
    }

    /// What is to be done next; `None`: nothing until more octets come.
    pub fn act(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    /// How long the client may still be silent.
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.session.deadline().0.saturating_sub(self.clock.unix_time().0))
    }

    /// The client was silent for longer than that.
    pub fn time_out(&mut self) {
        self.session.time_out();
        self.advance();
    }

    fn advance(&mut self) {
        while let Some(output) = self.session.poll() {
            let act = match output {
                Output::Reply { bytes, facts } => {
                    if let Some(log) = &self.facts {
                        for fact in facts {
                            log.push(FactMark { fact: fact.fact, chosen: fact.chosen });
                        }
                    }
                    Act::Send(bytes)
                }
                Output::NeedNonce => {
                    let now = self.clock.unix_time();
                    match self.nonces.challenge() {
                        Some(challenge) => self.session.challenge(challenge, self.nonces.octets(), now),
                        None => self.session.nonce(self.nonces.octets(), now),
                    }
                    continue;
                }
                Output::Transmit { hop, mail } => Act::Transmit { hop, mail },
                // There is no TLS to begin yet, and a server that cannot has to close (RFC 3207 4.1).
                Output::BeginTls | Output::Close => Act::Close,
                Output::ServiceFails => Act::Fail,
            };
            self.acts.push_back(act);
        }
    }
}
