//! Which attempts a role's evidence needs, and in which order they are made.

use std::collections::BTreeSet;
use std::time::Duration;

use super::BenchOptions;
use super::arrival::{self, Pending};
use super::errand::{self, Errand, Sent};
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
    /// Attempts whose fate is not known yet, by their order: all of them are waited for together.
    pending: Vec<(u32, Pending)>,
    /// Roles for which all was tried that their verdict needs.
    done: BTreeSet<Role>,
}

/// What is told while evidence is gathered.
pub(super) enum Told<'a> {
    /// An attempt whose fate is known now, or is another now.
    Attempt(&'a Attempt),
    /// The witness is waited for.
    WaitBegan {
        /// The attempts whose mail is.
        pending: Vec<&'a Attempt>,
        /// How long at most.
        lasts: Duration,
    },
    /// It is no longer.
    WaitEnded,
}

/// Who is told.
type Announce<'a> = dyn Fn(Told<'_>) + Send + Sync + 'a;

impl Gathered {
    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Those whose fate is not known yet.
    fn open(&self) -> impl Iterator<Item = &Attempt> {
        let is_open = |attempt: &&Attempt| self.pending.iter().any(|(order, _)| *order == attempt.order);
        self.attempts.iter().filter(is_open)
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

/// Gathers what verdicts about these roles need and what is not there yet: all mail is sent, and then all of it is waited for
/// at once. Dropped in the middle, it leaves what was tried.
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
        return settle(gathered, ready, announce).await;
    }
    send_once(gathered, ready, &Errand::new(Role::Anonymous, Destination::Remote), options, announce).await;
    let declaration = &profile.declaration;
    let wants_local = declaration.service == Service::Mx || declaration.no_authorized_account;
    if wants_local && profile.local_recipient.is_some() {
        send_once(gathered, ready, &Errand::new(Role::Anonymous, Destination::Local), options, announce).await;
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
            send_once(gathered, ready, &with_sender, options, announce).await;
        }
        send_once(gathered, ready, &Errand::new(role, Destination::Remote), options, announce).await;
    }
    settle(gathered, ready, announce).await;
    look_again(gathered, ready, announce);
    if later_proof_is_missing(gathered) && profile.roles.contains_key(&Role::AuthorizedAccount) {
        let errand = Errand::new(Role::AuthorizedAccount, Destination::Remote);
        let sent = errand::send(ready, &errand, options, Some(gathered.attempts())).await;
        record(gathered, sent, announce);
        settle(gathered, ready, announce).await;
    }
    gathered.done.extend(new);
}

/// An attempt that is made if it was not yet, its fate known.
pub(super) async fn once(
    gathered: &mut Gathered,
    ready: &Ready,
    errand: &Errand,
    options: &BenchOptions,
    announce: &Announce<'_>,
) -> Attempt {
    send_once(gathered, ready, errand, options, announce).await;
    settle(gathered, ready, announce).await;
    let sender_of = errand.sender_of.unwrap_or(errand.role);
    gathered.find(errand.role, sender_of, errand.destination).cloned().unwrap_or_else(|| {
        unanswered(errand.role, errand.destination, &NoAnswer::NotConnected { reason: "nothing was tried".to_owned() })
    })
}

/// Sends the mail of an attempt that was not made yet.
async fn send_once(
    gathered: &mut Gathered,
    ready: &Ready,
    errand: &Errand,
    options: &BenchOptions,
    announce: &Announce<'_>,
) {
    let sender_of = errand.sender_of.unwrap_or(errand.role);
    if gathered.find(errand.role, sender_of, errand.destination).is_none() {
        let sent = errand::send(ready, errand, options, Some(gathered.attempts())).await;
        record(gathered, sent, announce);
        // In process a wait costs no time: nothing is gained by putting it off.
        if ready.is_ours() {
            settle(gathered, ready, announce).await;
        }
    }
}

/// Waits for all that is pending, each for as long as it is to be waited for from when the server was through with it. They are
/// asked about one after the other, and their times run together.
async fn settle(gathered: &mut Gathered, ready: &Ready, announce: &Announce<'_>) {
    let open: Vec<&Attempt> = gathered.open().filter(|attempt| !arrival::is_settled(ready, attempt)).collect();
    let lasts = gathered.pending.iter().map(|(_, pending)| pending.left(ready)).max().unwrap_or_default();
    // What is not there in process will not come, and nobody waits for it.
    let is_waited_for = !open.is_empty() && !ready.is_ours();
    if is_waited_for {
        announce(Told::WaitBegan { pending: open, lasts });
    }
    while let Some((order, pending)) = gathered.pending.first().copied() {
        if let Some(attempt) = gathered.attempts.iter_mut().find(|attempt| attempt.order == order) {
            attempt.fate = arrival::settle(ready, attempt, pending).await;
            announce(Told::Attempt(attempt));
        }
        gathered.pending.retain(|(other, _)| *other != order);
    }
    if is_waited_for {
        announce(Told::WaitEnded);
    }
}

/// Asks the witness once more for all that it had not seen. An attempt that is told of again is the same one, with another
/// fate.
pub(super) fn look_again(gathered: &mut Gathered, ready: &Ready, announce: &Announce<'_>) {
    let Gathered { attempts, pending, done: _ } = gathered;
    for attempt in attempts {
        let is_pending = pending.iter().any(|(order, _)| *order == attempt.order);
        if let Some(fate) = arrival::late(ready, attempt).filter(|_| !is_pending) {
            attempt.fate = fate;
            announce(Told::Attempt(attempt));
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

/// What is pending is told when its fate is known.
fn record(gathered: &mut Gathered, sent: Vec<Sent>, announce: &Announce<'_>) {
    for Sent { attempt, pending } in sent {
        match pending {
            Some(pending) => gathered.pending.push((attempt.order, pending)),
            None => announce(Told::Attempt(&attempt)),
        }
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
