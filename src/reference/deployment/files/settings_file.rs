//! Settings, each optional: what is not set is as the product installs it.

use serde::{Deserialize, Serialize};

use crate::reference::deployment::settings::Repair;
use crate::reference::yaml::Placed;

/// The settings of one listener.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SettingsFile {
    /// Whether clients that do not authenticate may use the service at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_access: Option<bool>,
    /// Domains whose mail is the host's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_domains: Option<Vec<Placed<String>>>,
    /// Domains whose mail is passed to an internal server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_domains: Option<Vec<Placed<String>>>,
    /// Who may relay: the product's own sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Placed<RelayFile>>,
}

/// The relay settings, by the sheet they stand on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayFile {
    /// The IIS SMTP service's.
    Iis(IisFile),
    /// Exchange 5.5's.
    #[serde(rename = "exchange-5.5")]
    Exchange55(Box<Exchange55File>),
    /// Exchange 5.0's.
    #[serde(rename = "exchange-5.0")]
    Exchange50(Exchange50File),
    /// The present-day reference's.
    Reference(ReferenceFile),
}

impl RelayFile {
    /// The sheet's name in YAML.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Iis(_) => "iis",
            Self::Exchange55(_) => "exchange-5.5",
            Self::Exchange50(_) => "exchange-5.0",
            Self::Reference(_) => "reference",
        }
    }
}

/// "Relay Restrictions" (wire-facts 5.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IisFile {
    /// "Only the list below" (true) or "All except the list below" (false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_the_list: Option<bool>,
    /// The list: `192.0.2.0/24` or a single address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Vec<Placed<String>>>,
    /// "Allow all computers which successfully authenticate to relay, regardless of the list above".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated_may_relay: Option<bool>,
}

/// The Routing and Connections sheets of Exchange 5.5 (wire-facts 5.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exchange55File {
    /// "Reroute incoming SMTP mail" (true) or "Do not reroute incoming SMTP mail" (false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reroute: Option<bool>,
    /// `RelayFlags`: the sum of 1 (deny list), 2 (allow list), 4 (local addresses), 8 (those who authenticate).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay_flags: Option<Placed<u32>>,
    /// `RelayDenyList`: `net;mask`, as the registry has it, or `192.0.2.0/24`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_list: Option<Vec<Placed<String>>>,
    /// `RelayAllowList`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_list: Option<Vec<Placed<String>>>,
    /// `RelayLocalIPList`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_list: Option<Vec<Placed<String>>>,
    /// Domains with "Override relay restrictions. Always relay".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_domains: Option<Vec<Placed<String>>>,
    /// "Clients can only submit if homed on this server".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homed_only: Option<bool>,
    /// "Clients can only submit if authentication account matches the SMTP submission address".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_matches_address: Option<bool>,
}

/// The one switch of Exchange 5.0 (wire-facts 5.3).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exchange50File {
    /// "Reroute incoming SMTP mail (required for POP3/IMAP4 support)" (true) or "Do not reroute incoming SMTP mail"
    /// (false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reroute: Option<bool>,
}

/// How the present-day reference grants relay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReferenceFile {
    /// Networks that may relay without authenticating.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<Vec<Placed<String>>>,
    /// Where an identity without the right is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
}
