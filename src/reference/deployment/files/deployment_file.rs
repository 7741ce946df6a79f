//! A deployment file: identity alone. What the host does is put together from its products.

use serde::{Deserialize, Serialize};

use super::SettingsFile;
use crate::reference::deployment::identity::{ServiceState, System};
use crate::reference::yaml::Placed;

/// A host as its administrator would describe it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeploymentFile {
    /// Its name in a table.
    pub title: Placed<String>,
    /// What it shows, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What it rests on, each a citation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The host.
    pub host: HostFile,
    /// Its SMTP listeners. Empty: nothing of ours is installed.
    pub listeners: Vec<ListenerFile>,
}

/// The host itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostFile {
    /// Its name, as its services say it.
    pub name: Placed<String>,
    /// Its operating system.
    pub system: Placed<System>,
    /// Whether the NT 4.0 Option Pack was applied. Not set: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option_pack: Option<Placed<bool>>,
    /// Whether the Guest account is enabled. Not set: no, as on every server of the period.
    #[serde(default)]
    pub guest_enabled: bool,
    /// Patches of the operating system, by article.
    #[serde(default)]
    pub patches: Vec<Placed<String>>,
}

/// One SMTP listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListenerFile {
    /// Its name within the host.
    pub name: Placed<String>,
    /// Its port. Not set: 25.
    #[serde(default = "smtp_port")]
    pub port: Placed<u16>,
    /// The product behind it, by the name of its file.
    pub product: Placed<String>,
    /// Whether its service answers. Not set: it runs.
    #[serde(default = "running")]
    pub service: ServiceState,
    /// Patches of the product, by article.
    #[serde(default)]
    pub patches: Vec<Placed<String>>,
    /// Whether there is a certificate for STARTTLS. Not set: no.
    #[serde(default)]
    pub certificate: bool,
    /// Whether TLS is asked for before mail. Not set: no.
    #[serde(default)]
    pub tls_required: Placed<bool>,
    /// Whether mechanisms that show the password are had under TLS alone. Not set: no.
    #[serde(default)]
    pub passwords_need_tls: Placed<bool>,
    /// What differs from the product's settings as installed.
    #[serde(default)]
    pub settings: SettingsFile,
}

fn smtp_port() -> Placed<u16> {
    Placed::from(25)
}

fn running() -> ServiceState {
    ServiceState::Running
}
