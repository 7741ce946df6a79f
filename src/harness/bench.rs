//! Where targets are put to be judged: gathers each role's evidence once a run, and every case reads it.

mod arrival;
mod authentication;
pub(crate) mod beside;
pub(crate) mod connections;
mod errand;
mod gather;
mod model_target;
pub(crate) mod profile;
mod slot;
mod standpoint;
pub(crate) mod target;
pub(crate) mod visit;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use beside::Companion;
use beside::Seen;
pub use errand::Errand;
use slot::Slot;

use super::client::{Client, ReplyReader};
use super::clock::Clock;
use super::{Conversation, TargetFile, TargetName};
use crate::diagnostic::Diagnostic;
use crate::judge::{
    Attempt, CaseId, Declaration, Destination, Door, Evidence, NoAnswer, Nonce, Role, RunEvent, Sighting, TargetKind,
};
use crate::protocol::wire::ReplyDecoder;
use crate::reference::deployment::Deployment;
use crate::reference::deployment::behaviours::Behaviours;
use crate::reference::model::Components;

/// Where run events go.
pub type EventSink = Arc<dyn Fn(RunEvent) + Send + Sync>;

/// What a bench may be told.
#[derive(Clone, Default)]
pub struct BenchOptions {
    /// A change to the model's components, for tests that put a wrong one in its place.
    pub change_components: Option<Arc<dyn Fn(Components) -> Components + Send + Sync>>,
    /// What answers where a deployment has no listener or has it stopped, for tests of what is said of such a one.
    pub in_place_of_nobody: Option<Arc<Behaviours>>,
    /// Send message data to an external target that has no witness.
    pub send_data_without_witness: bool,
    /// A listener that all targets are held beside.
    pub beside: Option<Arc<Companion>>,
    /// A reader of replies in the place of [`ReplyDecoder`], for tests that put a wrong one there.
    pub reply_reader: Option<Arc<dyn Fn() -> Box<dyn ReplyReader> + Send + Sync>>,
}

impl BenchOptions {
    fn client(&self) -> Client {
        let reader: Box<dyn ReplyReader> = match &self.reply_reader {
            Some(make) => make(),
            None => Box::new(ReplyDecoder::new()),
        };
        Client::new(reader)
    }
}

impl std::fmt::Debug for BenchOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BenchOptions")
            .field("send_data_without_witness", &self.send_data_without_witness)
            .finish_non_exhaustive()
    }
}

