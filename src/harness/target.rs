//! What is judged: the target file, its roles, its limits, its allow list.

use super::bench::target::Ready;
use super::clock::Clock;
use crate::diagnostic::Diagnostic;
use crate::judge::Declaration;

/// A target's name in a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName(pub String);

impl std::fmt::Display for TargetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A target file, read and checked. Secrets are still where the file says they are.
#[derive(Clone, Debug)]
pub struct TargetFile {}

impl TargetFile {
    /// Reads one; `name` is its path, for errors.
    ///
    /// # Errors
    /// With file, line, column and remedy.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let _ = (name, text);
        todo!()
    }

    /// A commented file for a new target.
    pub const TEMPLATE: &'static str = "";

    pub(crate) fn address(&self) -> &str {
        todo!()
    }
    pub(crate) fn declaration(&self) -> Declaration {
        todo!()
    }
    pub(crate) fn disruption_is_allowed(&self) -> bool {
        todo!()
    }
}

pub(crate) async fn prepare(
    name: String,
    file: &TargetFile,
    send_data_without_witness: bool,
    clock: Clock,
) -> Result<Ready, Vec<Diagnostic>> {
    let _ = (name, file, send_data_without_witness, clock);
    todo!()
}
