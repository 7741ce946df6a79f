//! The order in which deployments are shown: `scenarios/order.yaml`.

use crate::diagnostic::Diagnostic;
use crate::reference::yaml::Source;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OrderFile {
    deployments: Vec<String>,
}

/// The ids in order.
pub(super) fn read(source: &Source) -> Result<Vec<String>, Vec<Diagnostic>> {
    source.read_all::<OrderFile>().map(|file| file.deployments)
}

/// Where a deployment stands: behind all that are listed, by name, where it is not.
pub(super) fn place(ids: &[String], id: &str) -> (usize, String) {
    (ids.iter().position(|listed| listed == id).unwrap_or(usize::MAX), id.to_owned())
}
