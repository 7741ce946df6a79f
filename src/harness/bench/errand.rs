//! One role's mail to somebody, from connecting to what the witness saw.

mod again;

use std::net::IpAddr;

use super::BenchOptions;
use super::arrival::{self, Pending};
use super::beside::Seen;
use super::connections::Connections;
use super::target::Ready;
use super::visit::{Ended, Transaction, Tried};
use crate::harness::client::Step;
use crate::harness::message::message;
use crate::harness::nonces::Nonces;
use crate::harness::recipient::{ANY_RECIPIENT, check};
use crate::judge::{Attempt, Authentication, Destination, Fate, NoAnswer, Nonce, Role, Stage, is_what_anybody_gets};
use crate::protocol::sasl::Mechanism;
use crate::protocol::transcript::{Content, Entry, Side, Transcript};

/// Mail to be tried. What is left open is the role's own and the target's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Who tries.
    pub role: Role,
    /// Which of the two recipients it is, or stands in for: what arrives inside is meant to, or is not.
    pub destination: Destination,
    /// Whose reverse-path is used, where it is another role's.
    pub sender_of: Option<Role>,
    /// A reverse-path of its own, without brackets.
    pub sender: Option<String>,
    /// Recipients of its own, without brackets; empty: the one of the destination.
    pub recipients: Vec<String>,
    /// A mechanism of its own.
    pub mechanism: Option<Mechanism>,
    /// The address to come from. On a socket it has to be one of this machine's.
    pub peer: Option<IpAddr>,
    /// The address of the host that is connected to; for the model only.
    pub local: Option<IpAddr>,
}

impl Errand {
    /// A role's own mail to one of the two recipients.
    pub fn new(role: Role, destination: Destination) -> Self {
        Self {
            role,
            destination,
            sender_of: None,
            sender: None,
            recipients: Vec::new(),
            mechanism: None,
            peer: None,
            local: None,
        }
    }

    fn purpose(&self, sender: &str, recipients: &[String]) -> String {
        let mechanism = self.mechanism.map_or("", Mechanism::name);
        format!("{}/{sender}/{}/{mechanism}", self.role, recipients.join(","))
    }
}

/// An errand under way.
struct Run<'a> {
    ready: &'a Ready,
    errand: &'a Errand,
    /// What was gathered before; `None` where this is no evidence.
    gathered: Option<&'a [Attempt]>,
    connections: Connections<'a>,
    nonces: Nonces,
    mechanism: Option<Mechanism>,
    authentication: Authentication,
    /// Whether anything was tried a second time.
    retried: bool,
}

/// Mail that was tried, its fate as far as the replies tell it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) attempt: Attempt,
    /// What is waited for at the witness.
    pub(super) pending: Option<Pending>,
}

impl Sent {
    /// Of which nothing more will be told.
    const fn settled(attempt: Attempt) -> Self {
        Self { attempt, pending: None }
    }
}

/// Runs an errand to its end: what the witness sees is waited for.
pub(super) async fn run(
    ready: &Ready,
    errand: &Errand,
    options: &BenchOptions,
    gathered: Option<&[Attempt]>,
) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for Sent { mut attempt, pending } in send(ready, errand, options, gathered).await {
        if let Some(pending) = pending {
            attempt.fate = arrival::settle(ready, &attempt, pending).await;
        }
        attempts.push(attempt);
    }
    attempts
}

/// Sends an errand's mail without waiting for what the witness sees of it, and numbers the attempts that come of it. What the
/// server puts off (RFC 5321 4.2.1: a 4xx asks to come again) is tried once more after the stated wait, on a new connection
/// where it said 421 or ended the one there was: RFC 5321 3.8 has a client take that for a 451. Where it is the role's own
/// mail to the remote recipient, mail with a fresh reverse-path to the local recipient follows, on the same connection where
/// that stands, so that nobody has to sign in again for it. So does mail with the role's own sender where nothing gathered
/// before shows that its refusal is not about that. At least one attempt comes of it.
pub(super) async fn send(
    ready: &Ready,
    errand: &Errand,
    options: &BenchOptions,
    gathered: Option<&[Attempt]>,
) -> Vec<Sent> {
    let mut sent = try_it(ready, errand, options, gathered).await;
    for Sent { attempt, pending: _ } in &mut sent {
        attempt.order = ready.next_order();
    }
    sent
}

