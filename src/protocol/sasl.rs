//! Authentication exchanges (RFC 4422, 4616, 2195, 4505, 5802, 7628, 7677; LOGIN and XOAUTH2 by custom; NTLM by MS-NLMP and
//! MS-SMTPNTLM), client and server half. Base64 is SMTP's business (RFC 4954 4): everything here is in plain octets.
//!
//! The server half ends in a [`Proof`]: what the client offered. Whether it holds for an account is asked with the
//! account's secret ([`Proof::holds_for`]); whether that account may use the mail service is never asked here.

mod bearer;
mod client;
mod cram_md5;
mod keyed_digest;
pub mod ntlm;
mod plain;
mod prepare;
mod proof;
pub mod scram;
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
    /// RFC 7628: a token.
    #[serde(rename = "OAUTHBEARER")]
    OauthBearer,
    /// RFC 4616.
    #[serde(rename = "PLAIN")]
    Plain,
    /// RFC 7677, without channel binding.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// No standard: a token, as Google and Microsoft describe it.
    #[serde(rename = "XOAUTH2")]
    Xoauth2,
}

impl Mechanism {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::CramMd5,
        Self::External,
        Self::Login,
        Self::Ntlm,
        Self::OauthBearer,
        Self::Plain,
        Self::ScramSha256,
        Self::Xoauth2,
    ];

    /// The name as registered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::CramMd5 => "CRAM-MD5",
            Self::External => "EXTERNAL",
            Self::Login => "LOGIN",
            Self::Ntlm => "NTLM",
            Self::OauthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Xoauth2 => "XOAUTH2",
        }
    }

    /// Whether the password itself crosses the wire, or a token, which is as good (RFC 7628 4): a plaintext password mechanism,
    /// in the words of RFC 4954 4.
    pub const fn shows_the_password(self) -> bool {
        match self {
            Self::Login | Self::OauthBearer | Self::Plain | Self::Xoauth2 => true,
            Self::Anonymous | Self::CramMd5 | Self::External | Self::Ntlm | Self::ScramSha256 => false,
        }
    }

    /// The mechanism of that name, whatever its case.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().as_bytes().eq_ignore_ascii_case(name))
    }
}

impl std::fmt::Display for Mechanism {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
