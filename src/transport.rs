//! The only floor with sockets: TCP, the in-process link, listeners, time limits.
//!
//! TLS has its place beside [`Link::Tcp`], as a variant of its own that a TCP link is turned into after STARTTLS.

mod in_process;
mod link;
mod tcp;

pub use in_process::Peer;
pub use link::{Link, Received};
pub use tcp::{Accepted, ConnectError, Listener, connect, listen, resolve, source_towards};