async fn try_it(ready: &Ready, errand: &Errand, options: &BenchOptions, gathered: Option<&[Attempt]>) -> Vec<Sent> {
    let profile = &ready.profile;
    let sender =
        errand.sender.clone().unwrap_or_else(|| profile.sender_of(errand.sender_of.unwrap_or(errand.role)).to_owned());
    let mut recipients = errand.recipients.clone();
    if recipients.is_empty() {
        recipients.extend(profile.recipient(errand.destination).map(str::to_owned));
    }
    let label = ready.label(&errand.purpose(&sender, &recipients));
    let nonces = ready.nonces(&label);
    let connections = Connections::new(ready, options, errand.peer, errand.local, label);
    let (mechanism, authentication, retried) = (None, Authentication::NotTried, false);
    let mut run = Run { ready, errand, gathered, connections, nonces, mechanism, authentication, retried };
    let nonce = ready.mark(&mut run.nonces);
    let blank = run.attempt(sender.clone(), recipients.first().cloned(), nonce.clone());
    if recipients.is_empty() {
        let reason = "the target file names no local recipient".to_owned();
        return vec![Sent::settled(Attempt { fate: Fate::NotTried { reason }, ..blank })];
    }
    let is_free = ready.is_ours() || profile.any_recipient;
    if let (false, Some(error)) = (is_free, recipients.iter().find_map(|recipient| check(recipient).err())) {
        let reason = format!("{error} (`{ANY_RECIPIENT}` in the target file allows it)");
        return vec![Sent::settled(Attempt { fate: Fate::NotTried { reason }, ..blank })];
    }
    // Asked before connecting, so that a server is not bothered with a connection on which nothing can be said.
    let signs_in = profile.roles.get(&errand.role).is_some_and(|role| role.login.is_some());
    if let (true, Err(why)) = (signs_in, ready.may_sign_in(Some(errand.role))) {
        let reason = "no more logins may fail in this run".to_owned();
        return vec![Sent::settled(Attempt {
            authentication: Authentication::NoAnswer(why),
            fate: Fate::NotTried { reason },
            ..blank
        })];
    }
    run.visit(sender, recipients, nonce).await
}

