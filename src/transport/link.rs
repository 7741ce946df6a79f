//! A connection, whatever carries it.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Peer;

/// Octets taken from a socket at a time.
const READ_SIZE: usize = 16 * 1024;

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

/// A connection over TCP or in process. Dropping it closes it.
#[derive(Debug)]
pub enum Link {
    /// A socket.
    Tcp(TcpStream),
    /// A peer in this process: answers at once or never.
    InProcess(Box<dyn Peer>),
}

impl Link {
    /// Sends all octets within the limit. A peer that closed both its sides may be noticed later only, by what is
    /// received.
    ///
    /// # Errors
    /// What the connection came to instead; how much was sent is then unknown.
    pub async fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), Received> {
        match self {
            Self::Tcp(stream) => match timeout(within, stream.write_all(bytes)).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(broken(&error)),
                Err(_) => Err(Received::TimedOut),
            },
            Self::InProcess(peer) if peer.is_closed() => Err(Received::Closed),
            Self::InProcess(peer) => {
                peer.receive(bytes);
                Ok(())
            }
        }
    }

    /// Waits for octets, no longer than the limit. In process nothing is waited for: what is not there now will not
    /// come, and the limit counts as passed.
    pub async fn receive(&mut self, within: Duration) -> Received {
        match self {
            Self::Tcp(stream) => {
                let mut buffer = vec![0; READ_SIZE];
                match timeout(within, stream.read(&mut buffer)).await {
                    Ok(Ok(0)) => Received::Closed,
                    Ok(Ok(count)) => {
                        buffer.truncate(count);
                        Received::Bytes(buffer)
                    }
                    Ok(Err(error)) => broken(&error),
                    Err(_) => Received::TimedOut,
                }
            }
            Self::InProcess(peer) => {
                let bytes = peer.take();
                match (bytes.is_empty(), peer.is_closed()) {
                    (false, _) => Received::Bytes(bytes),
                    (true, true) => Received::Closed,
                    (true, false) => Received::TimedOut,
                }
            }
        }
    }

    /// What has arrived by now, without waiting for more. `None`: nothing has, and the connection stands.
    pub async fn receive_now(&mut self) -> Option<Received> {
        match self {
            Self::Tcp(stream) => {
                // A socket is known to be readable only once the runtime has looked at it, which it does between tasks.
                tokio::task::yield_now().await;
                let mut buffer = vec![0; READ_SIZE];
                match stream.try_read(&mut buffer) {
                    Ok(0) => Some(Received::Closed),
                    Ok(count) => {
                        buffer.truncate(count);
                        Some(Received::Bytes(buffer))
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => None,
                    Err(error) => Some(broken(&error)),
                }
            }
            Self::InProcess(peer) => {
                let bytes = peer.take();
                match (bytes.is_empty(), peer.is_closed()) {
                    (false, _) => Some(Received::Bytes(bytes)),
                    (true, true) => Some(Received::Closed),
                    (true, false) => None,
                }
            }
        }
    }

    /// Says that nothing more will be sent, so that what was sent arrives although the connection is dropped next.
    pub async fn finish(&mut self) {
        if let Self::Tcp(stream) = self {
            // A connection that is gone already needs no end.
            let _ = stream.shutdown().await;
        }
    }
}

/// An end of file in the middle of things is a close; all else is called by the system's words.
fn broken(error: &std::io::Error) -> Received {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::WriteZero => Received::Closed,
        _ => Received::Reset(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::io::AsyncWriteExt;

    use super::super::{connect, listen};
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Says one line and closes once that was taken.
    #[derive(Debug, Default)]
    struct OneLine {
        heard: Vec<u8>,
        said: bool,
    }

    impl Peer for OneLine {
        fn receive(&mut self, bytes: &[u8]) {
            self.heard.extend_from_slice(bytes);
        }

        fn take(&mut self) -> Vec<u8> {
            if std::mem::replace(&mut self.said, true) { Vec::new() } else { b"220 a\r\n".to_vec() }
        }

        fn is_closed(&self) -> bool {
            self.said
        }
    }

    #[tokio::test]
    async fn a_peer_in_process_is_heard_out_before_it_counts_as_closed() {
        let mut link = Link::InProcess(Box::new(OneLine::default()));
        assert_eq!(link.send(b"EHLO a\r\n", SECOND).await, Ok(()));
        assert_eq!(link.receive(SECOND).await, Received::Bytes(b"220 a\r\n".to_vec()));
        assert_eq!(link.receive(SECOND).await, Received::Closed);
        assert_eq!(link.send(b"x", SECOND).await, Err(Received::Closed));
    }

    /// A loopback pair: our link and the socket at the other end.
    async fn pair() -> (Link, TcpStream) {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let to = listener.address().unwrap();
        let (link, accepted) = tokio::join!(connect(to, None, SECOND), listener.accept());
        let Link::Tcp(other) = accepted.unwrap().link else { panic!("accepted in process") };
        (link.unwrap(), other)
    }

    #[tokio::test]
    async fn what_is_sent_arrives_and_a_close_is_seen() {
        let (mut link, mut other) = pair().await;
        other.write_all(b"220 a\r\n").await.unwrap();
        assert_eq!(link.receive(SECOND).await, Received::Bytes(b"220 a\r\n".to_vec()));
        assert_eq!(link.send(b"QUIT\r\n", SECOND).await, Ok(()));
        let mut heard = [0; 6];
        other.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"QUIT\r\n");
        drop(other);
        assert_eq!(link.receive(SECOND).await, Received::Closed);
    }

    #[tokio::test]
    async fn what_is_there_is_taken_without_waiting() {
        let (mut link, mut other) = pair().await;
        assert_eq!(link.receive_now().await, None);
        // What is written to loopback has arrived.
        other.write_all(b"550 a\r\n").await.unwrap();
        assert_eq!(link.receive_now().await, Some(Received::Bytes(b"550 a\r\n".to_vec())));
        assert_eq!(link.receive_now().await, None);
        drop(other);
        assert_eq!(link.receive_now().await, Some(Received::Closed));
        let mut link = Link::InProcess(Box::new(OneLine::default()));
        assert_eq!(link.receive_now().await, Some(Received::Bytes(b"220 a\r\n".to_vec())));
        assert_eq!(link.receive_now().await, Some(Received::Closed));
    }

    #[tokio::test]
    async fn a_reset_is_told_from_a_close() {
        let (mut link, other) = pair().await;
        other.set_zero_linger().unwrap();
        drop(other);
        assert!(matches!(link.receive(SECOND).await, Received::Reset(_)));
    }

    #[tokio::test]
    async fn silence_ends_with_the_limit() {
        let (mut link, _other) = pair().await;
        tokio::time::pause();
        assert_eq!(link.receive(Duration::from_secs(300)).await, Received::TimedOut);
    }

    #[tokio::test]
    async fn a_peer_that_never_reads_ends_with_the_limit() {
        let (mut link, _other) = pair().await;
        let endless = vec![b'x'; 64 << 20];
        assert_eq!(link.send(&endless, Duration::from_millis(100)).await, Err(Received::TimedOut));
    }
}
