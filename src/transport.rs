//! The only floor with sockets: TCP, the in-process link, listeners, time limits. TLS has its place here and comes later.

mod in_process;
mod link;
mod tcp;

pub use in_process::Peer;
pub use link::{Link, Received};
pub use tcp::{ConnectError, connect, listen};
