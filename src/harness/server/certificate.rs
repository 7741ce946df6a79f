//! The certificate that a model shows.

use std::sync::{Arc, OnceLock};

use crate::transport::{TlsClient, TlsServer, TlsSession, Trust};

/// A certificate for a host's name and for loopback, made when it is first needed and thrown away with the host. Cheap to
/// clone: a clone is the same certificate.
#[derive(Clone, Debug)]
pub struct HostCertificate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    host: String,
    made: OnceLock<Option<Made>>,
}

#[derive(Debug)]
struct Made {
    server: TlsServer,
    /// In PEM.
    anchor: String,
    client: Option<TlsClient>,
}

impl HostCertificate {
    /// For a host of this name.
    pub fn new(host: impl Into<String>) -> Self {
        Self(Arc::new(Inner { host: host.into(), made: OnceLock::new() }))
    }

    /// The server side of one connection. `None`: the host's name is none that a certificate can have.
    pub fn session(&self) -> Option<TlsSession> {
        self.made()?.server.session().ok()
    }

    /// The client side for whoever connects to this host and trusts this certificate alone.
    pub fn client(&self) -> Option<TlsClient> {
        self.made()?.client.clone()
    }

    /// The certificate to trust, in PEM.
    pub fn anchor(&self) -> Option<&str> {
        Some(&self.made()?.anchor)
    }

    fn made(&self) -> Option<&Made> {
        let Inner { host, made } = &*self.0;
        let make = || {
            let (server, anchor) = TlsServer::throw_away(&[host, "localhost", "127.0.0.1", "::1"]).ok()?;
            let client = TlsClient::new(host, Trust::Pem(anchor.as_bytes())).ok();
            Some(Made { server, anchor, client })
        };
        made.get_or_init(make).as_ref()
    }
}
