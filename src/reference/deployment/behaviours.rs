//! What a listener does: flags with names, put together from components. All that the model may read.

use super::facts::{Confidence, Facts};
use super::settings::Settings;
use crate::protocol::sasl::{Mechanism, ntlm::ChallengeStyle};
use crate::protocol::wire::Limits;

/// A line of the EHLO list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// The line as sent, without the code: `SIZE 2097152`.
    pub text: String,
    /// When it is listed.
    pub when: KeywordCondition,
    /// How well its being listed here is known.
    pub confidence: Confidence,
    /// The fact's id.
    pub fact: String,
}

/// When an EHLO keyword is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeywordCondition {
    /// Always.
    Always,
    /// Where the host has a certificate and TLS is not yet used.
    Certificate,
}

/// The component with the second function, or the lack of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorizationComponent {
    /// There is no second function: whoever authenticated counts as authorized.
    Absent,
    /// It is asked at the end of AUTH, which it can turn into a refusal.
    AtAuthentication,
    /// It is asked after a 235; without the right the identity keeps what an anonymous client may do.
    AfterAuthentication,
}

/// What becomes of BDAT (RFC 3030; MS02-012).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChunkingComponent {
    /// The product has no BDAT.
    Absent,
    /// Between chunks only BDAT, RSET, NOOP and QUIT are taken.
    Sequenced,
    /// Between chunks other commands run; the service then fails (CVE-2002-0055).
    Unsequenced,
}

/// How the product reads odd input (wire-facts section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Strictness {
    /// HELO without an argument is refused.
    pub helo_needs_argument: bool,
    /// MAIL before HELO or EHLO is refused.
    pub mail_needs_helo: bool,
    /// A second EHLO is refused.
    pub second_ehlo_refused: bool,
    /// A mailbox without a domain gets the host's own domain appended.
    pub appends_default_domain: bool,
    /// AUTH is taken while a mail transaction is open (BindView's transcript).
    pub authenticates_inside_transaction: bool,
    /// AUTH is taken before HELO or EHLO.
    pub authenticates_before_helo: bool,
}

/// All that the model may know of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviours {
    /// The version the greeting prints.
    pub version: String,
    /// How replies are worded.
    pub facts: Facts,
    /// The EHLO list, in order.
    pub keywords: Vec<Keyword>,
    /// Verbs that are understood, in upper case; all others get the reply for an unknown command.
    pub verbs: Vec<String>,
    /// Mechanisms that AUTH takes, listed or not; empty: AUTH is no command here.
    pub mechanisms: Vec<Mechanism>,
    /// How message 2 of NTLM is made.
    pub challenge_style: ChallengeStyle,
    /// Whether the host has a certificate for STARTTLS.
    pub certificate: bool,
    /// How odd input is read.
    pub strictness: Strictness,
    /// Sizes.
    pub limits: Limits,
    /// Whether an unknown name becomes Guest.
    pub guest_enabled: bool,
    /// Whether the built-in Administrator is refused after NTLM succeeded (MS-SMTPNTLM note 4).
    pub administrator_refused: bool,
    /// Whether an NTLM null session authenticates, as an identity of its own.
    pub null_session_authenticates: bool,
    /// The second function.
    pub authorization: AuthorizationComponent,
    /// BDAT.
    pub chunking: ChunkingComponent,
    /// Settings, the relay policy's among them.
    pub settings: Settings,
}
