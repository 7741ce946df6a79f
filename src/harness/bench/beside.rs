//! A model beside a target: made for its names and roles, told what the target is told, and asked what it came to.

mod outcome;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::model_target::{CLIENT_ADDRESS, HOST_ADDRESS};
use super::profile::Profile;
use super::target::{Carrier, Ready};
use crate::harness::clock::Clock;
use crate::harness::limits::TimeLimits;
use crate::harness::server::{ModelHost, NextHop, Outbox};
use crate::harness::shadow::Shadow;
use crate::harness::witness::Witness;
use crate::judge::{
    Answers, Attempt, BothAnswers, CaseId, Compared, Comparison, Destination, Nonce, Role, Substitution, weigh,
};
use crate::protocol::sasl::{AccountSecret, Credentials};
use crate::protocol::transcript::{Content, Entry, Normaliser, Parting, Rule, Transcript, Turn, partings, turns};
use crate::reference::deployment::behaviours::Behaviours;
use crate::reference::model::{Account, Directory, Model};

/// Rules that find what differs by its form, with what they leave in its place.
const BY_FORM: [(Rule, &str); 3] =
    [(Rule::Date, "{date}"), (Rule::QueueId, "{queue-id}"), (Rule::Challenge, "{challenge}")];

const HOST: &str = "{host}";
const CLIENT: &str = "{client-address}";

/// A built-in listener that targets are held beside.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Its title in reports.
    pub title: String,
    /// The host's own name, for a target that never says its own.
    pub host: String,
    /// What it does.
    pub behaviours: Behaviours,
}

impl Companion {
    /// A listener that answers.
    pub fn new(title: impl Into<String>, host: impl Into<String>, behaviours: Behaviours) -> Self {
        Self { title: title.into(), host: host.into(), behaviours }
    }
}

/// The companion as it stands beside one target.
#[derive(Debug)]
pub(crate) struct Beside {
    title: String,
    host: ModelHost,
    peer: IpAddr,
    local: IpAddr,
    /// The address that the target sees the client come from, where it is known.
    client: Option<IpAddr>,
    /// What the model is as a target of its own: its witness and its clock, the target's profile.
    ready: Box<Ready>,
    seen: Mutex<BTreeMap<Nonce, Seen>>,
}

/// What was heard on one connection of both.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    turns: Vec<Turn>,
    partings: Vec<Parting>,
    substitutions: Vec<Substitution>,
    /// What the model came to, where it is a role's mail.
    model: Option<Answers>,
}

impl Beside {
    /// A companion for this target: with its accounts and their rights, its local domains, on a clock and with a witness
    /// of its own.
    pub(super) fn new(companion: &Companion, target: &Ready) -> Self {
        let clock = Clock::new_virtual();
        let witness = Witness::new(clock.clone());
        let outbox = Outbox {
            outside: NextHop::Witness(witness.clone()),
            inside: NextHop::Witness(witness.clone()),
            host: companion.host.clone(),
            clock: clock.clone(),
        };
        let behaviours = Arc::new(at_home(&companion.behaviours, &target.profile));
        let model = Model::new(behaviours, Arc::new(directory(&target.profile)), companion.host.clone());
        let host = ModelHost::new(Arc::new(model), outbox);
        let (peer, local, client) = match &target.carrier {
            Carrier::Model { peer, local, .. } => (*peer, *local, Some(*peer)),
            Carrier::Socket { source, .. } => (CLIENT_ADDRESS, HOST_ADDRESS, *source),
            Carrier::Nobody => (CLIENT_ADDRESS, HOST_ADDRESS, None),
        };
        let profile =
            Profile { limits: TimeLimits::default(), failed_logins: None, inside_door: true, ..target.profile.clone() };
        let name = format!("{}/beside", target.name);
        let carrier = Carrier::Model { host: host.clone(), peer, local };
        // Without a witness of the target's there is nothing to hold the model's against.
        let asked = target.witness.is_some().then_some(witness);
        let ready = Box::new(Ready::new(name, profile, carrier, clock, asked, Vec::new()));
        Self { title: companion.title.clone(), host, peer, local, client, ready, seen: Mutex::default() }
    }

    /// The model for one connection.
    pub(super) fn shadow(&self, peer: Option<IpAddr>, local: Option<IpAddr>, label: &str) -> Shadow {
        let (peer, local) = (peer.unwrap_or(self.peer), local.unwrap_or(self.local));
        Shadow::new(self.host.clone(), peer, local, format!("{label}/server"))
    }

    /// Says that a message with this mark will be sent.
    pub(super) fn expect_mark(&self, nonce: &Nonce) {
        if let Some(witness) = &self.ready.witness {
            witness.expect_mark(nonce);
        }
    }

    /// What was heard of both on a connection.
    pub(crate) fn hold(&self, target: &Transcript, shadow: &Shadow) -> Seen {
        let turns = turns(target, shadow.transcript());
        let name = shadow.name().unwrap_or(&self.host.model.host);
        let [of_target, of_model] = [(name, self.client), (name, Some(self.peer))].map(normaliser);
        let partings = partings(&turns, &of_target, &of_model);
        let sides = [(target, &of_target), (shadow.transcript(), &of_model)];
        let normalised = sides.map(|(transcript, normaliser)| normaliser.apply(transcript));
        let stands_in = |placeholder: &str| normalised.iter().any(|side| holds(side, placeholder));
        let mut substitutions = Vec::new();
        let named = [
            (HOST, name.to_owned(), name.to_owned()),
            (CLIENT, self.client.map_or_else(String::new, |client| client.to_string()), self.peer.to_string()),
        ];
        for (placeholder, target, model) in named {
            if stands_in(placeholder) {
                substitutions.push(Substitution { placeholder: placeholder.to_owned(), target, model });
            }
        }
        for (_, placeholder) in BY_FORM {
            if stands_in(placeholder) {
                let placeholder = placeholder.to_owned();
                substitutions.push(Substitution { placeholder, target: String::new(), model: String::new() });
            }
        }
        Seen { turns, partings, substitutions, model: None }
    }

