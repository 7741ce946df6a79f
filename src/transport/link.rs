//! A connection, whatever carries it.

use std::time::Duration;

use super::Peer;

/// What came from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Octets, at least one.
    Bytes(Vec<u8>),
    /// The peer closed its side.
    Closed,
    /// The connection broke.
    Reset(String),
    /// Nothing within the limit.
    TimedOut,
}

/// A connection over TCP or in process.
#[derive(Debug)]
pub enum Link {
    /// A socket.
    Tcp(tokio::net::TcpStream),
    /// A peer in this process: answers at once or never.
    InProcess(Box<dyn Peer>),
}

impl Link {
    /// Sends all octets within the limit.
    ///
    /// # Errors
    /// What the connection came to instead.
    pub async fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), Received> {
        let _ = (bytes, within);
        todo!()
    }

    /// Waits for octets, no longer than the limit.
    pub async fn receive(&mut self, within: Duration) -> Received {
        let _ = within;
        todo!()
    }
}
