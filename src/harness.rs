//! The driving side: client, model behind a listener, witness, targets, and the bench that joins them.

pub mod bench;
pub mod client;
pub mod clock;
pub mod conversation;
pub mod dialogue;
pub mod limits;
pub mod message;
pub mod nonces;
mod permission;
mod recipient;
mod secrecy;
pub mod server;
mod service;
mod shadow;
pub mod target;
pub mod witness;

pub use bench::{Bench, BenchOptions, EventSink};
pub use conversation::Conversation;
pub use secrecy::Secrecy;
pub use target::{TargetFile, TargetName};
