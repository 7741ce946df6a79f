//! A product file: what a product does, each value with its source and confidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SettingsFile;
use crate::protocol::sasl::Mechanism;
use crate::reference::deployment::behaviours::{ChunkingComponent, EncapsulatedAddresses, KeywordCondition};
use crate::reference::deployment::facts::Confidence;
use crate::reference::deployment::identity::System;
use crate::reference::yaml::Placed;

/// A value with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Keys of the file's `sources`. May be empty only where the value was chosen.
    #[serde(default)]
    pub source: Vec<Placed<String>>,
    /// How well it is known.
    pub confidence: Placed<Confidence>,
}

/// A mail product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProductFile {
    /// Its name in a sentence.
    pub title: String,
    /// The systems it can be installed on.
    pub systems: Vec<System>,
    /// Whether it comes with the NT 4.0 Option Pack.
    #[serde(default)]
    pub needs_option_pack: bool,
    /// Products that cannot be on the same host, by the names of their files.
    #[serde(default)]
    pub not_beside: Vec<String>,
    /// What the file rests on: a key and a description for each.
    pub sources: BTreeMap<String, String>,
    /// The component that installing it brings: a key of `components`.
    pub as_installed: Placed<String>,
    /// Its replaceable parts, by a name of the file's own.
    pub components: BTreeMap<String, ComponentFile>,
    /// Patches, by article, each with the component it brings. Where several are there the last of the file wins.
    #[serde(default)]
    pub patches: BTreeMap<String, PatchFile>,
    /// What no patch changes.
    pub behaviours: BehavioursFile,
    /// The EHLO list, in order.
    pub keywords: Vec<KeywordFile>,
    /// The settings as installed, complete.
    pub settings: Stated<SettingsFile>,
    /// The wording of each reply, by its key.
    pub replies: BTreeMap<String, ReplyFile>,
}

/// What a patch replaces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComponentFile {
    /// The version the greeting prints.
    pub version: Stated<String>,
    /// The second function, or the lack of it.
    pub authorization: Stated<AuthorizationChoice>,
    /// BDAT.
    pub chunking: Stated<ChunkingComponent>,
    /// Addresses inside addresses.
    pub encapsulated_addresses: Stated<EncapsulatedAddresses>,
    /// Replies that this component words in its own way.
    #[serde(default)]
    pub replies: BTreeMap<String, ReplyFile>,
}

/// Where the second function stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorizationChoice {
    /// Nowhere.
    Absent,
    /// At the end of AUTH.
    AtAuthentication,
    /// After a 235.
    AfterAuthentication,
    /// Where the listener's settings say.
    BySetting,
}

/// A patch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatchFile {
    /// Whose patch it is.
    pub of: PatchOf,
    /// The component it brings.
    pub component: Placed<String>,
    /// Keys of the file's `sources`.
    #[serde(default)]
    pub source: Vec<Placed<String>>,
    /// How well it is known.
    pub confidence: Placed<Confidence>,
}

/// Whether a patch is the operating system's or the product's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatchOf {
    /// It stands under `host`.
    Host,
    /// It stands under `listeners`.
    Listener,
}

/// Flags and sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BehavioursFile {
    /// Verbs that are understood, in upper case.
    pub verbs: Stated<Vec<Placed<String>>>,
    /// Verbs refused to a client that did not authenticate, where anonymous access is off.
    pub verbs_closed_to_anonymous: Stated<Vec<Placed<String>>>,
    /// Verbs that want TLS first, where the listener asks for TLS.
    pub verbs_wanting_tls: Stated<Vec<Placed<String>>>,
    /// Mechanisms that AUTH takes, listed or not.
    pub mechanisms: Stated<Vec<Mechanism>>,
    /// How message 2 of NTLM is made.
    pub challenge: Stated<ChallengeFile>,
    /// HELO without an argument is refused.
    pub helo_needs_argument: Stated<bool>,
    /// MAIL before HELO or EHLO is refused.
    pub mail_needs_helo: Stated<bool>,
    /// A second EHLO is refused.
    pub second_ehlo_refused: Stated<bool>,
    /// A mailbox without a domain gets the host's own.
    pub appends_default_domain: Stated<bool>,
    /// AUTH is taken while a mail transaction is open.
    pub authenticates_inside_transaction: Stated<bool>,
    /// AUTH is taken before HELO or EHLO.
    pub authenticates_before_helo: Stated<bool>,
    /// RCPT with a mailbox without a domain is refused.
    pub bare_recipient_refused: Stated<bool>,
    /// MAIL with SIZE gets a reply of its own.
    pub confirms_size: Stated<bool>,
    /// The built-in Administrator is refused after NTLM succeeded.
    pub administrator_refused: Stated<bool>,
    /// An NTLM null session authenticates, as an identity of its own.
    pub null_session_authenticates: Stated<bool>,
    /// An argument where the command takes none, or a second where it takes one, is refused (RFC 5321 4.1.1).
    pub unexpected_arguments_refused: Stated<bool>,
    /// A parameter of MAIL or RCPT that stands twice is refused (RFC 5321 4.1.1.11).
    pub repeated_parameters_refused: Stated<bool>,
    /// A mailbox whose local part or domain is none by RFC 5321 4.1.2 is refused.
    pub malformed_mailboxes_refused: Stated<bool>,
    /// MAIL and RCPT with a path over the limits of RFC 5321 4.5.3.1 are refused.
    pub long_paths_refused: Stated<bool>,
    /// Octets of a command line.
    pub command_line_octets: Stated<usize>,
    /// Octets of a line of an authentication exchange.
    pub authentication_line_octets: Stated<usize>,
    /// Octets of mail data.
    pub message_octets: Stated<usize>,
    /// Recipients of a mail transaction.
    pub recipients: Stated<usize>,
    /// Trace headers of a message before it is returned.
    pub hop_limit: Stated<usize>,
    /// Seconds that a client may be silent.
    pub idle_seconds: Stated<u64>,
}

/// The form of an NTLM challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChallengeFile {
    /// Whether the target's name is a domain's or a server's.
    pub target_is_domain: bool,
    /// Whether target information is sent.
    pub target_information: bool,
    /// Whether there is a Version field.
    pub version: bool,
}

/// A line of the EHLO list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeywordFile {
    /// The line as sent, without the code.
    pub text: Placed<String>,
    /// When it is listed. Not set: always.
    #[serde(default = "always")]
    pub when: KeywordCondition,
    /// Keys of the file's `sources`.
    #[serde(default)]
    pub source: Vec<Placed<String>>,
    /// How well its being listed here is known.
    pub confidence: Placed<Confidence>,
}

fn always() -> KeywordCondition {
    KeywordCondition::Always
}

/// The wording of a reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReplyFile {
    /// Its lines, codes included.
    pub text: Placed<String>,
    /// Keys of the file's `sources`.
    #[serde(default)]
    pub source: Vec<Placed<String>>,
    /// How well it is known.
    pub confidence: Placed<Confidence>,
}
