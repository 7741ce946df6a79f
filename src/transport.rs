//! The only floor with sockets: TCP, the in-process link, TLS over either, listeners, time limits.

mod in_process;
mod link;
mod tcp;
mod tls;

pub use in_process::Peer;
pub use link::{Link, Received};
pub use tcp::{Accepted, ConnectError, Listener, connect, listen, resolve, source_towards};
pub use tls::{Identity, TlsClient, TlsServer, TlsSession, TlsSetupError, Trust};
