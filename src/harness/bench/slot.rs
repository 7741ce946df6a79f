//! A target's place on the bench: made ready when first needed, gathered once, one connection at a time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use tokio::sync::{Mutex, OnceCell};

use super::beside::{Companion, Seen};
use super::errand::{self, Errand};
use super::gather::{self, Gathered, Told};
use super::target::{Carrier, Ready, SETTLING};
use super::{BenchOptions, EventSink};
use crate::diagnostic::Diagnostic;
use crate::harness::TargetFile;
use crate::harness::clock::Clock;
use crate::harness::message::message;
use crate::harness::target::prepare;
use crate::judge::{
    Attempt, Awaited, CaseId, Comparison, Declaration, Destination, Door, Evidence, NoAnswer, Nonce, Role, RunEvent,
    Service, Sighting, TargetKind,
};
use crate::reference::model::{Mail, Output};

/// A target's place.
#[derive(Debug)]
pub(super) struct Slot {
    kind: TargetKind,
    declaration: Declaration,
    origin: Origin,
    ready: OnceCell<Arc<Ready>>,
    gathered: Mutex<Gathered>,
    expected: StdMutex<BTreeSet<Role>>,
    /// The cases that ask about each role's mail.
    cases: StdMutex<Vec<(Role, CaseId)>>,
}

/// Where a target comes from.
#[derive(Debug)]
enum Origin {
    Model,
    External {
        name: String,
        file: Box<TargetFile>,
        send_data_without_witness: bool,
        clock: Clock,
        beside: Option<Arc<Companion>>,
    },
}

impl Slot {
    /// One that is ready already.
    pub(super) fn ready(kind: TargetKind, ready: Ready) -> Self {
        let declaration = ready.profile.declaration.clone();
        Self::new(kind, declaration, Origin::Model, OnceCell::new_with(Some(Arc::new(ready))))
    }

    /// One that a file describes.
    pub(super) fn external(name: String, file: TargetFile, options: &BenchOptions, clock: Clock) -> Self {
        let (address, title) = (file.address().to_owned(), file.name().map(str::to_owned));
        let kind = TargetKind::External { address, title, tls: file.tls() };
        let declaration = file.declaration();
        let file = Box::new(file);
        let (send_data_without_witness, beside) = (options.send_data_without_witness, options.beside.clone());
        let origin = Origin::External { name, file, send_data_without_witness, clock, beside };
        Self::new(kind, declaration, origin, OnceCell::new())
    }

    fn new(kind: TargetKind, declaration: Declaration, origin: Origin, ready: OnceCell<Arc<Ready>>) -> Self {
        let (gathered, expected, cases) = (Mutex::default(), StdMutex::default(), StdMutex::default());
        Self { kind, declaration, origin, ready, gathered, expected, cases }
    }

    /// A host that was named by a name shows its address too, once it is known.
    pub(super) fn kind(&self) -> TargetKind {
        match (&self.kind, self.ready.get().map(|ready| &ready.carrier)) {
            (TargetKind::External { address: named, title, tls }, Some(Carrier::Socket { address, .. }))
                if *named != address.to_string() =>
            {
                TargetKind::External { address: format!("{named} ({})", address.ip()), title: title.clone(), tls: *tls }
            }
            (kind, _) => kind.clone(),
        }
    }

    pub(super) fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    pub(super) fn disruption_is_allowed(&self) -> bool {
        match &self.origin {
            Origin::Model => true,
            Origin::External { file, .. } => file.disruption_is_allowed(),
        }
    }

    pub(super) fn sees_inside(&self) -> bool {
        match &self.origin {
            Origin::Model => true,
            Origin::External { file, .. } => file.sees_inside(),
        }
    }