/// The bench. A name that is not on it has no evidence, and nobody answers there.
pub struct Bench {
    options: BenchOptions,
    events: EventSink,
    /// The run's, for external targets; a deployment has a virtual one of its own.
    clock: Clock,
    slots: Mutex<BTreeMap<TargetName, Arc<Slot>>>,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Bench {
    /// An empty one. The run's time begins.
    pub fn new(options: BenchOptions, events: EventSink) -> Self {
        Self { options, events, clock: Clock::system(), slots: Mutex::default() }
    }

    /// Puts a deployment's listeners on it: one target each, named after the deployment, with `:listener` behind it where
    /// there are several. A deployment without a listener gives one target that nothing answers at.
    pub fn add_deployment(&self, deployment: &Deployment) -> Vec<TargetName> {
        let mut listeners = Vec::new();
        for listener in &deployment.listeners {
            let (name, title) = match deployment.listeners.len() {
                1 => (deployment.id.clone(), deployment.title.clone()),
                _ => {
                    (format!("{}:{}", deployment.id, listener.name), format!("{}, {}", deployment.title, listener.name))
                }
            };
            listeners.push((name, title, listener.behaviours.as_ref()));
        }
        if listeners.is_empty() {
            listeners.push((deployment.id.clone(), deployment.title.clone(), None));
        }
        let put = |(name, title, behaviours): (String, String, Option<_>)| {
            let ready = model_target::make(&name, &deployment.host.name, behaviours, &self.options);
            let name = TargetName(name);
            self.put(name.clone(), Slot::ready(TargetKind::Model { title }, ready));
            name
        };
        listeners.into_iter().map(put).collect()
    }

    /// Puts an external server on it. Nothing is sent before [`Bench::prepare`] or the first question about it.
    pub fn add_external(&self, name: TargetName, file: TargetFile) {
        let slot = Slot::external(name.0.clone(), file, &self.options, self.clock.clone());
        self.put(name, slot);
    }

    /// Makes all targets ready: reads secrets from where their files say they are, resolves addresses, opens the doors of
    /// witnesses. Without it that is done at the first question about a target, whose evidence then holds what is wrong.
    ///
    /// # Errors
    /// A secret that is not there, a name that does not resolve or resolves to an address that is not allowed, a port of the
    /// witness that is in use.
    pub async fn prepare(&self) -> Result<(), Vec<Diagnostic>> {
        let slots: Vec<_> = self.slots.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let mut wrong = Vec::new();
        for slot in slots {
            wrong.extend(slot.get_ready().await.err().into_iter().flatten());
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Whether the target is the model.
    pub fn is_model(&self, target: &TargetName) -> bool {
        self.slot(target).is_some_and(|slot| matches!(slot.kind(), TargetKind::Model { .. }))
    }

    /// What the target is, for events.
    pub fn kind(&self, target: &TargetName) -> Option<TargetKind> {
        self.slot(target).map(|slot| slot.kind())
    }

    /// What verdicts may know of the target.
    pub fn declaration(&self, target: &TargetName) -> Option<Declaration> {
        self.slot(target).map(|slot| slot.declaration().clone())
    }

    /// Whether what may stop a server that has a defect may be sent to it: always to the model, else where the file says
    /// `disruptive: allowed`.
    pub fn disruption_is_allowed(&self, target: &TargetName) -> bool {
        self.slot(target).is_some_and(|slot| slot.disruption_is_allowed())
    }

    /// Whether a witness receives what the target passes to its internal server.
    pub fn sees_inside(&self, target: &TargetName) -> bool {
        self.slot(target).is_some_and(|slot| slot.sees_inside())
    }

    /// Says which roles a target will be asked about, so that all of them are gathered at the first question and in the order
    /// that does the least harm: what is bound to fail at the end.
    pub fn expect_roles(&self, target: &TargetName, roles: &[Role]) {
        if let Some(slot) = self.slot(target) {
            slot.expect_roles(roles);
        }
    }

    /// Says which cases ask about which role's mail, so that a comparison with a model can name what it touches.
    pub fn expect_cases(&self, target: &TargetName, cases: &[(Role, CaseId)]) {
        if let Some(slot) = self.slot(target) {
            slot.expect_cases(cases);
        }
    }

    /// Announces a dialogue that a case led itself, beside the model's side of it.
    pub(crate) fn announce_dialogue(&self, target: &TargetName, case: &CaseId, seen: Seen) {
        if let Some(comparison) = self.slot(target).and_then(|slot| slot.compare_dialogue(case, seen)) {
            (self.events)(RunEvent::Compared { target: target.0.clone(), comparison: Box::new(comparison) });
        }
    }

    /// All attempts so far; the roles' own, with the controls they need, are gathered now if they were not yet. Each new one
    /// is announced as an event, and once more where its mail was seen only later: the witness is asked again each time.
    pub async fn evidence(&self, target: &TargetName, roles: &[Role]) -> Evidence {
        match self.slot(target) {
            Some(slot) => slot.evidence(roles, &self.options, &self.events).await,
            None => Evidence { declaration: slot::nothing_declared(), attempts: Vec::new() },
        }
    }

    /// To be called before a case signs in for a dialogue of its own: gathers the role's evidence now if it is expected
    /// anyway, so that the case knows of a login that fails and need not have it fail again. Wrong passwords stay last. Does
    /// nothing on the model, where logins hurt nobody.
    pub async fn before_sign_in(&self, target: &TargetName, role: Role) {
        if let Some(slot) = self.slot(target) {
            slot.before_sign_in(role, &self.options, &self.events).await;
        }
    }

    /// One role's mail to one destination, gathered once. `None` for a target that is not on the bench, for a role that it
    /// has not, and where no such recipient is named.
    pub async fn attempt(&self, target: &TargetName, role: Role, destination: Destination) -> Option<Attempt> {
        let slot = self.slot(target)?;
        slot.attempt(&Errand::new(role, destination), &self.options, &self.events).await
    }

    /// All that was gathered so far, the witness asked once more for what it had not seen. Sends nothing and waits for
    /// nothing; what has arrived only now is announced. Nothing for a target that was never made ready.
    pub async fn look_again(&self, target: &TargetName) -> Vec<Attempt> {
        match self.slot(target) {
            Some(slot) => slot.look_again(&self.events).await,
            None => Vec::new(),
        }
    }

    /// Mail that differs from the role's own. It is tried each time this is asked, and is no evidence: its attempt is
    /// announced and given back, and no verdict about roles reads it.
    pub async fn attempt_as(&self, target: &TargetName, errand: &Errand) -> Option<Attempt> {
        self.slot(target)?.errand(errand, &self.options, &self.events).await
    }

    /// A connection on which a case says its own lines.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn converse(&self, target: &TargetName) -> Result<Conversation, NoAnswer> {
        let Some(slot) = self.slot(target) else {
            return Err(NoAnswer::NotConnected { reason: format!("{target} is not on the bench") });
        };
        let ready = slot.get_ready().await.map_err(|wrong| slot::not_ready(&wrong))?;
        Conversation::open(ready, self.options.client()).await
    }

    /// The same, with TLS left for the case to begin ([`Conversation::start_tls`]) where the target is to be spoken with under
    /// it and STARTTLS begins it. Until then nothing is sent that the target may not be told in clear.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn converse_in_clear(&self, target: &TargetName) -> Result<Conversation, NoAnswer> {
        let Some(slot) = self.slot(target) else {
            return Err(NoAnswer::NotConnected { reason: format!("{target} is not on the bench") });
        };
        let ready = slot.get_ready().await.map_err(|wrong| slot::not_ready(&wrong))?;
        Conversation::open_in_clear(ready, self.options.client()).await
    }

    /// A message by MAPI from the model's authorized account to the remote recipient, and what the witness saw of it.
    /// `None` for a target that is not the model.
    pub async fn submit_by_mapi(&self, target: &TargetName) -> Option<Vec<Sighting>> {
        self.slot(target)?.submit_by_mapi().await
    }

    /// What the witness saw of the message with this nonce, once the target has had the time to send it.
    pub async fn sightings(&self, target: &TargetName, nonce: &Nonce) -> Vec<Sighting> {
        match self.slot(target) {
            Some(slot) => slot.sightings(nonce).await,
            None => Vec::new(),
        }
    }

    /// What arrived at a door of the witness of the message with this nonce, octet for octet.
    pub async fn contents(&self, target: &TargetName, nonce: &Nonce, door: Door) -> Vec<Vec<u8>> {
        match self.slot(target) {
            Some(slot) => slot.contents(nonce, door).await,
            None => Vec::new(),
        }
    }

    fn put(&self, name: TargetName, slot: Slot) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(slot));
    }

    fn slot(&self, target: &TargetName) -> Option<Arc<Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).get(target).cloned()
    }
}

#[cfg(test)]
mod tests;
