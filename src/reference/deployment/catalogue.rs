//! Products and deployments read from YAML: the built-in ones and a user's own.

use super::Deployment;
use crate::diagnostic::Diagnostic;

/// All deployments known to a run, in the order of the bulletin.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The deployments.
    pub deployments: Vec<Deployment>,
}

impl Catalogue {
    /// The built-in ones, compiled in from `scenarios/`.
    ///
    /// # Errors
    /// When a built-in file is wrong; the tests keep that from being shipped.
    pub fn built_in() -> Result<Self, Vec<Diagnostic>> {
        todo!()
    }

    /// The deployment of that id.
    pub fn get(&self, id: &str) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.id == id)
    }

    /// Reads a user's deployment file against the products known, its text given by the caller.
    ///
    /// # Errors
    /// With file, line, column, the offending line and a remedy.
    pub fn read_deployment(&self, name: &str, text: &str) -> Result<Deployment, Vec<Diagnostic>> {
        let _ = (name, text);
        todo!()
    }
}
