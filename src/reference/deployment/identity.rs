//! What a host is, as an administrator would say it. All that the bulletin may read.

use super::settings::Settings;

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Windows NT Server 4.0.
    WindowsNt4,
    /// Windows 2000 Server.
    #[serde(rename = "windows-2000")]
    Windows2000,
    /// Windows XP Professional.
    WindowsXpProfessional,
    /// None of the bulletin's.
    Other,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::WindowsNt4, Self::Windows2000, Self::WindowsXpProfessional, Self::Other];

    /// Its name in a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::WindowsNt4 => "Windows NT Server 4.0",
            Self::Windows2000 => "Windows 2000",
            Self::WindowsXpProfessional => "Windows XP Professional",
            Self::Other => "another system",
        }
    }

    /// Its name in YAML.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WindowsNt4 => "windows-nt4",
            Self::Windows2000 => "windows-2000",
            Self::WindowsXpProfessional => "windows-xp-professional",
            Self::Other => "other",
        }
    }
}

/// A mail product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ProductId(pub String);

/// A patch by its article: `Q313450`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PatchId(pub String);

/// Whether a service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceState {
    /// It runs.
    Running,
    /// It is installed and stopped.
    Stopped,
    /// It is not installed.
    NotInstalled,
}

/// What a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostIdentity {
    /// Its name, as its services say it: `mail.inside.example`.
    pub name: String,
    /// Its operating system.
    pub system: System,
    /// Whether the NT 4.0 Option Pack was applied; only asked of NT 4.0.
    pub option_pack: bool,
    /// Patches of the operating system.
    pub patches: Vec<PatchId>,
    /// Whether the Guest account is enabled.
    pub guest_enabled: bool,
}

/// What is installed behind one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerIdentity {
    /// The product.
    pub product: ProductId,
    /// Its service's state.
    pub service: ServiceState,
    /// Patches of the product.
    pub patches: Vec<PatchId>,
    /// Whether there is a certificate for STARTTLS.
    pub certificate: bool,
    /// Whether TLS is asked for before mail.
    pub tls_required: bool,
    /// Whether passwords are taken under TLS alone.
    pub passwords_need_tls: bool,
    /// Its settings, as its administrator sees them.
    pub settings: Settings,
}
