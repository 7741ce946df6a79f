//! What a TLS handshake comes to, as values (RFC 3207, RFC 8314 3.3). No octet of TLS is read or written here; whoever
//! carries the connection does that.

mod certificate;
mod der;
mod error;

pub use certificate::{Certificate, Fingerprint};
pub use error::TlsError;

/// The version of TLS that a handshake agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum TlsVersion {
    /// RFC 2246; not to be used (RFC 8996).
    #[serde(rename = "1.0")]
    Tls10,
    /// RFC 4346; not to be used (RFC 8996).
    #[serde(rename = "1.1")]
    Tls11,
    /// RFC 5246.
    #[serde(rename = "1.2")]
    Tls12,
    /// RFC 8446.
    #[serde(rename = "1.3")]
    Tls13,
}

impl std::fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

/// What was made of the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateCheck {
    /// It leads to a trust anchor, is in date and bears the wanted name.
    Verified,
    /// Any was to be accepted: nobody looked at it.
    AcceptedUnverified,
}

/// A TLS layer that stands, as the client sees it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Established {
    /// The version agreed on.
    pub version: TlsVersion,
    /// The cipher suite agreed on: by its IANA name, or as the library calls it.
    pub cipher: String,
    /// The server's certificate; `None` where it has shown none.
    pub certificate: Option<Certificate>,
    /// What was made of it.
    pub check: CertificateCheck,
}

impl std::fmt::Display for Established {
    /// `TLS 1.3, TLS_AES_256_GCM_SHA384, certificate verified`. A certificate that nobody verified is named by its
    /// fingerprint.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}, ", self.version, self.cipher.escape_debug())?;
        match (self.check, &self.certificate) {
            (CertificateCheck::Verified, _) => f.write_str("certificate verified"),
            (CertificateCheck::AcceptedUnverified, Some(certificate)) => {
                write!(f, "certificate accepted unverified: SHA-256 {}", certificate.fingerprint)
            }
            (CertificateCheck::AcceptedUnverified, None) => f.write_str("no certificate"),
        }
    }
}
