//! Certificates and keys: out of PEM, and made for the occasion.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Why TLS cannot be set up. Nothing has been sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsSetupError {
    /// There is no certificate in PEM.
    #[error("it holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`)")]
    NoCertificate,
    /// There is no key in PEM.
    #[error("it holds no private key in PEM without a passphrase (`-----BEGIN PRIVATE KEY-----`)")]
    NoKey,
    /// What stands there cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// The key is not the certificate's.
    #[error("the key is not the certificate's: {0}")]
    KeyDoesNotFit(String),
    /// The system names nobody who is trusted.
    #[error("this system has no trust anchors{0}")]
    NoAnchors(String),
    /// No name that a certificate could have.
    #[error("`{0}` is no host name or address")]
    NotAName(String),
    /// Not in this build.
    #[error("this smtpspec does not speak TLS 1.0 and 1.1")]
    NoLegacyVersions,
    /// The library says no.
    #[error("TLS cannot be set up: {0}")]
    Library(String),
}

/// A certificate with what leads to its anchor, and its key. The key is in no `Debug` output.
#[derive(Debug)]
pub struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl Identity {
    /// Out of PEM: the certificate first, then those that lead from it to an anchor; and its key.
    ///
    /// # Errors
    /// Where one of them is not there or cannot be read. Whether the key fits is found when it is used.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsSetupError> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsSetupError::NoKey)?;
        Ok(Self { chain, key })
    }

    /// Made for the occasion, for these names and addresses, by an issuer that is thrown away, and the PEM of its issuer's
    /// certificate, which is the anchor to trust.
    ///
    /// # Errors
    /// A name that is none.
    pub fn throw_away(names: &[&str]) -> Result<(Self, String), TlsSetupError> {
        let wrong = |error: rcgen::Error| TlsSetupError::Library(error.to_string());
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "smtpspec, thrown away after use");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(wrong)?).map_err(wrong)?;
        let mut own =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).map_err(wrong)?;
        own.distinguished_name = rcgen::DistinguishedName::new();
        if let Some(name) = names.first() {
            own.distinguished_name.push(DnType::CommonName, *name);
        }
        let key = KeyPair::generate().map_err(wrong)?;
        let certificate = own.signed_by(&key, &authority).map_err(wrong)?;
        let key =
            PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| TlsSetupError::Library(error.to_owned()))?;
        Ok((Self { chain: vec![certificate.der().clone()], key }, pem(authority.der())))
    }
}

/// The certificates in a PEM text, at least one.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsSetupError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| TlsSetupError::Unreadable(error.to_string()))?;
    if found.is_empty() { Err(TlsSetupError::NoCertificate) } else { Ok(found) }
}

/// A certificate in PEM (RFC 7468 5).
pub(super) fn pem(certificate: &CertificateDer<'_>) -> String {
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for octets in certificate.chunks(48) {
        pem.push_str(&STANDARD.encode(octets));
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE-----\n"
}

/// The anchors that certificates are.
pub(super) fn store(certificates: &[CertificateDer<'static>]) -> Result<RootCertStore, TlsSetupError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates {
        store.add(certificate.clone()).map_err(|error| TlsSetupError::Unreadable(error.to_string()))?;
    }
    Ok(store)
}

/// Those whom the system trusts.
pub(super) fn system_anchors() -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsSetupError> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    // Some systems have certificates that are too old or too odd to be read; that the others count is what every client does.
    store.add_parsable_certificates(found.certs.iter().cloned());
    if store.is_empty() {
        let why: Vec<String> = found.errors.iter().map(|error| format!(": {error}")).collect();
        return Err(TlsSetupError::NoAnchors(why.concat()));
    }
    Ok((store, found.certs))
}
