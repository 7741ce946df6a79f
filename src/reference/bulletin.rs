//! What MS02-011 and MS02-012 say of a host, from its identity alone.

use super::deployment::identity::{HostIdentity, ListenerIdentity, PatchId};

/// A version of a bulletin's text: the truth about a product depends on its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// MS02-011 1.0, 27 February 2002: Windows 2000 and Exchange 5.5.
    #[serde(rename = "ms02-011-1.0")]
    Ms02011V1,
    /// MS02-011 2.0, 13 April 2004: NT 4.0 added, advice for Exchange 5.0.
    #[serde(rename = "ms02-011-2.0")]
    Ms02011V2,
    /// MS02-012.
    #[serde(rename = "ms02-012")]
    Ms02012,
}

/// What an edition says of one listener.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Which text.
    pub edition: Edition,
    /// Whether this listener, as it stands, has the flaw and answers.
    pub affected: bool,
    /// Why, in a sentence of ours.
    pub why: String,
    /// Where the bulletin says so.
    pub citation: String,
}

/// Something to do about it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "action")]
pub enum Action {
    /// Install a patch.
    Install {
        /// Which.
        patch: PatchId,
        /// For which of the bulletins.
        editions: Vec<Edition>,
        /// Why this one.
        why: String,
    },
    /// Change a setting.
    Set {
        /// The setting, in the words of the product's own dialog.
        setting: String,
        /// Why.
        why: String,
    },
}

/// Advice for one listener.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Advice {
    /// The listener's name.
    pub listener: String,
    /// What each edition says.
    pub findings: Vec<Finding>,
    /// What to do, first things first; empty: nothing.
    pub actions: Vec<Action>,
}

/// The rules, read from `scenarios/bulletins/`.
#[derive(Clone, Debug, Default)]
pub struct Bulletins {}

impl Bulletins {
    /// The built-in ones.
    ///
    /// # Errors
    /// When a built-in file is wrong; the tests keep that from being shipped.
    pub fn built_in() -> Result<Self, Vec<crate::diagnostic::Diagnostic>> {
        todo!()
    }

    /// Advice for each listener of a host, by the editions in force on the given date (`2002-03-01`; `None`: today's).
    pub fn advise(
        &self,
        host: &HostIdentity,
        listeners: &[(String, &ListenerIdentity)],
        on: Option<&str>,
    ) -> Vec<Advice> {
        let _ = (host, listeners, on);
        todo!()
    }
}
