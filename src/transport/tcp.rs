//! TCP with time limits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;

use super::Link;

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The peer or the system said no.
    #[error("{0}")]
    Refused(String),
    /// Nothing within the limit.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

/// Connects, from the given source address if there is one.
///
/// # Errors
/// When it cannot be done within the limit.
pub async fn connect(to: SocketAddr, from: Option<IpAddr>, within: Duration) -> Result<Link, ConnectError> {
    let attempt = async {
        let socket = match to {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        let stream = socket.connect(to).await?;
        // A dialogue is short writes, each answered before the next: nothing is gained by holding one back.
        stream.set_nodelay(true)?;
        Ok::<_, std::io::Error>(stream)
    };
    match timeout(within, attempt).await {
        Ok(Ok(stream)) => Ok(Link::tcp(stream)),
        Ok(Err(error)) => Err(ConnectError::Refused(error.to_string())),
        Err(_) => Err(ConnectError::TimedOut(within)),
    }
}

/// A socket that listens. Dropping it closes it; connections that were accepted stand.
#[derive(Debug)]
pub struct Listener(TcpListener);

/// A connection that was accepted.
#[derive(Debug)]
pub struct Accepted {
    /// The connection.
    pub link: Link,
    /// Who connected.
    pub peer: SocketAddr,
    /// The address that was connected to.
    pub local: SocketAddr,
}

impl Listener {
    /// Where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The next connection.
    ///
    /// # Errors
    /// What the system says: there are no descriptors left, or the client is gone again.
    pub async fn accept(&self) -> std::io::Result<Accepted> {
        let (stream, peer) = self.0.accept().await?;
        stream.set_nodelay(true)?;
        let local = stream.local_addr()?;
        Ok(Accepted { link: Link::tcp(stream), peer, local })
    }
}

/// Listens; port 0 takes a free one.
///
/// # Errors
/// What the system says: the address is in use, or not ours.
pub async fn listen(at: SocketAddr) -> std::io::Result<Listener> {
    TcpListener::bind(at).await.map(Listener)
}

/// The addresses of a host, by its name or its address. Names are looked up as the system does.
///
/// # Errors
/// When there is none, or no answer within the limit.
pub async fn resolve(host: &str, port: u16, within: Duration) -> std::io::Result<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = timeout(within, tokio::net::lookup_host((host, port))).await??.collect();
    if found.is_empty() { Err(std::io::ErrorKind::NotFound.into()) } else { Ok(found) }
}

/// The address that the system would connect from. Nothing is sent to find it. `None` where it knows no way there.
pub fn source_towards(to: SocketAddr) -> Option<IpAddr> {
    let any = match to {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn the_source_address_is_the_one_asked_for() {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let from = IpAddr::from([127, 0, 0, 2]);
        let to = listener.address().unwrap();
        let (link, accepted) = tokio::join!(connect(to, Some(from), SECOND), listener.accept());
        assert!(link.is_ok());
        assert_eq!(accepted.unwrap().peer.ip(), from);
    }

    #[tokio::test]
    async fn nobody_listening_is_a_refusal_in_the_systems_words() {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let to = listener.address().unwrap();
        drop(listener);
        assert!(matches!(connect(to, None, SECOND).await, Err(ConnectError::Refused(reason)) if !reason.is_empty()));
    }

    #[test]
    fn the_way_to_loopback_starts_at_loopback() {
        assert_eq!(source_towards(SocketAddr::from(([127, 0, 0, 1], 25))), Some(IpAddr::from([127, 0, 0, 1])));
    }
}