    pub(super) fn expect_roles(&self, roles: &[Role]) {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner).extend(roles);
    }

    pub(super) fn expect_cases(&self, cases: &[(Role, CaseId)]) {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(cases);
    }

    pub(super) fn compare_dialogue(&self, case: &CaseId, seen: Seen) -> Option<Comparison> {
        Some(self.ready.get()?.beside()?.compare_dialogue(seen, case))
    }

    pub(super) async fn get_ready(&self) -> Result<Arc<Ready>, Vec<Diagnostic>> {
        let make = || async {
            match &self.origin {
                Origin::Model => Err(vec![Diagnostic::error("the deployment was not made ready")]),
                Origin::External { name, file, send_data_without_witness, clock, beside } => {
                    let ready = prepare(name.clone(), file, *send_data_without_witness, clock.clone()).await?;
                    Ok(Arc::new(ready.held_beside(beside.as_deref())))
                }
            }
        };
        self.ready.get_or_try_init(make).await.cloned()
    }

    pub(super) async fn evidence(&self, roles: &[Role], options: &BenchOptions, events: &EventSink) -> Evidence {
        let mut roles: BTreeSet<Role> = roles.iter().copied().collect();
        roles.extend(self.expected_by_now());
        let attempts = self.gather(&roles, options, events).await;
        Evidence { declaration: self.declaration.clone(), attempts }
    }

    pub(super) async fn before_sign_in(&self, role: Role, options: &BenchOptions, events: &EventSink) {
        let roles = self.expected_by_now();
        if matches!(self.origin, Origin::External { .. }) && roles.contains(&role) {
            self.gather(&roles, options, events).await;
        }
    }

    /// Who can be gathered at any question. A wrong password has to be asked about: the account that it is tried on may be
    /// locked from then on.
    fn expected_by_now(&self) -> BTreeSet<Role> {
        let mut roles = self.expected.lock().unwrap_or_else(PoisonError::into_inner).clone();
        roles.remove(&Role::WrongPassword);
        roles
    }

    async fn gather(&self, roles: &BTreeSet<Role>, options: &BenchOptions, events: &EventSink) -> Vec<Attempt> {
        let mut gathered = self.gathered.lock().await;
        match self.get_ready().await {
            Ok(ready) => {
                let announce = |told: Told<'_>| self.announce(&ready, told, events);
                gather::gather(&mut gathered, &ready, roles, options, &announce).await;
                gather::look_again(&mut gathered, &ready, &announce);
            }
            Err(wrong) => gather::give_up(&mut gathered, roles, &not_ready(&wrong)),
        }
        gathered.attempts().to_vec()
    }

    pub(super) async fn attempt(&self, errand: &Errand, options: &BenchOptions, events: &EventSink) -> Option<Attempt> {
        let mut gathered = self.gathered.lock().await;
        let ready = match self.get_ready().await {
            Ok(ready) => ready,
            Err(wrong) => return Some(gather::unanswered(errand.role, errand.destination, &not_ready(&wrong))),
        };
        let is_named = ready.profile.recipient(errand.destination).is_some();
        if !is_named || !ready.profile.roles.contains_key(&errand.role) {
            return None;
        }
        let announce = |told: Told<'_>| self.announce(&ready, told, events);
        gather::look_again(&mut gathered, &ready, &announce);
        Some(gather::once(&mut gathered, &ready, errand, options, &announce).await)
    }

    pub(super) async fn look_again(&self, events: &EventSink) -> Vec<Attempt> {
        let Some(ready) = self.ready.get() else { return Vec::new() };
        let mut gathered = self.gathered.lock().await;
        gather::look_again(&mut gathered, ready, &|told: Told<'_>| self.announce(ready, told, events));
        gathered.attempts().to_vec()
    }

    pub(super) async fn errand(&self, errand: &Errand, options: &BenchOptions, events: &EventSink) -> Option<Attempt> {
        let _one_at_a_time = self.gathered.lock().await;
        let ready = match self.get_ready().await {
            Ok(ready) => ready,
            Err(wrong) => return Some(gather::unanswered(errand.role, errand.destination, &not_ready(&wrong))),
        };
        if !ready.profile.roles.contains_key(&errand.role) {
            return None;
        }
        let attempts = errand::run(&ready, errand, options, None).await;
        for attempt in &attempts {
            self.announce(&ready, Told::Attempt(attempt), events);
        }
        attempts.into_iter().next()
    }

    pub(super) async fn submit_by_mapi(&self) -> Option<Vec<Sighting>> {
        let ready = self.get_ready().await.ok()?;
        let host = match &ready.carrier {
            Carrier::Model { host, .. } => host,
            Carrier::Nobody => return Some(Vec::new()),
            Carrier::Socket { .. } => return None,
        };
        let nonce = ready.mark(&mut ready.nonces(&ready.label("mapi")));
        let sender = ready.profile.sender_of(Role::AuthorizedAccount).to_owned();
        let recipients = vec![ready.profile.recipient(Destination::Remote)?.to_owned()];
        let now = ready.clock.unix_time();
        let content = message(Role::MapiClient, &sender, &recipients, &nonce, &ready.profile.client_name, now);
        let forward_paths = recipients.into_iter().map(String::into_bytes).collect();
        let mail = Mail { reverse_path: sender.into_bytes(), forward_paths, content };
        for output in host.model.submit_by_mapi(mail, now) {
            if let Output::Transmit { hop, mail } = output {
                host.outbox.transmit(hop, mail).await;
            }
        }
        Some(self.sightings(&nonce).await)
    }

    pub(super) async fn sightings(&self, nonce: &Nonce) -> Vec<Sighting> {
        let Ok(ready) = self.get_ready().await else { return Vec::new() };
        let Some(witness) = &ready.witness else { return Vec::new() };
        if witness.sighted(nonce, |_| true, ready.wait(ready.profile.limits.witness).lasts).await.is_some() {
            ready.clock.wait(ready.wait(SETTLING).lasts).await;
        }
        witness.sightings(nonce)
    }

    pub(super) async fn contents(&self, nonce: &Nonce, door: Door) -> Vec<Vec<u8>> {
        let Ok(ready) = self.get_ready().await else { return Vec::new() };
        ready.witness.as_ref().map(|witness| witness.contents(nonce, door)).unwrap_or_default()
    }

    fn announce(&self, ready: &Ready, told: Told<'_>, events: &EventSink) {
        let target = ready.name.clone();
        events(match told {
            Told::Attempt(attempt) => {
                events(RunEvent::Attempted { target: target.clone(), attempt: Box::new(attempt.clone()) });
                let cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let compared = ready.beside().and_then(|beside| beside.compare(attempt, &cases));
                let Some(comparison) = compared.map(Box::new) else { return };
                RunEvent::Compared { target, comparison }
            }
            Told::WaitBegan { pending, lasts } => {
                let mail = pending.into_iter().map(|attempt| Awaited { role: attempt.role, order: attempt.order });
                RunEvent::WaitBegan { target, mail: mail.collect(), lasts }
            }
            Told::WaitEnded => RunEvent::WaitEnded { target },
        });
    }
}

/// Why nobody answers at a target that could not be made ready.
pub(super) fn not_ready(wrong: &[Diagnostic]) -> NoAnswer {
    let titles: Vec<&str> = wrong.iter().map(|diagnostic| diagnostic.title.as_str()).collect();
    NoAnswer::NotConnected { reason: titles.join("; ") }
}

/// What is declared of a target that is not there.
pub(super) fn nothing_declared() -> Declaration {
    Declaration {
        service: Service::Mx,
        source: None,
        address: String::new(),
        witness: false,
        no_authorized_account: false,
        refusal_wordings: Vec::new(),
        presence: std::collections::BTreeMap::new(),
        login_refused: BTreeSet::new(),
        passwords_are_ours: false,
        sender_given: BTreeSet::new(),
    }
}
