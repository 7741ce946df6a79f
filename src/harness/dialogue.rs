//! A client on a link: performs one step after another, each within its time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::client::{Client, Outcome, Script, Step, Wish};
use super::clock::Clock;
use super::limits::Deadline;
use super::permission::Permission;
use super::secrecy::Secrecy;
use super::shadow::Shadow;
use crate::judge::{NoAnswer, NoTls};
use crate::protocol::tls::TlsError;
use crate::protocol::transcript::{Content, FactMark, Side, Transcript};
use crate::transport::{Link, Received};

/// How long the answer to QUIT is waited for: some servers take their time, and nothing depends on it.
const QUIT_LIMIT: Duration = Duration::from_millis(250);

/// How often a connection is read before a command is said: a server that never ends is not heard out.
const MOST_READS: usize = 16;

/// The facts behind the lines that a model said on one connection, in order; each is taken once.
#[derive(Clone, Debug, Default)]
pub struct FactLog(Arc<Mutex<VecDeque<FactMark>>>);

impl FactLog {
    /// Adds the fact behind the next line.
    pub fn push(&self, mark: FactMark) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(mark);
    }

    pub(super) fn pop(&self) -> Option<FactMark> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// A connection under way.
#[derive(Debug)]
pub struct Dialogue {
    link: Link,
    client: Client,
    clock: Clock,
    /// When the connection was begun, on the clock.
    began: Duration,
    reply_limit: Duration,
    deadline: Deadline,
    /// The deadline that no wait puts off.
    last: Option<Deadline>,
    facts: Option<FactLog>,
    /// What may be said in clear, and what TLS is begun with.
    secrecy: Secrecy,
    /// What may be sent; `None` where everything may.
    permission: Option<Permission>,
    /// How many entries of the transcript were looked at for marking.
    marked: usize,
    /// The model that goes beside the server. It is told all that is said, and decides nothing.
    shadow: Option<Box<Shadow>>,
}

impl Dialogue {
    /// A client on a link that stands; `began` is when the connection was begun, on the clock.
    pub fn new(link: Link, client: Client, clock: Clock, reply_limit: Duration, deadline: Deadline) -> Self {
        let began = clock.now();
        let (last, facts, secrecy, permission, shadow) = (None, None, Secrecy::NoTls, None, None);
        Self { link, client, clock, began, reply_limit, deadline, last, facts, secrecy, permission, marked: 0, shadow }
    }

    /// The same, with the facts behind the server's lines, which mark its transcript.
    #[must_use]
    pub fn with_facts(mut self, facts: FactLog) -> Self {
        self.facts = Some(facts);
        self
    }

    /// The same, with what TLS is begun with. Without it every handshake fails.
    #[must_use]
    pub fn with_secrecy(mut self, secrecy: Secrecy) -> Self {
        self.secrecy = secrecy;
        self
    }

    /// The same, with what may be sent.
    #[must_use]
    pub(crate) fn with_permission(mut self, permission: Permission) -> Self {
        self.permission = Some(permission);
        self
    }

    /// The same, with a model that goes beside the server.
    #[must_use]
    pub(crate) fn with_shadow(mut self, shadow: Shadow) -> Self {
        self.shadow = Some(Box::new(shadow));
        self
    }

    /// What the model beside the server said to the same, now that the dialogue is over; `None` where there is none.
    pub(crate) fn shadow(&mut self) -> Option<&Shadow> {
        let shadow = self.shadow.as_mut()?;
        shadow.follow_to_the_end(self.client.transcript());
        Some(shadow)
    }

    /// Performs a step. One that is not permitted leaves the connection as it was.
    pub async fn perform(&mut self, step: Step) -> Outcome {
        if let (false, Err(what)) = (self.link.is_secret(), self.secrecy.ask_in_clear(&step)) {
            return Outcome::NoAnswer(NoAnswer::NoTls { cause: NoTls::Withheld { what } });
        }
        if let Some(Err(limit)) = self.permission.as_mut().map(|permission| permission.ask(&step)) {
            return Outcome::NoAnswer(NoAnswer::LimitReached { limit });
        }
        let reply_limit = match step {
            Step::Quit => self.reply_limit.min(QUIT_LIMIT),
            _ => self.reply_limit,
        };
        self.client.begin(step, self.since_begun());
        let mut until = self.clock.now().saturating_add(reply_limit);
        let outcome = loop {
            if self.client.is_about_to_speak() {
                self.take_what_is_there(until, reply_limit).await;
            }
            match self.client.poll() {
                Wish::Done(outcome) => break outcome,
                Wish::Send(octets) => {
                    until = self.clock.now().saturating_add(reply_limit);
                    let within = self.left(until);
                    if let Some(shadow) = &mut self.shadow {
                        shadow.told(&octets, self.client.transcript().entries.len());
                    }
                    if let Err(what) = self.link.send(&octets, within).await {
                        self.lose(what, within, until, reply_limit);
                    }
                }
                Wish::Receive => {
                    let within = self.left(until);
                    match self.link.receive(within).await {
                        Received::Bytes(octets) => self.client.receive(&octets, self.since_begun()),
                        what => self.lose(what, within, until, reply_limit),
                    }
                }
                Wish::StartTls => self.start_tls(reply_limit).await,
            }
        };
        self.mark();
        if let Some(shadow) = &mut self.shadow {
            shadow.follow(self.client.transcript());
        }
        if let Some(permission) = &mut self.permission {
            permission.note(&outcome);
        }
        outcome
    }

