//! Feeds a session and reads what it gives out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::HostCertificate;
use crate::harness::clock::Clock;
use crate::harness::dialogue::FactLog;
use crate::harness::nonces::Nonces;
use crate::protocol::transcript::FactMark;
use crate::reference::model::{Connection, Hop, Mail, Model, Output, Session};
use crate::transport::TlsSession;

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

/// One session with what it needs of the outside world. TLS is begun and spoken in here: whoever has the link carries
/// octets, in the clear or not.
#[derive(Debug)]
pub struct Attendant {
    session: Session,
    certificate: HostCertificate,
    /// From [`Output::BeginTls`] on.
    tls: Option<Box<TlsSession>>,
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
        certificate: HostCertificate,
        connection: Connection,
        clock: Clock,
        nonces: Nonces,
        facts: Option<FactLog>,
    ) -> Self {
        let session = Session::open(model, connection, clock.unix_time());
        let mut attendant = Self { session, certificate, tls: None, clock, nonces, facts, acts: VecDeque::new() };
        attendant.advance();
        attendant
    }

    /// Takes octets from the client.
    pub fn receive(&mut self, octets: &[u8]) {
        match self.tls.take() {
            None => {
                self.session.receive(octets, self.clock.unix_time());
                self.advance();
            }
            Some(tls) => self.receive_under_tls(tls, octets),
        }
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

    /// A handshake that fails, and a TLS layer that breaks, end the connection.
    fn receive_under_tls(&mut self, mut tls: Box<TlsSession>, octets: &[u8]) {
        let was_established = tls.is_established();
        let is_broken = tls.receive(octets).is_err();
        let has_come_to_stand = !was_established && tls.is_established();
        let said = tls.hear();
        let is_over = is_broken || tls.is_closed();
        self.tls = Some(tls);
        if has_come_to_stand {
            self.session.tls_established();
        }
        if !said.is_empty() {
            self.session.receive(&said, self.clock.unix_time());
        }
        self.advance();
        self.send_under_tls(&[]);
        if is_over {
            self.acts.push_back(Act::Close);
        }
    }

    fn advance(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Reply { bytes, facts } => {
                    if let Some(log) = &self.facts {
                        for fact in facts {
                            log.push(FactMark { fact: fact.fact, chosen: fact.chosen });
                        }
                    }
                    self.send(bytes);
                }
                Output::NeedNonce => {
                    let now = self.clock.unix_time();
                    match self.nonces.challenge() {
                        Some(challenge) => self.session.challenge(challenge, self.nonces.octets(), now),
                        None => self.session.nonce(self.nonces.octets(), now),
                    }
                }
                Output::Transmit { hop, mail } => self.acts.push_back(Act::Transmit { hop, mail }),
                Output::BeginTls => match self.certificate.session() {
                    Some(tls) => self.tls = Some(Box::new(tls)),
                    // A server that cannot has to close (RFC 3207 4.1).
                    None => self.acts.push_back(Act::Close),
                },
                Output::Close => {
                    if let Some(tls) = &mut self.tls {
                        tls.close();
                        self.send_under_tls(&[]);
                    }
                    self.acts.push_back(Act::Close);
                }
                Output::ServiceFails => self.acts.push_back(Act::Fail),
            }
        }
    }

    fn send(&mut self, octets: Vec<u8>) {
        match self.tls {
            None => self.acts.push_back(Act::Send(octets)),
            Some(_) => self.send_under_tls(&octets),
        }
    }

    /// What the TLS layer has to say of its own goes with it.
    fn send_under_tls(&mut self, octets: &[u8]) {
        let Some(tls) = &mut self.tls else { return };
        tls.send(octets);
        let octets = tls.take();
        if !octets.is_empty() {
            self.acts.push_back(Act::Send(octets));
        }
    }
}

#[cfg(test)]
mod tests;
