//! TLS 1.0 and 1.1 for servers that have nothing else, through OpenSSL: the same octets in, octets out.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::IpAddr;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::ssl::{ErrorCode, SslContext, SslMethod, SslOptions, SslStream, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509VerifyResult};
use rustls::pki_types::{CertificateDer, ServerName};

use super::identity::{Identity, TlsSetupError};
use super::verifier::Shown;
use crate::protocol::tls::{Certificate, TlsError, TlsVersion};

/// SSL_OP_LEGACY_SERVER_CONNECT: servers from before RFC 5746 are what this is for.
const LEGACY_SERVER_CONNECT: u64 = 0x4;

/// Plain octets taken at a time.
const READ_SIZE: usize = 16 * 1024;

/// What lies between OpenSSL and whoever carries its octets.
#[derive(Debug, Default)]
struct Pipe {
    incoming: VecDeque<u8>,
    outgoing: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.incoming.read(buffer)? {
            0 if !buffer.is_empty() => Err(ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.outgoing.write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A client side.
#[derive(Debug)]
pub(super) struct Legacy {
    stream: SslStream<Pipe>,
    shown: Shown,
    wanted: String,
    is_established: bool,
    is_closed: bool,
    /// What is to be said once the handshake is over.
    unsaid: Vec<u8>,
    heard: Vec<u8>,
}

impl Legacy {
    /// With the anchors to trust; `None`: any certificate will do. Its first octets wait to be taken.
    pub(super) fn new(
        name: &ServerName<'static>,
        anchors: Option<&[CertificateDer<'static>]>,
        identity: Option<&Identity>,
        shown: &Shown,
    ) -> Result<Self, TlsSetupError> {
        let stream =
            stream(name, anchors, identity, shown).map_err(|error| TlsSetupError::Library(error.to_string()))?;
        let (shown, wanted) = (Arc::clone(shown), name.to_str().into_owned());
        let (unsaid, heard) = (Vec::new(), Vec::new());
        let mut legacy = Self { stream, shown, wanted, is_established: false, is_closed: false, unsaid, heard };
        legacy.step().map_err(|error| TlsSetupError::Library(error.to_string()))?;
        Ok(legacy)
    }

    pub(super) fn receive(&mut self, octets: &[u8]) -> Result<(), TlsError> {
        self.stream.get_mut().incoming.extend(octets);
        self.step()
    }

    pub(super) fn hear(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.heard)
    }

    pub(super) fn send(&mut self, octets: &[u8]) {
        self.unsaid.extend_from_slice(octets);
        if self.is_established {
            // What breaks here is told when something is received next.
            let _ = self.say();
        }
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream.get_mut().outgoing)
    }

    pub(super) fn close(&mut self) {
        // The peer's own end is not waited for.
        let _ = self.stream.shutdown();
    }

    pub(super) const fn is_established(&self) -> bool {
        self.is_established
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.is_closed
    }

    pub(super) fn agreed(&self) -> Option<(TlsVersion, String)> {
        let version = match self.stream.ssl().version2()? {
            SslVersion::TLS1 => TlsVersion::Tls10,
            SslVersion::TLS1_1 => TlsVersion::Tls11,
            SslVersion::TLS1_2 => TlsVersion::Tls12,
            SslVersion::TLS1_3 => TlsVersion::Tls13,
            _ => return None,
        };
        let cipher = self.stream.ssl().current_cipher()?;
        Some((version, cipher.standard_name().unwrap_or_else(|| cipher.name()).to_owned()))
    }

    fn step(&mut self) -> Result<(), TlsError> {
        if !self.is_established {
            match self.stream.do_handshake() {
                Ok(()) => self.is_established = true,
                Err(error) if error.code() == ErrorCode::WANT_READ => return Ok(()),
                Err(error) => return Err(self.failure(&error)),
            }
            self.say()?;
        }
        let mut buffer = vec![0; READ_SIZE];
        loop {
            match self.stream.ssl_read(&mut buffer) {
                Ok(count) => self.heard.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.code() == ErrorCode::WANT_READ => return Ok(()),
                Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                    self.is_closed = true;
                    return Ok(());
                }
                Err(error) => return Err(self.failure(&error)),
            }
        }
    }

    fn say(&mut self) -> Result<(), TlsError> {
        let unsaid = std::mem::take(&mut self.unsaid);
        let mut rest = unsaid.as_slice();
        while !rest.is_empty() {
            let count = self.stream.ssl_write(rest).map_err(|error| self.failure(&error))?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    fn failure(&self, error: &openssl::ssl::Error) -> TlsError {
        let reason = error.ssl_error().map_or_else(|| error.to_string(), reason);
        match (self.stream.ssl().verify_result(), self.shown.get()) {
            (X509VerifyResult::OK, _) | (_, None) => of_reason(reason),
            (wrong, Some(certificate)) => of_certificate(wrong, Box::new(certificate.clone()), &self.wanted),
        }
    }
}

/// The last of OpenSSL's reasons, which is the nearest.
fn reason(stack: &ErrorStack) -> String {
    let reasons = stack.errors().iter().filter_map(openssl::error::Error::reason);
    reasons.last().map_or_else(|| stack.to_string(), str::to_owned)
}

fn of_reason(reason: String) -> TlsError {
    let is_about_versions = ["unsupported protocol", "wrong version number", "alert protocol version", "no protocols"];
    if is_about_versions.iter().any(|version| reason.contains(version)) {
        return TlsError::VersionNotSupported { reason };
    }
    match reason.split_once(" alert ") {
        Some((_, alert)) => TlsError::Alert { description: alert.to_owned() },
        None => TlsError::Failed { reason },
    }
}

fn of_certificate(wrong: X509VerifyResult, certificate: Box<Certificate>, wanted: &str) -> TlsError {
    /// Of openssl/x509_vfy.h.
    const CERT_NOT_YET_VALID: i32 = 9;
    const CERT_HAS_EXPIRED: i32 = 10;
    const HOSTNAME_MISMATCH: i32 = 62;
    const IP_ADDRESS_MISMATCH: i32 = 64;
    match wrong.as_raw() {
        CERT_NOT_YET_VALID => TlsError::NotYetValid { certificate },
        CERT_HAS_EXPIRED => TlsError::Expired { certificate },
        HOSTNAME_MISMATCH | IP_ADDRESS_MISMATCH => TlsError::WrongName { certificate, wanted: wanted.to_owned() },
        _ => TlsError::NotTrusted { certificate, reason: wrong.error_string().to_owned() },
    }
}

fn stream(
    name: &ServerName<'static>,
    anchors: Option<&[CertificateDer<'static>]>,
    identity: Option<&Identity>,
    shown: &Shown,
) -> Result<SslStream<Pipe>, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_security_level(0);
    context.set_cipher_list("ALL:@SECLEVEL=0")?;
    context.set_min_proto_version(Some(SslVersion::TLS1))?;
    context.set_options(SslOptions::from_bits_retain(LEGACY_SERVER_CONNECT));
    let mut store = X509StoreBuilder::new()?;
    for anchor in anchors.unwrap_or_default() {
        store.add_cert(X509::from_der(anchor)?)?;
    }
    context.set_cert_store(store.build());
    if let Some(Identity { chain, key }) = identity {
        let mut chain = chain.iter();
        if let Some(own) = chain.next() {
            context.set_certificate(X509::from_der(own)?.as_ref())?;
        }
        for certificate in chain {
            context.add_extra_chain_cert(X509::from_der(certificate)?)?;
        }
        context.set_private_key(PKey::private_key_from_der(key.secret_der())?.as_ref())?;
    }
    let mut ssl = openssl::ssl::Ssl::new(&context.build())?;
    let (is_strict, shown) = (anchors.is_some(), Arc::clone(shown));
    ssl.set_verify_callback(SslVerifyMode::PEER, move |is_right, verified| {
        let own = verified.chain().and_then(|chain| chain.get(0)).or_else(|| verified.current_cert());
        if let Some(Ok(der)) = own.map(openssl::x509::X509Ref::to_der) {
            let _ = shown.set(Certificate::from_der(&der));
        }
        is_right || !is_strict
    });
    let text = name.to_str();
    match text.parse::<IpAddr>() {
        Ok(address) => ssl.param_mut().set_ip(address)?,
        Err(_) => {
            ssl.set_hostname(&text)?;
            ssl.param_mut().set_host(&text)?;
        }
    }
    ssl.set_connect_state();
    SslStream::new(ssl, Pipe::default())
}

#[cfg(test)]
mod tests;
