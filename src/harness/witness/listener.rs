//! A door of the witness on a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Message, Receiver, Told, Witness};
use crate::harness::service::Service;
use crate::judge::Door;
use crate::transport::{Accepted, Link, Received};

/// Connections at a time.
const MOST_CONNECTIONS: usize = 64;

/// RFC 5321 4.5.3.2.7: a server waits for the next command for at least five minutes.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// A door of the witness on a socket, open until dropped.
#[derive(Debug)]
pub struct WitnessListener(Service);

impl WitnessListener {
    /// Opens a door at an address; port 0 takes a free one.
    ///
    /// # Errors
    /// What the system says: the address is in use, or not ours.
    pub async fn open(at: SocketAddr, witness: Witness, door: Door) -> std::io::Result<Self> {
        Self::open_for(at, Arc::new(move |message: Message| witness.note(door, &message))).await
    }

    /// The same, for whoever notes messages.
    pub(super) async fn open_for(at: SocketAddr, note: Note) -> std::io::Result<Self> {
        let attend = move |accepted: Accepted| attend(accepted.link, Arc::clone(&note));
        Service::open(at, MOST_CONNECTIONS, attend).await.map(Self)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}

/// Takes note of a message.
pub(super) type Note = Arc<dyn Fn(Message) + Send + Sync>;

async fn attend(mut link: Link, note: Note) {
    let mut receiver = Receiver::new();
    loop {
        while let Some(told) = receiver.poll() {
            match told {
                Told::Message(message) => note(message),
                Told::Reply(octets) if link.send(&octets, IDLE_LIMIT).await.is_err() => return,
                Told::Reply(_) => {}
                Told::Close => return link.finish().await,
            }
        }
        match link.receive(IDLE_LIMIT).await {
            Received::Bytes(octets) => receiver.receive(&octets),
            Received::Closed | Received::Reset(_) | Received::Broken(_) | Received::TimedOut => return,
        }
    }
}