    /// Performs a script to its end, or until no answer comes.
    pub async fn perform_all(&mut self, script: Script) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for step in script {
            let outcome = self.perform(step).await;
            let is_lost = matches!(outcome, Outcome::NoAnswer(_));
            outcomes.push(outcome);
            if is_lost {
                break;
            }
        }
        outcomes
    }

    /// The same, with a deadline that no wait puts off.
    #[must_use]
    pub(crate) fn ending_with(mut self, last: Deadline) -> Self {
        self.last = Some(last);
        self
    }

    /// Waits, the connection standing; the time does not count for the dialogue's own limit.
    pub async fn wait(&mut self, duration: Duration) {
        self.clock.wait(duration).await;
        if self.deadline.limit == "case" {
            let later = Deadline { at: self.deadline.at.saturating_add(duration), ..self.deadline };
            self.deadline = self.last.map_or(later, |last| later.or(last));
        }
    }

    /// What was said so far.
    pub fn transcript(&self) -> &Transcript {
        self.client.transcript()
    }

    /// When mail data was sent last, on the clock.
    pub(crate) fn mail_data_sent_at(&self) -> Option<Duration> {
        let is_mail_data = |content: &Content| matches!(content, Content::MailData { .. });
        let sent = self.transcript().entries.iter().rfind(|entry| is_mail_data(&entry.content))?;
        Some(self.began.saturating_add(sent.at))
    }

    fn since_begun(&self) -> Duration {
        self.clock.now().saturating_sub(self.began)
    }

    fn left(&self, until: Duration) -> Duration {
        until.min(self.deadline.at).saturating_sub(self.clock.now())
    }

    /// Begins TLS before anything is said, where that is how it is begun.
    ///
    /// # Errors
    /// Why it does not stand.
    pub(crate) async fn start_tls_at_once(&mut self) -> Result<(), NoAnswer> {
        self.shake_hands(self.reply_limit).await;
        match self.client.poll() {
            Wish::Done(Outcome::NoAnswer(why)) => Err(why),
            Wish::Done(_) | Wish::Receive | Wish::Send(_) | Wish::StartTls => Ok(()),
        }
    }

    /// What came in clear by now came from somebody who could not know of the handshake, and is no part of it.
    async fn start_tls(&mut self, reply_limit: Duration) {
        let until = self.clock.now().saturating_add(reply_limit);
        match self.link.receive_now().await {
            Some(Received::Bytes(octets)) => self.client.receive(&octets, self.since_begun()),
            Some(what) => self.lose(what, Duration::ZERO, until, reply_limit),
            None => self.shake_hands(reply_limit).await,
        }
    }

    async fn shake_hands(&mut self, reply_limit: Duration) {
        let until = self.clock.now().saturating_add(reply_limit);
        let Some(tls) = self.secrecy.client() else {
            let error = TlsError::Failed { reason: "this client has none".to_owned() };
            return self.client.lose(NoAnswer::NoTls { cause: NoTls::Failed { error } }, self.since_begun());
        };
        let within = self.left(until);
        match self.link.start_tls(tls, within).await {
            Ok(established) => self.client.secured(established, self.since_begun()),
            Err(error) => self.lose(Received::Broken(error), within, until, reply_limit),
        }
    }

    /// Takes what came before the next command is said, so that it makes no difference whether it came together with the
    /// last reply or behind it.
    async fn take_what_is_there(&mut self, until: Duration, reply_limit: Duration) {
        for _ in 0..MOST_READS {
            match self.link.receive_now().await {
                None => return,
                Some(Received::Bytes(octets)) => self.client.receive(&octets, self.since_begun()),
                Some(what) => return self.lose(what, Duration::ZERO, until, reply_limit),
            }
        }
    }

    fn lose(&mut self, what: Received, within: Duration, until: Duration, reply_limit: Duration) {
        let why = match what {
            Received::Closed => NoAnswer::Closed,
            Received::Reset(reason) => NoAnswer::Reset { reason },
            Received::TimedOut => {
                if self.link.is_in_process() {
                    self.clock.let_pass(within);
                }
                if self.deadline.at < until {
                    NoAnswer::LimitReached { limit: self.deadline.limit.to_owned() }
                } else {
                    NoAnswer::TimedOut { after: reply_limit }
                }
            }
            Received::Broken(error) => NoAnswer::NoTls { cause: NoTls::Failed { error } },
            Received::Bytes(_) => NoAnswer::NoReply { what: "octets".to_owned() },
        };
        self.client.lose(why, self.since_begun());
    }

    fn mark(&mut self) {
        let Some(facts) = &self.facts else { return };
        let entries = &mut self.client.transcript_mut().entries;
        for entry in entries.iter_mut().skip(self.marked) {
            let is_said = matches!(entry.content, Content::Line { .. } | Content::Credential { .. });
            if entry.side == Side::Server && is_said {
                entry.mark = facts.pop();
            }
        }
        self.marked = entries.len();
    }
}

#[cfg(test)]
mod tests;
