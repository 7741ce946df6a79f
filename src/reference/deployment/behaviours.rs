//! What a listener does: flags with names, put together from components. All that the model may read.

mod needed;

use std::time::Duration;

use super::facts::{Confidence, Facts};
use super::settings::Settings;
use crate::protocol::sasl::{Mechanism, ntlm::ChallengeStyle};
use crate::protocol::wire::Limits;

/// A line of the EHLO list. The closing `OK` of the Windows 2000 service is a line like the others.
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

/// What becomes of a forward-path that hides another in a local part (`IMCEASMTP-user+40victim+2Eexample@local`; KB:Q189492, wire-facts
/// 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EncapsulatedAddresses {
    /// It is a local part like any other.
    Local,
    /// It is taken out and the relay policy is asked about it (MS99-027's repair).
    Refused,
    /// It is taken as local and mail goes on to what it hides (CVE-1999-0682, CVE-2002-1790).
    Relayed,
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
    /// RCPT with a mailbox without a domain is refused (XP's 551).
    pub bare_recipient_refused: bool,
    /// MAIL with SIZE gets a reply of its own (KB:Q262945).
    pub confirms_size: bool,
    /// An argument where the command takes none, or a second where it takes one, is refused (RFC 5321 4.1.1).
    pub unexpected_arguments_refused: bool,
    /// A parameter of MAIL or RCPT that stands twice is refused (RFC 5321 4.1.1.11).
    pub repeated_parameters_refused: bool,
    /// A mailbox whose local part or domain is none by RFC 5321 4.1.2 is refused.
    pub malformed_mailboxes_refused: bool,
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
    /// Verbs that are understood, in upper case; all others get the reply for an unknown command. AUTH also wants a
    /// mechanism, BDAT a [chunking component](ChunkingComponent).
    pub verbs: Vec<String>,
    /// Verbs that are refused to a client that did not authenticate, where anonymous access is off.
    pub verbs_closed_to_anonymous: Vec<String>,
    /// Verbs that want TLS first, in upper case. Empty: TLS is not asked for.
    pub verbs_wanting_tls: Vec<String>,
    /// Whether mechanisms that show the password are taken and listed under TLS alone (RFC 4954 4).
    pub passwords_need_tls: bool,
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
    /// How many trace headers a message may have before it is returned (wire-facts 3.2: 15).
    pub hop_limit: usize,
    /// How long a client may be silent.
    pub idle_limit: Duration,
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
    /// Addresses inside addresses.
    pub encapsulated_addresses: EncapsulatedAddresses,
    /// Settings, the relay policy's among them.
    pub settings: Settings,
}
