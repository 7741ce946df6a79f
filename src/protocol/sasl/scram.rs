//! SCRAM-SHA-256 (RFC 5802 with the hash of RFC 7677), without channel binding (`n,,`). Both sides prove that they know
//! the password, and neither tells it.

mod client;
mod keys;
mod message;
mod server;

pub(super) use client::{ClientFirst, FirstError, ServerFinal, ServerSignature};
pub use keys::MOST_ITERATIONS;
pub(super) use message::{escaped, unescaped};
pub use server::Proof;
pub(super) use server::{ServerFirst, salt_of};

/// What the server announces: the least that RFC 7677 4 asks for, since each exchange costs as much here.
pub(super) const ITERATIONS: u32 = 4096;

#[cfg(test)]
mod tests;
