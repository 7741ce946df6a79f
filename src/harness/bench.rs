//! Where targets are put to be judged: gathers each role's evidence once a run, and every case reads it.

use std::sync::Arc;

use super::{Conversation, TargetFile, TargetName};
use crate::judge::{Attempt, Declaration, Destination, Evidence, NoAnswer, Role, RunEvent, Sighting};
use crate::reference::deployment::Deployment;
use crate::reference::model::Components;

/// Where run events go.
pub type EventSink = Arc<dyn Fn(RunEvent) + Send + Sync>;

/// What a bench may be told.
#[derive(Clone, Default)]
pub struct BenchOptions {
    /// A change to the model's components, for tests that put a wrong one in its place.
    pub change_components: Option<Arc<dyn Fn(Components) -> Components + Send + Sync>>,
    /// Send message data to an external target that has no witness.
    pub send_data_without_witness: bool,
}

impl std::fmt::Debug for BenchOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BenchOptions").finish_non_exhaustive()
    }
}

/// The bench.
#[derive(Debug)]
pub struct Bench {}

impl Bench {
    /// An empty one.
    pub fn new(options: BenchOptions, events: EventSink) -> Self {
        let _ = (options, events);
        todo!()
    }

    /// Puts a deployment's listeners on it: one target each, named after the deployment, with `:listener` behind it where
    /// there are several. A deployment without a listener gives one target that nothing answers at.
    pub fn add_deployment(&self, deployment: &Deployment) -> Vec<TargetName> {
        let _ = deployment;
        todo!()
    }

    /// Puts an external server on it.
    pub fn add_external(&self, name: TargetName, file: TargetFile) {
        let _ = (name, file);
        todo!()
    }

    /// Whether the target is the model.
    pub fn is_model(&self, target: &TargetName) -> bool {
        let _ = target;
        todo!()
    }

    /// What verdicts may know of the target.
    pub fn declaration(&self, target: &TargetName) -> Option<Declaration> {
        let _ = target;
        todo!()
    }

    /// The role's attempts and the controls they need, gathered now if they were not yet; each announced as an event.
    pub async fn evidence(&self, target: &TargetName, roles: &[Role]) -> Evidence {
        let _ = (target, roles);
        todo!()
    }

    /// One role's mail to one destination.
    pub async fn attempt(&self, target: &TargetName, role: Role, destination: Destination) -> Option<Attempt> {
        let _ = (target, role, destination);
        todo!()
    }

    /// A connection on which a case says its own lines.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn converse(&self, target: &TargetName) -> Result<Conversation, NoAnswer> {
        let _ = target;
        todo!()
    }

    /// A message by MAPI from the model's authorized account to the remote recipient, and what the witness saw of it.
    /// `None` for a target that is not the model.
    pub async fn submit_by_mapi(&self, target: &TargetName) -> Option<Vec<Sighting>> {
        let _ = target;
        todo!()
    }

    /// What the witness saw of the message with this nonce, once the target has had the time to send it.
    pub async fn sightings(&self, target: &TargetName, nonce: &crate::judge::Nonce) -> Vec<Sighting> {
        let _ = (target, nonce);
        todo!()
    }
}
