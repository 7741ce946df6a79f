//! What the server side of TLS is made with.

use std::sync::Arc;

use rustls::server::WebPkiClientVerifier;
use rustls::{ServerConfig, ServerConnection};

use super::current::Current;
use super::identity::{Identity, TlsSetupError, certificates, store};
use super::provider;
use super::session::{Engine, TlsSession};
use super::verifier::Shown;
use crate::protocol::tls::CertificateCheck;

/// A server side, from which the session of each connection is made.
#[derive(Clone, Debug)]
pub struct TlsServer(Arc<ServerConfig>);

impl TlsServer {
    /// With a certificate to show.
    ///
    /// # Errors
    /// A key that does not fit the certificate.
    pub fn new(identity: Identity) -> Result<Self, TlsSetupError> {
        Self::asking(identity, None)
    }

    /// The same, and asks the client for a certificate that leads to one of these anchors, in PEM. A client without one
    /// is served too.
    ///
    /// # Errors
    /// As [`TlsServer::new`]; and anchors that cannot be read.
    pub fn asking_for_certificate(identity: Identity, of: &[u8]) -> Result<Self, TlsSetupError> {
        Self::asking(identity, Some(of))
    }

    fn asking(identity: Identity, of: Option<&[u8]>) -> Result<Self, TlsSetupError> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsSetupError::Library(error.to_string()))?;
        let builder = match of {
            Some(pem) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(store(&certificates(pem)?)?), provider())
                        .allow_unauthenticated()
                        .build()
                        .map_err(|error| TlsSetupError::Library(error.to_string()))?;
                builder.with_client_cert_verifier(verifier)
            }
            None => builder.with_no_client_auth(),
        };
        let Identity { chain, key } = identity;
        let configuration =
            builder.with_single_cert(chain, key).map_err(|error| TlsSetupError::KeyDoesNotFit(error.to_string()))?;
        Ok(Self(Arc::new(configuration)))
    }

    /// With a certificate made for the occasion, for these names and addresses; and the anchor in PEM that a client has to
    /// trust.
    ///
    /// # Errors
    /// A name that is none.
    pub fn throw_away(names: &[&str]) -> Result<(Self, String), TlsSetupError> {
        let (identity, anchor) = Identity::throw_away(names)?;
        Ok((Self::new(identity)?, anchor))
    }

    /// One connection's session.
    ///
    /// # Errors
    /// What the library says.
    pub fn session(&self) -> Result<TlsSession, TlsSetupError> {
        let connection =
            ServerConnection::new(Arc::clone(&self.0)).map_err(|error| TlsSetupError::Library(error.to_string()))?;
        let shown = Shown::default();
        let engine = Engine::Current(Box::new(Current::new(connection.into(), Arc::clone(&shown))));
        Ok(TlsSession::new(engine, shown, CertificateCheck::Verified))
    }
}
