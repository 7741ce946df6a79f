//! Which attempts a role's evidence needs, and in which order they are made.

use std::collections::BTreeSet;

use super::BenchOptions;
use super::arrival;
use super::errand::{self, Errand};
use super::target::Ready;
use crate::judge::{Attempt, Authentication, Destination, Fate, NoAnswer, Nonce, Role, Service};
use crate::protocol::transcript::Transcript;

/// The order in which roles try. Logins that are meant to succeed come before those that are meant to fail, so that these
/// do not use up the failures that are allowed; what may lock an account comes last.
const ORDER: [Role; 7] = [
    Role::AuthorizedAccount,
    Role::UnauthorizedAccount,
    Role::PopImapClient,
    Role::NullSession,
    Role::Guest,
    Role::WrongPassword,
    Role::Anonymous,
];

/// A target's attempts so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    attempts: Vec<Attempt>,
    /// Roles for which all was tried that their verdict needs.
    done: BTreeSet<Role>,
}

/// Told of each new attempt.
type Announce<'a> = dyn Fn(&Attempt) + Send + Sync + 'a;

impl Gathered {
    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// What was tried of a role's mail with its own sender, or another's.
    fn find(&self, role: Role, sender_of: Role, destination: Destination) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| {
            attempt.role == role
                && attempt.sender_of == sender_of
                && attempt.destination == destination
                && !attempt.fresh_sender
        })
    }
}

/// Gathers what verdicts about these roles need and what is not there yet. Dropped in the middle, it leaves what was
/// tried.
pub(super) async fn gather(
    gathered: &mut Gathered,
    ready: &Ready,
    roles: &BTreeSet<Role>,
    options: &BenchOptions,
    announce: &Announce<'_>,
) {
    let profile = &ready.profile;
    let new: BTreeSet<Role> = roles.difference(&gathered.done).copied().collect();
    if new.is_empty() {
        return;
    }
    once(gathered, ready, &Errand::new(Role::Anonymous, Destination::Remote), options, announce).await;
    let declaration = &profile.declaration;
    let wants_local = declaration.service == Service::Mx || declaration.no_authorized_account;
    if wants_local && profile.local_recipient.is_some() {
        once(gathered, ready, &Errand::new(Role::Anonymous, Destination::Local), options, announce).await;
    }
    let mut wanted = new.clone();
    if !declaration.no_authorized_account {
        wanted.insert(Role::AuthorizedAccount);
    }
    for role in ORDER {
        if !wanted.contains(&role) || !profile.roles.contains_key(&role) {
            continue;
        }
        if !anonymous_was_tried_with(gathered, profile.sender_of(role)) {
            let with_sender = Errand { sender_of: Some(role), ..Errand::new(Role::Anonymous, Destination::Remote) };
            once(gathered, ready, &with_sender, options, announce).await;
        }
        once(gathered, ready, &Errand::new(role, Destination::Remote), options, announce).await;
    }
    look_again(gathered, ready, announce);
    if later_proof_is_missing(gathered) && profile.roles.contains_key(&Role::AuthorizedAccount) {
        let errand = Errand::new(Role::AuthorizedAccount, Destination::Remote);
        let attempts = errand::run(ready, &errand, options, Some(gathered.attempts())).await;
        record(gathered, attempts, announce);
    }
    gathered.done.extend(new);
}

/// An attempt that is made if it was not yet.
pub(super) async fn once(
    gathered: &mut Gathered,
    ready: &Ready,
    errand: &Errand,
    options: &BenchOptions,
    announce: &Announce<'_>,
) -> Attempt {
    let sender_of = errand.sender_of.unwrap_or(errand.role);
    if let Some(attempt) = gathered.find(errand.role, sender_of, errand.destination) {
        return attempt.clone();
    }
    let attempts = errand::run(ready, errand, options, Some(gathered.attempts())).await;
    let first = attempts.first().cloned();
    record(gathered, attempts, announce);
    first.unwrap_or_else(|| {
        unanswered(errand.role, errand.destination, &NoAnswer::NotConnected { reason: "nothing was tried".to_owned() })
    })
}

/// Asks the witness once more for all that it had not seen. An attempt that is told of again is the same one, with another
/// fate.
pub(super) fn look_again(gathered: &mut Gathered, ready: &Ready, announce: &Announce<'_>) {
    for attempt in &mut gathered.attempts {
        if let Some(fate) = arrival::late(ready, attempt) {
            attempt.fate = fate;
            announce(attempt);
        }
    }
}

/// Notes that a target could not be made ready.
pub(super) fn give_up(gathered: &mut Gathered, roles: &BTreeSet<Role>, why: &NoAnswer) {
    for role in roles {
        if gathered.find(*role, *role, Destination::Remote).is_none() {
            gathered.attempts.push(unanswered(*role, Destination::Remote, why));
        }
    }
}

/// An attempt to which nobody answered, before anything was known of senders and recipients.
pub(super) fn unanswered(role: Role, destination: Destination, why: &NoAnswer) -> Attempt {
    Attempt {
        role,
        sender_of: role,
        reverse_path: String::new(),
        fresh_sender: false,
        forward_path: String::new(),
        destination,
        mechanism: None,
        nonce: Nonce(String::new()),
        authentication: Authentication::NotTried,
        retried: false,
        passed: None,
        fate: Fate::NoAnswer(why.clone()),
        order: 0,
        transcript: Transcript::new(),
        deciding_entry: None,
    }
}

fn record(gathered: &mut Gathered, attempts: Vec<Attempt>, announce: &Announce<'_>) {
    for attempt in attempts {
        announce(&attempt);
        gathered.attempts.push(attempt);
    }
}

fn anonymous_was_tried_with(gathered: &Gathered, sender: &str) -> bool {
    gathered.attempts.iter().any(|attempt| {
        attempt.role == Role::Anonymous && attempt.destination == Destination::Remote && attempt.reverse_path == sender
    })
}

/// Mail that was accepted and not seen says something only if the authorized account's, sent later, was seen. An
/// account whose login was refused once is not tried again.
fn later_proof_is_missing(gathered: &Gathered) -> bool {
    let remote = || gathered.attempts.iter().filter(|attempt| attempt.destination == Destination::Remote);
    let unseen = remote()
        .filter(|attempt| attempt.role.is_unauthorized() && matches!(attempt.fate, Fate::AcceptedNotSeen { .. }))
        .map(|attempt| attempt.order)
        .max();
    let authorized = remote().rfind(|attempt| attempt.role == Role::AuthorizedAccount);
    match (unseen, authorized) {
        (Some(unseen), Some(proof)) => {
            proof.order < unseen && matches!(proof.authentication, Authentication::Accepted { .. })
        }
        (_, None) | (None, _) => false,
    }
}
