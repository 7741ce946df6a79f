//! What the client side of TLS is made with.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection};

use super::current::Current;
use super::identity::{Identity, TlsSetupError, certificates, store, system_anchors};
#[cfg(feature = "legacy-tls")]
use super::legacy::Legacy;
use super::provider;
use super::session::{Engine, TlsSession};
use super::verifier::{Shown, Verifier};
use crate::protocol::tls::CertificateCheck;

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
    /// `None`: any certificate will do.
    strict: Option<Strict>,
    identity: Option<Arc<Identity>>,
    versions: Versions,
}

/// How a certificate is verified.
#[derive(Clone, Debug)]
struct Strict {
    verifier: Arc<WebPkiServerVerifier>,
    #[cfg_attr(not(feature = "legacy-tls"), expect(dead_code, reason = "what OpenSSL is given"))]
    anchors: Arc<Vec<CertificateDer<'static>>>,
}

/// Which versions are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Versions {
    /// TLS 1.2 and 1.3.
    Current,
    /// TLS 1.0 and 1.1 besides.
    #[cfg(feature = "legacy-tls")]
    Legacy,
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
            Trust::Pem(pem) => {
                let anchors = certificates(pem)?;
                Some((store(&anchors)?, anchors))
            }
            Trust::Anything => None,
        };
        let strict = anchors.map(|(store, anchors)| {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider())
                .build()
                .map_err(|error| TlsSetupError::Library(error.to_string()))?;
            Ok(Strict { verifier, anchors: Arc::new(anchors) })
        });
        Ok(Self { name: server_name, strict: strict.transpose()?, identity: None, versions: Versions::Current })
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

    /// The same, with TLS 1.0 and 1.1 offered besides, and ciphers and keys taken that are not safe any more.
    ///
    /// # Errors
    /// Where this was built without the feature `legacy-tls`.
    #[cfg_attr(not(feature = "legacy-tls"), expect(unused_mut, reason = "nothing to change without the feature"))]
    pub fn with_legacy_versions(mut self) -> Result<Self, TlsSetupError> {
        #[cfg(feature = "legacy-tls")]
        {
            self.versions = Versions::Legacy;
            Ok(self)
        }
        #[cfg(not(feature = "legacy-tls"))]
        Err(TlsSetupError::NoLegacyVersions)
    }

    /// One connection's session. Its first octets wait to be taken.
    ///
    /// # Errors
    /// What the library says.
    pub fn session(&self) -> Result<TlsSession, TlsSetupError> {
        let shown = Shown::default();
        let engine = match self.versions {
            Versions::Current => {
                let configuration = Arc::new(self.configuration(Arc::clone(&shown))?);
                let connection = ClientConnection::new(configuration, self.name.clone())
                    .map_err(|error| TlsSetupError::Library(error.to_string()))?;
                Engine::Current(Box::new(Current::new(connection.into(), Arc::clone(&shown))))
            }
            #[cfg(feature = "legacy-tls")]
            Versions::Legacy => {
                let anchors = self.strict.as_ref().map(|strict| strict.anchors.as_slice());
                Engine::Legacy(Box::new(Legacy::new(&self.name, anchors, self.identity.as_deref(), &shown)?))
            }
        };
        let check = match self.strict {
            Some(_) => CertificateCheck::Verified,
            None => CertificateCheck::AcceptedUnverified,
        };
        Ok(TlsSession::new(engine, shown, check))
    }

    fn configuration(&self, shown: Shown) -> Result<ClientConfig, TlsSetupError> {
        let strict = self.strict.as_ref().map(|strict| Arc::clone(&strict.verifier));
        let verifier = Verifier { strict, provider: provider(), shown };
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
