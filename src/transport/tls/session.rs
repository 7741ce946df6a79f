//! One connection's TLS: octets in, octets out.

use std::io::{ErrorKind, Read, Write};

use rustls::{Connection, ProtocolVersion};

use super::failure::{in_clear, of_rustls};
use super::verifier::Shown;
use crate::protocol::tls::{Certificate, CertificateCheck, Established, TlsError, TlsVersion};

/// One end of a TLS connection. What the peer sends goes to [`TlsSession::receive`], which lets it be heard, what is to be
/// said in secret to [`TlsSession::send`]; after each of them what [`TlsSession::take`] gives goes to the peer.
#[derive(Debug)]
pub struct TlsSession {
    connection: Connection,
    /// The server's certificate, as soon as it was shown; a server side has none here.
    shown: Shown,
    /// Whether certificates are verified.
    is_strict: bool,
    /// Whether anything came from the peer.
    has_begun: bool,
    /// What the peer said and nobody has heard yet.
    said: Vec<u8>,
    is_closed: bool,
    broken: Option<TlsError>,
}

/// The content types of the records that may come first (RFC 8446 5.1): alert, handshake.
const FIRST_RECORDS: [u8; 2] = [0x15, 0x16];

impl TlsSession {
    pub(super) fn new(mut connection: Connection, shown: Shown, is_strict: bool) -> Self {
        // What is said is bounded by whoever says it.
        connection.set_buffer_limit(None);
        Self { connection, shown, is_strict, has_begun: false, said: Vec::new(), is_closed: false, broken: None }
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
        if let (false, Some(first)) = (self.has_begun, octets.first()) {
            self.has_begun = true;
            if !FIRST_RECORDS.contains(first) {
                return Err(self.breaks(in_clear(octets)));
            }
        }
        let mut rest = octets;
        while !rest.is_empty() {
            self.step(&mut rest).map_err(|error| self.breaks(error))?;
        }
        Ok(())
    }

    fn step(&mut self, rest: &mut &[u8]) -> Result<(), TlsError> {
        let failed = |error: std::io::Error| TlsError::Failed { reason: error.to_string() };
        let before = rest.len();
        self.connection.read_tls(rest).map_err(failed)?;
        let state = self.connection.process_new_packets();
        // Also behind an error: what was said before it was said.
        let mut plain = Vec::new();
        match self.connection.reader().read_to_end(&mut plain) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(failed(error)),
        }
        self.said.append(&mut plain);
        self.is_closed = state.map_err(|error| of_rustls(&error, self.shown.get()))?.peer_has_closed();
        if rest.len() == before {
            // Behind a close_notify nothing is read any more (RFC 8446 6.1).
            *rest = &[];
        }
        Ok(())
    }

    /// What the peer said in secret by now.
    pub fn hear(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.said)
    }

    fn breaks(&mut self, error: TlsError) -> TlsError {
        self.broken = Some(error.clone());
        error
    }

    /// Says octets. Before the handshake is over they are kept until then.
    pub fn send(&mut self, octets: &[u8]) {
        // Writing to a buffer without limit cannot fail.
        let _ = self.connection.writer().write_all(octets);
    }

    /// What is to be sent to the peer.
    pub fn take(&mut self) -> Vec<u8> {
        let mut octets = Vec::new();
        while self.connection.wants_write() {
            // Writing to a Vec cannot fail.
            if !matches!(self.connection.write_tls(&mut octets), Ok(1..)) {
                break;
            }
        }
        octets
    }

    /// Says that nothing more will be said (`close_notify`).
    pub fn close(&mut self) {
        self.connection.send_close_notify();
    }

    /// Whether the handshake is over.
    pub fn is_established(&self) -> bool {
        !self.connection.is_handshaking()
    }

    /// What broke it, if something did.
    pub fn broken(&self) -> Option<&TlsError> {
        self.broken.as_ref()
    }

    /// Whether the peer said that it will say nothing more.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// What the handshake came to, for a client side; `None` before it is over.
    pub fn established(&self) -> Option<Established> {
        let version = version(self.connection.protocol_version()?)?;
        let suite = self.connection.negotiated_cipher_suite()?.suite();
        // IANA's name of a TLS 1.3 suite has no version in it (RFC 8446 B.4).
        let cipher = suite.as_str().map_or_else(|| format!("{suite:?}"), |name| name.replacen("TLS13_", "TLS_", 1));
        let check = if self.is_strict { CertificateCheck::Verified } else { CertificateCheck::AcceptedUnverified };
        self.is_established().then(|| Established { version, cipher, certificate: self.shown.get().cloned(), check })
    }

    /// The certificate that the other end showed, in DER; `None` where it showed none.
    pub fn peer_certificate(&self) -> Option<Certificate> {
        let shown = self.connection.peer_certificates()?.first()?;
        Some(Certificate::from_der(shown))
    }
}

fn version(version: ProtocolVersion) -> Option<TlsVersion> {
    match version {
        ProtocolVersion::TLSv1_2 => Some(TlsVersion::Tls12),
        ProtocolVersion::TLSv1_3 => Some(TlsVersion::Tls13),
        _ => None,
    }
}
