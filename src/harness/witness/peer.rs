//! The witness in process.

use super::{Receiver, Told, Witness};
use crate::judge::Door;
use crate::transport::Peer;

/// One connection to a door of the witness.
#[derive(Debug)]
pub struct WitnessPeer {
    witness: Witness,
    door: Door,
    receiver: Receiver,
    outgoing: Vec<u8>,
    is_closed: bool,
}

impl WitnessPeer {
    /// A new connection.
    pub fn new(witness: Witness, door: Door) -> Self {
        let mut peer = Self { witness, door, receiver: Receiver::new(), outgoing: Vec::new(), is_closed: false };
        peer.advance();
        peer
    }

    fn advance(&mut self) {
        while let Some(told) = self.receiver.poll() {
            match told {
                Told::Message(message) => self.witness.note(self.door, &message),
                Told::Reply(octets) => self.outgoing.extend_from_slice(&octets),
                Told::Close => self.is_closed = true,
            }
        }
    }
}

impl Peer for WitnessPeer {
    fn receive(&mut self, bytes: &[u8]) {
        self.receiver.receive(bytes);
        self.advance();
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    fn is_closed(&self) -> bool {
        self.is_closed
    }
}
