//! A bulletin file: one version of a bulletin's text as rules.

use serde::Deserialize;

use super::{Edition, check_date};
use crate::diagnostic::Diagnostic;
use crate::reference::yaml::{Placed, Source};

/// One version of a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct BulletinFile {
    pub(super) edition: Edition,
    pub(super) title: String,
    /// Of texts with the same bulletin the later takes the earlier's place.
    pub(super) bulletin: String,
    /// `2002-02-27`.
    pub(super) in_force_from: Placed<String>,
    /// Where the text is to be found; read by people.
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    pub(super) services: Vec<Service>,
    /// For a product that `services` does not have.
    pub(super) not_named: Reason,
}

/// What the text says of one product's service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Service {
    pub(super) product: Placed<String>,
    pub(super) says: Says,
    pub(super) why: String,
    pub(super) citation: String,
    /// For a service that has the flaw and does not run.
    pub(super) not_running: Option<Reason>,
    pub(super) patch: Option<Patch>,
    #[serde(default)]
    pub(super) settings: Vec<SettingRule>,
}

/// Whether the service has the flaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Says {
    /// It has, unless patched.
    HasIt,
    /// It has not.
    LacksIt,
}

/// A sentence of ours, and where the text says so.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Reason {
    pub(super) why: String,
    pub(super) citation: String,
}

/// The patch that mends it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Patch {
    pub(super) id: String,
    pub(super) of: PatchOf,
    pub(super) why: String,
    pub(super) citation: String,
}

/// Where a patch is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PatchOf {
    /// On the system.
    Host,
    /// In the product.
    Listener,
}

/// A setting that the text advises.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SettingRule {
    pub(super) when: Condition,
    pub(super) setting: String,
    pub(super) why: String,
    /// What is added to the finding where the setting is as advised already; may be empty.
    pub(super) otherwise: String,
}

/// A condition on a listener's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Condition {
    /// Rerouting is on, and nothing restricts it to some.
    AnyoneMayReroute,
}

pub(super) fn read(source: &Source) -> Result<BulletinFile, Vec<Diagnostic>> {
    let file: BulletinFile = source.read_all()?;
    let mut wrong = Vec::new();
    if let Err(why) = check_date(&file.in_force_from.value) {
        let error = source.error_at(&file.in_force_from, format!("`{}` is no date", file.in_force_from.value));
        wrong.push(error.remedy(why.to_string()));
    }
    for (index, Service { product, .. }) in file.services.iter().enumerate() {
        if file.services.iter().take(index).any(|earlier| earlier.product == *product) {
            let error = source.error_at(product, format!("`{}` stands here a second time", product.value));
            wrong.push(error.remedy("keep one of the two"));
        }
    }
    if wrong.is_empty() { Ok(file) } else { Err(wrong) }
}