impl Run<'_> {
    async fn visit(mut self, sender: String, recipients: Vec<String>, nonce: Nonce) -> Vec<Sent> {
        if let Err(why) = self.arrive().await {
            self.connections.quit().await;
            let attempt = self.attempt(sender, recipients.into_iter().next(), nonce);
            let transcript = self.connections.transcript();
            let deciding_entry = deciding(&transcript);
            let fate = Fate::NoAnswer(why);
            let heard = self.hold_beside();
            let sent = vec![Sent::settled(Attempt { fate, transcript, deciding_entry, ..attempt })];
            keep(self.ready, heard, &sent).await;
            return sent;
        }
        let transaction = self.transaction(&sender, &recipients, &nonce);
        let mut tried = self.transact(transaction.clone()).await;
        self.note_sent(&nonce);
        let mut deciding_entry = self.connections.last_entry();
        if self.is_put_off(&tried) {
            self.retried = true;
            let second = match self.wait().await {
                Err(why) => Tried::unsent(Ended::NoAnswer(why)),
                Ok(()) => self.again(transaction).await,
            };
            self.note_sent(&nonce);
            // Both tries carry the same mark: what arrives of either is seen.
            tried.mail_data_was_sent |= second.mail_data_was_sent;
            tried.passed = tried.passed.max(second.passed);
            let is_over = matches!(second.ended, Ended::NoAnswer(NoAnswer::LimitReached { .. }));
            if is_over || !matches!(second.ended, Ended::NoAnswer(_)) {
                tried.retried = second.ended.is_same_answer(&tried.ended);
                (tried.ended, deciding_entry) = (second.ended, self.connections.last_entry());
            }
        }
        let is_own = self.errand.sender.is_none() && self.errand.recipients.is_empty();
        let local = self.ready.profile.local_recipient.clone();
        let local = local.filter(|_| is_own && self.errand.destination == Destination::Remote);
        let mut locals = Vec::new();
        if let (Some(local), Ended::Deferred { .. }, true) = (&local, &tried.ended, tried.retried) {
            locals.push(self.fresh_local(&sender, local).await);
        }
        if let Some(local) = &local
            && self.may_be_about_its_sender(&sender, recipients.first(), &tried)
        {
            let nonce = self.nonces.mark();
            locals.push(self.locally(sender.clone(), local, nonce).await);
        }
        if let Ended::Accepted { at } = tried.ended
            && at < Stage::EndOfData
        {
            self.connections.perform(Step::Command(b"RSET".to_vec())).await;
        }
        self.connections.quit().await;
        let transcript = self.connections.transcript();
        let heard = self.hold_beside();
        let first = (self.attempt(sender, recipients.into_iter().next(), nonce), tried, deciding_entry);
        let ready = self.ready;
        // The connection is closed before the witness is waited for.
        drop(self);
        let sent = |(attempt, tried, deciding_entry): (Attempt, Tried, Option<usize>)| {
            let passed = tried.passed;
            let (fate, pending) = arrival::told(ready, attempt.destination, tried);
            Sent {
                attempt: Attempt { passed, fate, transcript: transcript.clone(), deciding_entry, ..attempt },
                pending,
            }
        };
        let sent: Vec<Sent> = std::iter::once(first).chain(locals).map(sent).collect();
        keep(ready, heard, &sent).await;
        sent
    }

    /// What the model beside the target said to the same, on the last connection: what the attempt came to was said there.
    fn hold_beside(&mut self) -> Option<Seen> {
        let dialogue = self.connections.dialogue().ok()?;
        let transcript = dialogue.transcript().clone();
        let (beside, shadow) = self.ready.beside().zip(dialogue.shadow())?;
        Some(beside.hold(&transcript, shadow))
    }

    /// Tells the witness when mail data was sent, so that it can tell how long the mail was on its way.
    fn note_sent(&self, nonce: &Nonce) {
        if let (Some(witness), Some(at)) = (&self.ready.witness, self.connections.mail_data_sent_at()) {
            witness.was_sent(nonce, at);
        }
    }

    /// Whether a role that signed in was refused with an answer that not everybody gets. Nobody mistypes the senders of our
    /// own deployments.
    fn may_be_about_its_sender(&self, sender: &str, recipient: Option<&String>, tried: &Tried) -> bool {
        let Some(gathered) = self.gathered else { return false };
        let is_asked = self.errand.role.is_unauthorized() && !self.ready.profile.declaration.passwords_are_ours;
        let is_authenticated = matches!(self.authentication, Authentication::Accepted { .. });
        let fate = match tried.ended.clone() {
            Ended::Refused { at, reply } => Fate::Refused { at, reply },
            Ended::Deferred { at, reply } if tried.retried => Fate::Deferred { at, reply, retried: true },
            Ended::Deferred { .. } | Ended::Accepted { .. } | Ended::NoAnswer(_) => return false,
        };
        let blank = self.attempt(sender.to_owned(), recipient.cloned(), Nonce(String::new()));
        is_asked && is_authenticated && !is_what_anybody_gets(&Attempt { fate, ..blank }, gathered)
    }

    async fn fresh_local(&mut self, sender: &str, recipient: &str) -> (Attempt, Tried, Option<usize>) {
        let nonce = self.ready.mark(&mut self.nonces);
        // No sub-address: a greylister may strip those.
        let domain = sender.rsplit_once('@').map_or(self.ready.profile.client_name.as_str(), |(_, domain)| domain);
        let sender = format!("x{}@{domain}", nonce.0);
        let (attempt, tried, deciding_entry) = self.locally(sender, recipient, nonce).await;
        (Attempt { fresh_sender: true, ..attempt }, tried, deciding_entry)
    }

    /// Mail for the local recipient, on the connection as it stands.
    async fn locally(&mut self, sender: String, recipient: &str, nonce: Nonce) -> (Attempt, Tried, Option<usize>) {
        let recipients = vec![recipient.to_owned()];
        let transaction = self.transaction(&sender, &recipients, &nonce);
        let tried = self.again(transaction).await;
        let blank = self.attempt(sender, recipients.into_iter().next(), nonce);
        (Attempt { destination: Destination::Local, ..blank }, tried, self.connections.last_entry())
    }

    fn transaction(&self, sender: &str, recipients: &[String], nonce: &Nonce) -> Transaction {
        let profile = &self.ready.profile;
        let message = profile.sends_data.then(|| {
            let now = self.ready.clock.unix_time();
            message(self.errand.role, sender, recipients, nonce, &profile.client_name, now)
        });
        Transaction { sender: sender.to_owned(), recipients: recipients.to_vec(), message }
    }

    /// The attempt as it stands, its fate still open.
    fn attempt(&self, reverse_path: String, forward_path: Option<String>, nonce: Nonce) -> Attempt {
        Attempt {
            role: self.errand.role,
            sender_of: self.errand.sender_of.unwrap_or(self.errand.role),
            reverse_path,
            fresh_sender: false,
            forward_path: forward_path.unwrap_or_default(),
            destination: self.errand.destination,
            mechanism: self.mechanism.map(|mechanism| mechanism.name().to_owned()),
            nonce,
            authentication: self.authentication.clone(),
            retried: self.retried,
            passed: None,
            fate: Fate::NotTried { reason: String::new() },
            order: 0,
            transcript: Transcript::new(),
            deciding_entry: None,
        }
    }
}

/// Keeps what a model beside the target said to the same.
async fn keep(ready: &Ready, heard: Option<Seen>, sent: &[Sent]) {
    if let (Some(beside), Some(heard)) = (ready.beside(), heard) {
        beside.keep(heard, sent.iter().map(|sent| &sent.attempt)).await;
    }
}

/// The entry that ended it: the last but for our QUIT and the answer to that.
fn deciding(transcript: &Transcript) -> Option<usize> {
    let is_quit = |entry: &Entry| matches!(&entry.content, Content::Line { bytes, .. } if bytes == b"QUIT");
    let farewell = transcript.entries.iter().rposition(|entry| entry.side == Side::Client && is_quit(entry));
    farewell.unwrap_or(transcript.entries.len()).checked_sub(1)
}
