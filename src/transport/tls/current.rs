//! TLS 1.2 and 1.3, through rustls.

use std::io::{ErrorKind, Read, Write};

use rustls::{Connection, ProtocolVersion};

use super::failure::of_rustls;
use super::verifier::Shown;
use crate::protocol::tls::{Certificate, TlsError, TlsVersion};

/// Either end.
#[derive(Debug)]
pub(super) struct Current {
    connection: Connection,
    shown: Shown,
    /// What the peer said and nobody has heard yet.
    said: Vec<u8>,
    is_closed: bool,
}

impl Current {
    pub(super) fn new(mut connection: Connection, shown: Shown) -> Self {
        // What is said is bounded by whoever says it.
        connection.set_buffer_limit(None);
        Self { connection, shown, said: Vec::new(), is_closed: false }
    }

    pub(super) fn receive(&mut self, octets: &[u8]) -> Result<(), TlsError> {
        let mut rest = octets;
        while !rest.is_empty() {
            self.step(&mut rest)?;
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

    pub(super) fn hear(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.said)
    }

    pub(super) fn send(&mut self, octets: &[u8]) {
        // Writing to a buffer without limit cannot fail.
        let _ = self.connection.writer().write_all(octets);
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut octets = Vec::new();
        while self.connection.wants_write() {
            // Writing to a Vec cannot fail.
            if !matches!(self.connection.write_tls(&mut octets), Ok(1..)) {
                break;
            }
        }
        octets
    }

    pub(super) fn close(&mut self) {
        self.connection.send_close_notify();
    }

    pub(super) fn is_established(&self) -> bool {
        !self.connection.is_handshaking()
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.is_closed
    }

    pub(super) fn agreed(&self) -> Option<(TlsVersion, String)> {
        let version = match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => TlsVersion::Tls12,
            ProtocolVersion::TLSv1_3 => TlsVersion::Tls13,
            _ => return None,
        };
        let suite = self.connection.negotiated_cipher_suite()?.suite();
        // IANA's name of a TLS 1.3 suite has no version in it (RFC 8446 B.4).
        let cipher = suite.as_str().map_or_else(|| format!("{suite:?}"), |name| name.replacen("TLS13_", "TLS_", 1));
        Some((version, cipher))
    }

    pub(super) fn peer_certificate(&self) -> Option<Certificate> {
        let shown = self.connection.peer_certificates()?.first()?;
        Some(Certificate::from_der(shown))
    }
}
