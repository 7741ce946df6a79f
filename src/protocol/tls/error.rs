//! Why there is no TLS, or no more of it.

use std::time::Duration;

use super::Certificate;

/// What a handshake failed over, or what broke a TLS layer that stood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "failure")]
pub enum TlsError {
    /// The certificate leads to no trust anchor, or is not fit for a server.
    #[error("the server's certificate is not trusted: {reason} ({certificate})")]
    NotTrusted {
        /// What it says of itself.
        certificate: Box<Certificate>,
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate is for another name (RFC 6125, RFC 9525).
    #[error("the server's certificate is not for {wanted} ({certificate})")]
    WrongName {
        /// What it says of itself.
        certificate: Box<Certificate>,
        /// The name that was asked for.
        wanted: String,
    },
    /// The certificate's time is over.
    #[error("the server's certificate has expired ({certificate})")]
    Expired {
        /// What it says of itself.
        certificate: Box<Certificate>,
    },
    /// The certificate's time has not come.
    #[error("the server's certificate is not valid yet ({certificate})")]
    NotYetValid {
        /// What it says of itself.
        certificate: Box<Certificate>,
    },
    /// Both sides have no version in common.
    #[error("TLS version not supported: {reason}")]
    VersionNotSupported {
        /// In the words of the library, or of the server's alert.
        reason: String,
    },
    /// The peer ended it with an alert (RFC 8446 6).
    #[error("the server broke TLS off with the alert {description}")]
    Alert {
        /// The alert's name.
        description: String,
    },
    /// What came is not TLS: text that the other side, or somebody on the way, said in clear.
    #[error("what came in the place of TLS is in clear: {octets}")]
    InClear {
        /// The first octets, escaped.
        octets: String,
    },
    /// Nothing that this client could name better.
    #[error("the TLS handshake failed: {reason}")]
    Failed {
        /// In the words of the library.
        reason: String,
    },
    /// A TLS layer stands already (RFC 3207 4.2 offers no second one).
    #[error("TLS is in use already")]
    InUse,
    /// The peer closed the connection before TLS stood.
    #[error("the server closed the connection during the TLS handshake")]
    Closed,
    /// The connection broke before TLS stood.
    #[error("the connection was reset during the TLS handshake: {reason}")]
    Reset {
        /// The operating system's words.
        reason: String,
    },
    /// The handshake was not over in time.
    #[error("the TLS handshake was not over within {after:?}")]
    TimedOut {
        /// The limit.
        after: Duration,
    },
}
