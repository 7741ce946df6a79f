//! TCP with time limits.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

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
    let _ = (to, from, within);
    todo!()
}

/// Listens.
///
/// # Errors
/// What the system says: the address is in use, or not ours.
pub async fn listen(at: SocketAddr) -> std::io::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind(at).await
}
