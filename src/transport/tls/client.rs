//! What the client side of TLS is made with.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::identity::{Identity, TlsSetupError, anchors, system_anchors};
use super::provider;
use super::session::TlsSession;
use super::verifier::{Shown, Verifier};

/// Whose certificates are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// Those that lead to an anchor of the system.
    System,
    /// Those that lead to one of these certificates, in PEM.
    Pem(&'a [u8]),
    /// Any. Nobody is proved to be at the other end.
    Anything,
}

/// A client side, from which the session of each connection is made.
#[derive(Clone, Debug)]
pub struct TlsClient {
    name: ServerName<'static>,
    strict: Option<Arc<WebPkiServerVerifier>>,
    identity: Option<Arc<Identity>>,
}

impl TlsClient {
    /// For a server of this name or address, which is asked for (RFC 6066 3, names alone) and looked for in the
    /// certificate.
    ///
    /// # Errors
    /// A name that is none, and anchors that are not there or cannot be read.
    pub fn new(name: &str, trust: Trust<'_>) -> Result<Self, TlsSetupError> {
        let server_name =
            ServerName::try_from(name.to_owned()).map_err(|_| TlsSetupError::NotAName(name.to_owned()))?;
        let anchors = match trust {
            Trust::System => Some(system_anchors()?),
            Trust::Pem(pem) => Some(anchors(pem)?),
            Trust::Anything => None,
        };
        let strict = anchors.map(|anchors| {
            WebPkiServerVerifier::builder_with_provider(Arc::new(anchors), provider())
                .build()
                .map_err(|error| TlsSetupError::Library(error.to_string()))
        });
        Ok(Self { name: server_name, strict: strict.transpose()?, identity: None })
    }

    /// The same, with a certificate of the client's own, shown to a server that asks for one.
    ///
    /// # Errors
    /// A key that does not fit the certificate.
    pub fn with_identity(mut self, identity: Identity) -> Result<Self, TlsSetupError> {
        self.identity = Some(Arc::new(identity));
        self.configuration(Shown::default())?;
        Ok(self)
    }

    /// One connection's session. Its first octets wait to be taken.
    ///
    /// # Errors
    /// What the library says.
    pub fn session(&self) -> Result<TlsSession, TlsSetupError> {
        let shown = Shown::default();
        let configuration = Arc::new(self.configuration(Arc::clone(&shown))?);
        let connection = ClientConnection::new(configuration, self.name.clone())
            .map_err(|error| TlsSetupError::Library(error.to_string()))?;
        Ok(TlsSession::new(connection.into(), shown, self.strict.is_some()))
    }

    fn configuration(&self, shown: Shown) -> Result<ClientConfig, TlsSetupError> {
        let verifier = Verifier { strict: self.strict.clone(), provider: provider(), shown };
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsSetupError::Library(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        match &self.identity {
            Some(identity) => builder
                .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
                .map_err(|error| TlsSetupError::KeyDoesNotFit(error.to_string())),
            None => Ok(builder.with_no_client_auth()),
        }
    }
}
