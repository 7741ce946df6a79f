//! A connection, whatever carries it.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::{Peer, TlsClient, TlsServer, TlsSession};
use crate::protocol::tls::{Established, TlsError};

/// Octets taken from a socket at a time.
const READ_SIZE: usize = 16 * 1024;

/// How long the end of TLS may take to be sent.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// What came from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Octets, at least one.
    Bytes(Vec<u8>),
    /// The peer closed its side.
    Closed,
    /// The connection broke.
    Reset(String),
    /// Its TLS layer broke, or the peer broke it off.
    Broken(TlsError),
    /// Nothing within the limit.
    TimedOut,
}

/// A connection: over TCP or in process, in clear or under TLS. Dropping it closes it.
#[derive(Debug)]
pub struct Link {
    carrier: Carrier,
    /// `None` in clear.
    tls: Option<Box<TlsSession>>,
}

/// What carries the octets.
#[derive(Debug)]
enum Carrier {
    /// A socket.
    Tcp(TcpStream),
    /// A peer in this process: answers at once or never.
    InProcess(Box<dyn Peer>),
}

impl Link {
    /// Over a socket, in clear.
    pub fn tcp(stream: TcpStream) -> Self {
        Self { carrier: Carrier::Tcp(stream), tls: None }
    }

    /// To a peer in this process, in clear.
    pub fn in_process(peer: impl Peer + 'static) -> Self {
        Self { carrier: Carrier::InProcess(Box::new(peer)), tls: None }
    }

    /// Whether the peer is in this process, where nothing is ever waited for.
    pub fn is_in_process(&self) -> bool {
        matches!(self.carrier, Carrier::InProcess(_))
    }

    /// Whether what is sent goes out under TLS.
    pub fn is_secret(&self) -> bool {
        self.tls.is_some()
    }

    /// Begins TLS as its client and waits for the handshake, no longer than the limit. What the peer had sent in clear has
    /// to be received before: whatever comes from now on is TLS, or ends this with [`TlsError::InClear`].
    ///
    /// # Errors
    /// Why TLS does not stand. The connection is of no use any more; the server was sent an alert where TLS has one.
    pub async fn start_tls(&mut self, client: &TlsClient, within: Duration) -> Result<Established, TlsError> {
        let session = client.session().map_err(|error| TlsError::Failed { reason: error.to_string() })?;
        let session = self.shake_hands(session, within).await?;
        session.established().ok_or_else(|| TlsError::Failed { reason: "nothing was agreed on".to_owned() })
    }

    /// Waits for a client to begin TLS, no longer than the limit.
    ///
    /// # Errors
    /// As [`Link::start_tls`].
    pub async fn accept_tls(&mut self, server: &TlsServer, within: Duration) -> Result<(), TlsError> {
        let session = server.session().map_err(|error| TlsError::Failed { reason: error.to_string() })?;
        self.shake_hands(session, within).await.map(|_| ())
    }

    async fn shake_hands(&mut self, mut session: TlsSession, within: Duration) -> Result<&TlsSession, TlsError> {
        if self.tls.is_some() {
            return Err(TlsError::InUse);
        }
        let until = Until::now_and(within);
        loop {
            let left = until.left();
            let octets = session.take();
            if !octets.is_empty() {
                self.carrier.send(&octets, left).await.map_err(|what| ended(what, within))?;
            }
            if session.is_established() {
                break;
            }
            let octets = match self.carrier.receive(left).await {
                Received::Bytes(octets) => octets,
                what => return Err(ended(what, within)),
            };
            if let Err(error) = session.receive(&octets) {
                // Whether the peer hears of it changes nothing any more.
                let _ = self.carrier.send(&session.take(), left).await;
                return Err(error);
            }
        }
        Ok(&*self.tls.insert(Box::new(session)))
    }

