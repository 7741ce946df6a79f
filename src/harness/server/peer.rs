//! The model in process.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::FutureExt as _;

use super::{Act, Attendant, HostCertificate, Outbox};
use crate::harness::dialogue::FactLog;
use crate::harness::nonces::Nonces;
use crate::reference::model::{Connection, Model};
use crate::transport::Peer;

/// A host on which the model runs: opens connections to it.
#[derive(Clone, Debug)]
pub struct ModelHost {
    /// The model.
    pub model: Arc<Model>,
    /// What it shows behind STARTTLS.
    pub certificate: HostCertificate,
    /// Where its mail goes.
    pub outbox: Outbox,
    /// How often the service failed and was started again.
    failures: Arc<AtomicU64>,
}

impl ModelHost {
    /// A host with its service running.
    pub fn new(model: Arc<Model>, outbox: Outbox) -> Self {
        let certificate = HostCertificate::new(&model.host);
        Self { model, certificate, outbox, failures: Arc::default() }
    }

    /// The same host under another name; its service is the same, and fails with it.
    #[must_use]
    pub fn named(&self, name: String) -> Self {
        let model = Arc::new(Model { host: name, ..Model::clone(&self.model) });
        Self { model, ..self.clone() }
    }

    /// A connection from an address to an address. `nonces` are what the server needs of randomness on it.
    pub fn connect(&self, peer: IpAddr, local: IpAddr, nonces: Nonces, facts: FactLog) -> ModelPeer {
        let connection = Connection { peer, peer_name: None, local };
        let clock = self.outbox.clock.clone();
        let (model, certificate) = (Arc::clone(&self.model), self.certificate.clone());
        let mut peer = ModelPeer {
            attendant: Attendant::new(model, certificate, connection, clock, nonces, Some(facts)),
            host: self.clone(),
            failures_at_start: self.failures.load(Ordering::Relaxed),
            outgoing: Vec::new(),
            is_closed: false,
        };
        peer.perform();
        peer
    }
}

/// One connection to the model.
#[derive(Debug)]
pub struct ModelPeer {
    attendant: Attendant,
    host: ModelHost,
    failures_at_start: u64,
    outgoing: Vec<u8>,
    is_closed: bool,
}

impl ModelPeer {
    fn perform(&mut self) {
        while let Some(act) = self.attendant.act() {
            match act {
                Act::Send(octets) if !self.is_closed => self.outgoing.extend_from_slice(&octets),
                Act::Send(_) => {}
                Act::Transmit { hop, mail } => {
                    // In process nothing is ever waited for, so the future is ready the first time it is asked.
                    let _ = self.host.outbox.transmit(hop, mail).now_or_never();
                }
                Act::Close => self.is_closed = true,
                Act::Fail => {
                    self.host.failures.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

impl Peer for ModelPeer {
    fn receive(&mut self, bytes: &[u8]) {
        if !self.is_closed() {
            self.attendant.receive(bytes);
            self.perform();
        }
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    fn is_closed(&self) -> bool {
        self.is_closed || self.host.failures.load(Ordering::Relaxed) != self.failures_at_start
    }
}
