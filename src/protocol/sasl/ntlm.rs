//! NTLM as Windows spoke it from 1996 on (MS-NLMP): the three messages, LM, NTLMv1, NTLMv1 with extended session
//! security, LMv2 and NTLMv2 responses, and the null session. No session security: SMTP uses none.
//! Section and note numbers in this room are MS-NLMP's unless another source is named.

pub(super) mod client;
pub mod flags;
pub mod message;
pub mod null_session;
mod payload;
pub mod response;
pub(super) mod server;
pub mod target_information;
mod text;

pub use message::{Authenticate, Challenge, Field, FixedPart, MessageError, Negotiate, Version};
pub use null_session::{NullSessionForm, is_null_session, null_session_message};
pub use target_information::{AvPair, TargetInformation, TargetInformationError};
pub use text::CharacterSet;

/// How a server makes message 2 (MS-NLMP 2.2.1.2).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChallengeStyle {
    /// The target's name: a domain or a server.
    pub target_name: String,
    /// Whether the name is a domain's (NTLMSSP_TARGET_TYPE_DOMAIN) or a server's.
    pub target_is_domain: bool,
    /// Whether target information (MS-NLMP 2.2.2.1) is sent to a client that asks for a target or for extended session
    /// security, which all do.
    pub target_information: bool,
    /// Whether a Version field (MS-NLMP 2.2.2.10) is there; zeros unless the client asks for it.
    pub version: bool,
}

/// What message 3 offered (MS-NLMP 2.2.1.3), with the server challenge it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The user name.
    pub user: String,
    /// The domain the client named; part of what an NTLMv2 response proves.
    pub domain: String,
    /// The challenge of message 2.
    pub server_challenge: [u8; 8],
    /// The LM or LMv2 response.
    pub lm_response: crate::protocol::secret::Secret,
    /// The NTLMv1 or NTLMv2 response.
    pub nt_response: crate::protocol::secret::Secret,
    /// The negotiated flags of message 3.
    pub flags: u32,
}
