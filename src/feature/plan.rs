//! What a run is given, and what it is asked for.

use std::sync::Arc;

use super::case::DeploymentName;
use crate::harness::{Bench, EventSink, TargetName};
use crate::judge::Rules;
use crate::reference::bulletin::{Advice, Bulletins};
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::deployment::identity::{HostIdentity, ListenerIdentity};

/// Who advises: a seam, so that wrong advice can be put in its place and be seen to fail.
pub trait Advisor: Send + Sync {
    /// Advice for each listener of a host, by the texts in force on a day (`2002-03-01`; `None`: today's).
    fn advise(&self, host: &HostIdentity, listeners: &[(String, &ListenerIdentity)], on: Option<&str>) -> Vec<Advice>;
}

impl Advisor for Bulletins {
    fn advise(&self, host: &HostIdentity, listeners: &[(String, &ListenerIdentity)], on: Option<&str>) -> Vec<Advice> {
        Self::advise(self, host, listeners, on)
    }
}

/// A machine that stands for a deployment (`--on lab.yaml --as windows-2000`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The machine.
    pub target: TargetName,
    /// What it stands for.
    pub deployment: DeploymentName,
}

/// Which cases run, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The requirements, once on each of these targets.
    Requirements(Vec<TargetName>),
    /// The record: each case on the deployments it names, in the model, or only those about the deployment that a
    /// machine stands for, on that machine.
    Record {
        /// The machine, if there is one.
        stands_in: Option<StandIn>,
    },
}

/// A run.
#[derive(Clone)]
pub struct Plan {
    /// Where the targets stand. Those of [`Scope::Requirements`] and of a stand-in are on it; the record's own
    /// deployments are put there by the run if they are not.
    pub bench: Arc<Bench>,
    /// The deployments that cases name.
    pub catalogue: Arc<Catalogue>,
    /// Who advises.
    pub advisor: Arc<dyn Advisor>,
    /// How evidence becomes a verdict.
    pub rules: Arc<dyn Rules>,
    /// Where events go: the bench's own sink.
    pub events: EventSink,
    /// Which cases run.
    pub scope: Scope,
    /// Whether what they come to decides the exit code.
    pub decides: bool,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("scope", &self.scope).field("decides", &self.decides).finish_non_exhaustive()
    }
}