    /// Sends all octets within the limit. A peer that closed both its sides may be noticed later only, by what is
    /// received.
    ///
    /// # Errors
    /// What the connection came to instead; how much was sent is then unknown.
    pub async fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), Received> {
        match &mut self.tls {
            None => self.carrier.send(bytes, within).await,
            Some(tls) => {
                tls.send(bytes);
                self.carrier.send(&tls.take(), within).await
            }
        }
    }

    /// Waits for octets, no longer than the limit. In process nothing is waited for: what is not there now will not
    /// come, and the limit counts as passed.
    pub async fn receive(&mut self, within: Duration) -> Received {
        let Some(tls) = &mut self.tls else { return self.carrier.receive(within).await };
        let until = Until::now_and(within);
        loop {
            if let Some(what) = heard(tls) {
                return what;
            }
            let left = until.left();
            match self.carrier.receive(left).await {
                Received::Bytes(octets) => answer(tls, &mut self.carrier, &octets, left).await,
                what => return what,
            }
        }
    }

    /// What has arrived by now, without waiting for more. `None`: nothing has, and the connection stands.
    pub async fn receive_now(&mut self) -> Option<Received> {
        let Some(tls) = &mut self.tls else { return self.carrier.receive_now().await };
        loop {
            if let Some(what) = heard(tls) {
                return Some(what);
            }
            match self.carrier.receive_now().await? {
                Received::Bytes(octets) => answer(tls, &mut self.carrier, &octets, Duration::ZERO).await,
                what => return Some(what),
            }
        }
    }

    /// Says that nothing more will be sent, so that what was sent arrives although the connection is dropped next.
    pub async fn finish(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.close();
            // A connection that is gone already needs no end, and one that takes nothing gets none.
            let _ = self.carrier.send(&tls.take(), LAST_WORDS).await;
        }
        self.carrier.finish().await;
    }
}

/// A limit that several waits are under together.
struct Until {
    within: Duration,
    /// `None`: so far ahead that it has no name.
    at: Option<Instant>,
}

impl Until {
    fn now_and(within: Duration) -> Self {
        Self { within, at: Instant::now().checked_add(within) }
    }

    fn left(&self) -> Duration {
        self.at.map_or(self.within, |at| at.saturating_duration_since(Instant::now()))
    }
}

/// What a TLS layer has to tell.
fn heard(tls: &mut TlsSession) -> Option<Received> {
    let said = tls.hear();
    match (said.is_empty(), tls.broken()) {
        (false, _) => Some(Received::Bytes(said)),
        (true, Some(error)) => Some(Received::Broken(error.clone())),
        (true, None) => tls.is_closed().then_some(Received::Closed),
    }
}

/// Gives octets to a TLS layer, and the peer what the layer itself has to say to them: an alert, a new key.
async fn answer(tls: &mut TlsSession, carrier: &mut Carrier, octets: &[u8], within: Duration) {
    // What is wrong with them is told when they are heard.
    let _ = tls.receive(octets);
    let reply = tls.take();
    if !reply.is_empty() {
        let _ = carrier.send(&reply, within).await;
    }
}

/// What a connection came to while hands were being shaken.
fn ended(what: Received, within: Duration) -> TlsError {
    match what {
        Received::Closed => TlsError::Closed,
        Received::Reset(reason) => TlsError::Reset { reason },
        Received::TimedOut => TlsError::TimedOut { after: within },
        Received::Broken(error) => error,
        Received::Bytes(octets) => TlsError::Failed { reason: format!("{} octets too many", octets.len()) },
    }
}

impl Carrier {
    async fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), Received> {
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

    async fn receive(&mut self, within: Duration) -> Received {
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
            Self::InProcess(peer) => said_by(peer.as_mut()).unwrap_or(Received::TimedOut),
        }
    }

    async fn receive_now(&mut self) -> Option<Received> {
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
            Self::InProcess(peer) => said_by(peer.as_mut()),
        }
    }

    async fn finish(&mut self) {
        if let Self::Tcp(stream) = self {
            // A connection that is gone already needs no end.
            let _ = stream.shutdown().await;
        }
    }
}

fn said_by(peer: &mut dyn Peer) -> Option<Received> {
    let bytes = peer.take();
    match (bytes.is_empty(), peer.is_closed()) {
        (false, _) => Some(Received::Bytes(bytes)),
        (true, true) => Some(Received::Closed),
        (true, false) => None,
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
        let mut link = Link::in_process(OneLine::default());
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
        let Carrier::Tcp(other) = accepted.unwrap().link.carrier else { panic!("accepted in process") };
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
        let mut link = Link::in_process(OneLine::default());
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
