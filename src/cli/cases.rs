//! The cases a command is about: the built-in ones or a user's own, and a selection of them.

use std::path::PathBuf;

use super::exit::Failure;
use super::files;
use crate::feature::{self, FeatureText, Suite};
use crate::reference::deployment::catalogue::Catalogue;

/// The cases of these files and folders; without any, the built-in ones.
pub(super) fn suite(paths: &[PathBuf], catalogue: &Catalogue) -> Result<Suite, Failure> {
    let texts = if paths.is_empty() { feature::built_in() } else { texts(paths)? };
    Suite::load(texts, catalogue).map_err(Failure::Input)
}

/// The texts of feature files.
pub(super) fn texts(paths: &[PathBuf]) -> Result<Vec<FeatureText>, Failure> {
    let read = |named: files::Named| Ok(FeatureText::new(named.name, &files::text(&named.path)?));
    files::under(paths, &["feature"])?.into_iter().map(read).collect()
}
