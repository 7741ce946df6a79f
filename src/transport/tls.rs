//! TLS as a layer that takes and gives octets (rustls), so that it runs over a socket and in process alike. One provider
//! of cryptography, handed to every configuration; nothing is installed for the whole process.

mod client;
mod current;
mod failure;
mod identity;
#[cfg(feature = "legacy-tls")]
mod legacy;
mod server;
mod session;
mod verifier;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

pub use client::{TlsClient, Trust};
pub use identity::{Identity, TlsSetupError};
pub use server::TlsServer;
pub use session::TlsSession;

/// The one provider.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(test)]
mod tests;
