//! One connection's TLS: octets in, octets out.

use super::current::Current;
use super::failure::in_clear;
#[cfg(feature = "legacy-tls")]
use super::legacy::Legacy;
use super::verifier::Shown;
use crate::protocol::tls::{Certificate, CertificateCheck, Established, TlsError, TlsVersion};

/// One end of a TLS connection. What the peer sends goes to [`TlsSession::receive`], which lets it be heard, what is to be
/// said in secret to [`TlsSession::send`]; after each of them what [`TlsSession::take`] gives goes to the peer.
#[derive(Debug)]
pub struct TlsSession {
    engine: Engine,
    /// The server's certificate, as soon as it was shown; a server side has none here.
    shown: Shown,
    check: CertificateCheck,
    /// Whether anything came from the peer.
    has_begun: bool,
    broken: Option<TlsError>,
}

/// Who speaks TLS.
#[derive(Debug)]
pub(super) enum Engine {
    Current(Box<Current>),
    #[cfg(feature = "legacy-tls")]
    Legacy(Box<Legacy>),
}

/// Calls whichever it is.
macro_rules! engine {
    ($engine:expr, $current:ident => $call:expr) => {
        match $engine {
            Engine::Current($current) => $call,
            #[cfg(feature = "legacy-tls")]
            Engine::Legacy($current) => $call,
        }
    };
}

/// The content types of the records that may come first (RFC 8446 5.1): alert, handshake.
const FIRST_RECORDS: [u8; 2] = [0x15, 0x16];

impl TlsSession {
    pub(super) const fn new(engine: Engine, shown: Shown, check: CertificateCheck) -> Self {
        Self { engine, shown, check, has_begun: false, broken: None }
    }

    /// Takes octets from the peer. What they say in secret waits to be heard ([`TlsSession::hear`]), also where something
    /// behind it is wrong.
    ///
    /// # Errors
    /// What is wrong with them. There is an alert to be taken then, and nothing more will come of this session.
    pub fn receive(&mut self, octets: &[u8]) -> Result<(), TlsError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let received = match (self.has_begun, octets.first()) {
            (_, None) => return Ok(()),
            // OpenSSL's name for it would be a wrong version number.
            (false, Some(first)) if !FIRST_RECORDS.contains(first) => Err(in_clear(octets)),
            _ => engine!(&mut self.engine, engine => engine.receive(octets)),
        };
        self.has_begun = true;
        received.inspect_err(|error| self.broken = Some(error.clone()))
    }

    /// What the peer said in secret by now.
    pub fn hear(&mut self) -> Vec<u8> {
        engine!(&mut self.engine, engine => engine.hear())
    }

    /// Says octets. Before the handshake is over they are kept until then.
    pub fn send(&mut self, octets: &[u8]) {
        engine!(&mut self.engine, engine => engine.send(octets));
    }

    /// What is to be sent to the peer.
    pub fn take(&mut self) -> Vec<u8> {
        engine!(&mut self.engine, engine => engine.take())
    }

    /// Says that nothing more will be said (`close_notify`).
    pub fn close(&mut self) {
        engine!(&mut self.engine, engine => engine.close());
    }

    /// Whether the handshake is over.
    pub fn is_established(&self) -> bool {
        engine!(&self.engine, engine => engine.is_established())
    }

    /// What broke it, if something did.
    pub fn broken(&self) -> Option<&TlsError> {
        self.broken.as_ref()
    }

    /// Whether the peer said that it will say nothing more.
    pub fn is_closed(&self) -> bool {
        engine!(&self.engine, engine => engine.is_closed())
    }

    /// What the handshake came to, for a client side; `None` before it is over.
    pub fn established(&self) -> Option<Established> {
        let (version, cipher): (TlsVersion, String) = engine!(&self.engine, engine => engine.agreed())?;
        let certificate = self.shown.get().cloned();
        self.is_established().then_some(Established { version, cipher, certificate, check: self.check })
    }

    /// The certificate that the client showed to this server side; `None` where it showed none.
    pub fn peer_certificate(&self) -> Option<Certificate> {
        match &self.engine {
            Engine::Current(current) => current.peer_certificate(),
            #[cfg(feature = "legacy-tls")]
            Engine::Legacy(_) => self.shown.get().cloned(),
        }
    }
}
