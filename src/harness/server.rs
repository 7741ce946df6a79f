//! The model behind a link: in process ([`ModelPeer`]), and on a socket ([`ModelServer`]). What a session gives out is
//! read in one place for both ([`Attendant`]).

mod attendant;
mod certificate;
mod listener;
mod outbox;
mod peer;

pub use attendant::{Act, Attendant};
pub use certificate::HostCertificate;
pub use listener::{ModelServer, ServerOptions};
pub use outbox::{NextHop, Outbox};
pub use peer::{ModelHost, ModelPeer};
