//! Deployments by name or by file.

use std::path::Path;

use super::exit::Failure;
use super::files;
use crate::diagnostic::Diagnostic;
use crate::reference::deployment::Deployment;
use crate::reference::deployment::catalogue::Catalogue;

/// The built-in products and deployments.
pub(super) fn catalogue() -> Result<Catalogue, Failure> {
    Catalogue::built_in().map_err(Failure::Input)
}

/// Whether an argument names a file and not a built-in deployment.
pub(super) fn is_file(argument: &str) -> bool {
    let ending = Path::new(argument).extension().and_then(std::ffi::OsStr::to_str);
    matches!(ending, Some("yaml" | "yml")) || argument.contains(std::path::MAIN_SEPARATOR)
}

/// Whether a YAML text is meant as a target file and not as a deployment: only a target has an address.
pub(super) fn is_target_file(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("address:") || line.starts_with("service:") || line.starts_with("roles:"))
}

/// The deployment that an argument names.
pub(super) fn deployment(catalogue: &Catalogue, argument: &str) -> Result<Deployment, Failure> {
    if is_file(argument) {
        let text = files::text(Path::new(argument))?;
        return catalogue.read_deployment(argument, &text).map_err(Failure::Input);
    }
    catalogue.get(argument).cloned().ok_or_else(|| unknown(catalogue, argument))
}

/// There is no such deployment; the nearest is named.
pub(super) fn unknown(catalogue: &Catalogue, argument: &str) -> Failure {
    let ids = catalogue.deployments.iter().map(|deployment| deployment.id.as_str());
    Failure::Input(vec![
        Diagnostic::error(format!("there is no deployment `{argument}`"))
            .note("a file is named by its path, with `.yaml` at the end")
            .remedy("`smtpspec list deployments` prints them all")
            .did_you_mean(argument, ids),
    ])
}
