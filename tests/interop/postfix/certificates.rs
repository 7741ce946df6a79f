//! The certificates of an instance with TLS.

use super::{make_directory, set_mode, write};
use crate::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::Path;

/// Writes, into `tls`: the certificate of an authority (`ca.pem`), one that it issued for `mx.inside.example` and 127.0.0.1
/// (`own.pem`) with its key (`key.pem`), and the certificate of another authority (`other.pem`).
pub(super) fn write_to(directory: &Path) -> Result<(), Failure> {
    let wrong = |error: rcgen::Error| format!("no certificate: {error}");
    let directory = directory.join("tls");
    make_directory(&directory, 0o755, None)?;
    let (ca, other) = (authority("interop").map_err(wrong)?, authority("somebody else").map_err(wrong)?);
    let names = vec!["mx.inside.example".to_owned(), "127.0.0.1".to_owned()];
    let key = KeyPair::generate().map_err(wrong)?;
    let own = CertificateParams::new(names).and_then(|own| own.signed_by(&key, &ca)).map_err(wrong)?;
    write(&directory.join("ca.pem"), &pem("CERTIFICATE", ca.der()))?;
    write(&directory.join("other.pem"), &pem("CERTIFICATE", other.der()))?;
    write(&directory.join("own.pem"), &pem("CERTIFICATE", own.der()))?;
    write(&directory.join("key.pem"), &pem("PRIVATE KEY", &key.serialize_der()))?;
    set_mode(&directory.join("key.pem"), 0o600)
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(authority, KeyPair::generate()?)
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let lines: Vec<String> = der.chunks(48).map(|octets| STANDARD.encode(octets) + "\n").collect();
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", lines.concat())
}