    /// Keeps what was heard on a connection, and what the model came to in each of its attempts.
    pub(super) async fn keep(&self, seen: Seen, attempts: impl Iterator<Item = &Attempt>) {
        for attempt in attempts {
            let model = outcome::of(&self.ready, &seen.turns, attempt).await;
            let seen = Seen { model: Some(model), ..seen.clone() };
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(attempt.nonce.clone(), seen);
        }
    }

    /// An attempt beside the model's; `None` where no connection was made for it.
    pub(super) fn compare(&self, attempt: &Attempt, about: &[(Role, CaseId)]) -> Option<Comparison> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&attempt.nonce).cloned()?;
        let of = Compared::Attempt {
            order: attempt.order,
            role: attempt.role,
            sender_of: attempt.sender_of,
            destination: attempt.destination,
        };
        let target = Answers { authentication: attempt.authentication.clone(), fate: attempt.fate.clone() };
        // Mail to the local recipient is asked about by the gateway's case, whose role is the anonymous client.
        let is_about = |case: &CaseId| case.0.contains("relay/") == (attempt.destination == Destination::Remote);
        let touched = about.iter().filter(|(role, case)| *role == attempt.sender_of && is_about(case));
        let touches = touched.map(|(_, case)| case.clone()).collect();
        Some(self.comparison(of, seen, Some(target), touches))
    }

    /// A dialogue of a case beside the model's.
    pub(super) fn compare_dialogue(&self, seen: Seen, case: &CaseId) -> Comparison {
        self.comparison(Compared::Dialogue { case: case.clone() }, seen, None, vec![case.clone()])
    }

    fn comparison(&self, of: Compared, seen: Seen, target: Option<Answers>, about: Vec<CaseId>) -> Comparison {
        let Seen { turns, partings, substitutions, model } = seen;
        let answers = target.zip(model).map(|(target, model)| BothAnswers { target, model });
        let weight = weigh(&partings, answers.as_ref());
        let is_told = partings.iter().any(|parting| parting.parts_in.is_told()) || weight.matters();
        let touches = if is_told { about } else { Vec::new() };
        Comparison { of, beside: self.title.clone(), turns, partings, substitutions, answers, touches, weight }
    }
}

/// The behaviours where the target's domains are the model's own. Where TLS is begun the model is told in clear, and takes
/// that for TLS.
fn at_home(behaviours: &Behaviours, profile: &Profile) -> Behaviours {
    let mut behaviours = behaviours.clone();
    if profile.secrecy.begin().is_some() {
        behaviours.verbs_wanting_tls = Vec::new();
        behaviours.passwords_need_tls = false;
    }
    let domain = profile.local_recipient.as_ref().and_then(|recipient| Some(recipient.rsplit_once('@')?.1));
    let own = &mut behaviours.settings.local_domains;
    if let Some(domain) = domain
        && !own.iter().any(|known| known.eq_ignore_ascii_case(domain))
    {
        own.insert(0, domain.to_owned());
    }
    behaviours
}

/// The target's accounts, each with the right that its role has.
fn directory(profile: &Profile) -> Directory {
    let mut names = BTreeSet::new();
    let mut accounts = Vec::new();
    for (role, mail_right) in [(Role::AuthorizedAccount, true), (Role::UnauthorizedAccount, false)] {
        let Some(given) = profile.roles.get(&role) else { continue };
        let Some(Credentials::Password { user, password, domain: _ }) =
            given.login.as_ref().map(|login| &login.credentials)
        else {
            continue;
        };
        if names.insert(user.to_ascii_lowercase()) {
            accounts.push(Account {
                name: user.clone(),
                secret: AccountSecret { password: password.clone() },
                mail_right,
                administrator: false,
                mailbox: Some(given.sender.clone()),
            });
        }
    }
    Directory { accounts }
}

fn normaliser((name, client): (&str, Option<IpAddr>)) -> Normaliser {
    let literal = |text: String, placeholder: &str| Rule::Literal { text, placeholder: placeholder.to_owned() };
    let mut rules = vec![literal(name.to_owned(), HOST)];
    rules.extend(client.map(|client| literal(client.to_string(), CLIENT)));
    rules.extend(BY_FORM.map(|(rule, _)| rule));
    Normaliser { rules }
}

/// Whether a placeholder stands in what a server said.
fn holds(normalised: &Transcript, placeholder: &str) -> bool {
    let is_in = |entry: &Entry| match &entry.content {
        Content::Line { bytes, .. } => bytes.windows(placeholder.len()).any(|window| window == placeholder.as_bytes()),
        Content::Credential { .. } | Content::MailData { .. } | Content::Happening(_) => false,
    };
    normalised.entries.iter().any(is_in)
}

#[cfg(test)]
mod tests;
