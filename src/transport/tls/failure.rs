//! The library's errors in our words.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

use crate::protocol::tls::{Certificate, TlsError};

/// The most that is shown of what is not TLS.
const MOST_SHOWN: usize = 120;

/// What came where TLS should have.
pub(super) fn in_clear(octets: &[u8]) -> TlsError {
    TlsError::InClear { octets: octets.get(..MOST_SHOWN).unwrap_or(octets).escape_ascii().to_string() }
}

/// An error, with the certificate that was shown by then.
pub(super) fn of_rustls(error: &Error, shown: Option<&Certificate>) -> TlsError {
    match (error, shown) {
        (Error::InvalidCertificate(wrong), Some(certificate)) => of_certificate(wrong, Box::new(certificate.clone())),
        (
            Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::SupportedVersionsExtensionRequired
                | PeerIncompatible::Tls12NotOffered
                | PeerIncompatible::Tls12NotOfferedOrEnabled,
            )
            | Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion)
            | Error::AlertReceived(AlertDescription::ProtocolVersion),
            _,
        ) => TlsError::VersionNotSupported { reason: error.to_string() },
        (Error::AlertReceived(alert), _) => {
            TlsError::Alert { description: alert.as_str().map_or_else(|| format!("{alert:?}"), str::to_owned) }
        }
        _ => TlsError::Failed { reason: error.to_string() },
    }
}

fn of_certificate(wrong: &CertificateError, certificate: Box<Certificate>) -> TlsError {
    match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsError::Expired { certificate },
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsError::NotYetValid { certificate }
        }
        CertificateError::NotValidForNameContext { expected, .. } => {
            TlsError::WrongName { certificate, wanted: expected.to_str().into_owned() }
        }
        CertificateError::UnknownIssuer => {
            TlsError::NotTrusted { certificate, reason: "its issuer is unknown here".to_owned() }
        }
        other => TlsError::NotTrusted { certificate, reason: other.to_string() },
    }
}
