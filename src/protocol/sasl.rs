//! Authentication exchanges (RFC 4422, 4616, 2195, 4505; LOGIN by custom; NTLM by MS-NLMP and MS-SMTPNTLM), client and
//! server half. Base64 is SMTP's business (RFC 4954 4): everything here is in plain octets.
//!
//! The server half ends in a [`Proof`]: what the client offered. Whether it holds for an account is asked with the
//! account's secret ([`Proof::holds_for`]); whether that account may use the mail service is never asked here.

mod client;
mod cram_md5;
mod keyed_digest;
pub mod ntlm;
mod plain;
mod proof;
mod server;

pub use client::{ClientError, ClientExchange, Credentials, Entropy};
pub use proof::{AccountSecret, Proof};
pub use server::{ServerError, ServerExchange, ServerParameters, ServerStep};

/// A SASL mechanism that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Mechanism {
    /// RFC 4505.
    #[serde(rename = "ANONYMOUS")]
    Anonymous,
    /// RFC 2195.
    #[serde(rename = "CRAM-MD5")]
    CramMd5,
    /// RFC 4422 appendix A.
    #[serde(rename = "EXTERNAL")]
    External,
    /// No standard: two prompts, user name and password.
    #[serde(rename = "LOGIN")]
    Login,
    /// MS-NLMP, in SMTP as MS-SMTPNTLM says.
    #[serde(rename = "NTLM")]
    Ntlm,
    /// RFC 4616.
    #[serde(rename = "PLAIN")]
    Plain,
}

impl Mechanism {
    /// The name as registered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::CramMd5 => "CRAM-MD5",
            Self::External => "EXTERNAL",
            Self::Login => "LOGIN",
            Self::Ntlm => "NTLM",
            Self::Plain => "PLAIN",
        }
    }

    /// Whether the password itself crosses the wire: a plaintext password mechanism, in the words of RFC 4954 4.
    pub const fn shows_the_password(self) -> bool {
        match self {
            Self::Login | Self::Plain => true,
            Self::Anonymous | Self::CramMd5 | Self::External | Self::Ntlm => false,
        }
    }

    /// The mechanism of that name, whatever its case.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Anonymous, Self::CramMd5, Self::External, Self::Login, Self::Ntlm, Self::Plain]
            .into_iter()
            .find(|mechanism| mechanism.name().as_bytes().eq_ignore_ascii_case(name))
    }
}

impl std::fmt::Display for Mechanism {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
