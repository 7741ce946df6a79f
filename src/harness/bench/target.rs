//! A target that can be spoken with: its profile, what carries the octets, its clock and witness, and what is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::beside::{Beside, Companion};
use super::profile::Profile;
use crate::harness::client::{Client, Outcome, Step};
use crate::harness::clock::Clock;
use crate::harness::dialogue::{Dialogue, FactLog};
use crate::harness::limits::Deadline;
use crate::harness::nonces::Nonces;
use crate::harness::secrecy::Secrecy;
use crate::harness::server::ModelHost;
use crate::harness::witness::{Held, Witness};
use crate::judge::{Authentication, NoAnswer, NoTls, Nonce, Role, TlsBegun};
use crate::protocol::transcript::Transcript;
use crate::protocol::wire::Reply;
use crate::transport::{ConnectError, Link, TlsClient, Trust, connect};

/// What carries the octets.
#[derive(Debug)]
pub(crate) enum Carrier {
    /// The model, in process.
    Model {
        host: ModelHost,
        /// Who connects, and to which address of the host, where nothing else is asked for.
        peer: IpAddr,
        local: IpAddr,
    },
    /// Nothing listens.
    Nobody,
    /// A server on a socket.
    Socket { address: SocketAddr, source: Option<IpAddr> },
}

/// A target ready to be spoken with.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) name: String,
    pub(crate) profile: Profile,
    pub(crate) carrier: Carrier,
    pub(crate) clock: Clock,
    pub(crate) witness: Option<Witness>,
    /// Open for as long as the target is on the bench.
    _held: Vec<Held>,
    next_order: AtomicU32,
    counts: Mutex<Counts>,
    /// The model that goes beside it.
    beside: Option<Beside>,
    /// When the last connection was begun, on the clock.
    last_opened: tokio::sync::Mutex<Option<Duration>>,
}

#[derive(Debug, Default)]
struct Counts {
    /// How often a label was used.
    labels: BTreeMap<String, u32>,
    failed_logins: u32,
    /// Roles that have signed in, and not failed since.
    signed_in: BTreeSet<Role>,
    /// What AUTH said to roles that it turned down for good.
    turned_down: BTreeMap<Role, Authentication>,
    /// Connections in a row on which the time ran out before a greeting.
    silent: u32,
    /// Whether there ever was a greeting.
    has_greeted: bool,
    /// How often, in a row, a server that ended a connection or put it off did so to the second as well.
    in_vain: u32,
}

/// A server that has let the time run out so often, one connection after the other, is not connected to any more: each
/// further case would wait as long, for nothing.
const MOST_SILENT: u32 = 2;

/// A server that has put off so many second connections in a row is not waited for any more.
const MOST_IN_VAIN: u32 = 2;

impl Ready {
    pub(crate) fn new(
        name: String,
        profile: Profile,
        carrier: Carrier,
        clock: Clock,
        witness: Option<Witness>,
        held: Vec<Held>,
    ) -> Self {
        let (next_order, counts) = (AtomicU32::new(0), Mutex::default());
        let last_opened = tokio::sync::Mutex::default();
        Self { name, profile, carrier, clock, witness, _held: held, next_order, counts, beside: None, last_opened }
    }

    /// The same with a model that goes beside it.
    pub(super) fn held_beside(mut self, companion: Option<&Companion>) -> Self {
        self.beside = companion.map(|companion| Beside::new(companion, &self));
        self
    }

    /// The model that goes beside it, if one does.
    pub(crate) fn beside(&self) -> Option<&Beside> {
        self.beside.as_ref()
    }

    /// A connection with its client, the greeting still to come.
    pub(crate) async fn open(
        &self,
        client: Client,
        peer: Option<IpAddr>,
        local: Option<IpAddr>,
        label: &str,
    ) -> Result<Dialogue, (NoAnswer, Transcript)> {
        let limits = &self.profile.limits;
        let deadline = self.deadline();
        if deadline.at <= self.clock.now() {
            return Err((NoAnswer::LimitReached { limit: deadline.limit.to_owned() }, Transcript::new()));
        }
        let facts = FactLog::default();
        let began = self.clock.now();
        let link = match &self.carrier {
            Carrier::Socket { .. } if self.is_silent() => Err(NoAnswer::GivenUp { connections: MOST_SILENT }),
            Carrier::Model { host, peer: usual_peer, local: usual_local } => {
                let nonces = Nonces::seeded(&format!("{label}/server"));
                let (peer, local) = (peer.unwrap_or(*usual_peer), local.unwrap_or(*usual_local));
                Ok(Link::in_process(host.connect(peer, local, nonces, facts.clone())))
            }
            Carrier::Nobody => Err(NoAnswer::NotConnected { reason: "nothing listens here".to_owned() }),
            Carrier::Socket { address, source } => {
                self.pause().await;
                connect(*address, peer.or(*source), limits.connect).await.map_err(|error| match error {
                    ConnectError::Refused(reason) => NoAnswer::NotConnected { reason },
                    ConnectError::TimedOut(after) => {
                        self.was_silent();
                        NoAnswer::ConnectTimedOut { after }
                    }
                })
            }
        };
        match link {
            Ok(link) => {
                let dialogue =
                    Dialogue::new(link, client, self.clock.clone(), limits.reply, deadline).with_facts(facts);
                let dialogue = match self.end_of_run() {
                    Some(run) => dialogue.ending_with(run),
                    None => dialogue,
                };
                let dialogue = match &self.beside {
                    Some(beside) => dialogue.with_shadow(beside.shadow(peer, local, label)),
                    None => dialogue,
                };
                let dialogue = dialogue.with_secrecy(self.secrecy());
                let mut dialogue =
                    if self.is_ours() { dialogue } else { dialogue.with_permission(self.profile.permission()) };
                if let Some(TlsBegun::Implicit) = self.profile.secrecy.begin() {
                    dialogue.start_tls_at_once().await.map_err(|why| (why, dialogue.transcript().clone()))?;
                }
                Ok(dialogue)
            }
            Err(why) => {
                let mut client = client;
                client.lose(why.clone(), self.clock.now().saturating_sub(began));
                Err((why, client.transcript().clone()))
            }
        }
    }

    /// A model's certificate is known to be its own; it is made for those alone that begin TLS. Of a server whose file says
    /// nothing of TLS any will do for a case that begins it: all that is said under it is said in the clear as well.
    fn secrecy(&self) -> Secrecy {
        match &self.carrier {
            Carrier::Model { host, .. } if host.model.behaviours.certificate => {
                host.certificate.client().map_or(Secrecy::NoTls, |client| Secrecy::AtWill(Box::new(client)))
            }
            Carrier::Socket { address, .. } => match &self.profile.secrecy {
                Secrecy::NoTls => TlsClient::new(&address.ip().to_string(), Trust::Anything)
                    .map_or(Secrecy::NoTls, |client| Secrecy::AtWill(Box::new(client))),
                secrecy @ (Secrecy::AtWill(_) | Secrecy::Required { .. }) => secrecy.clone(),
            },
            Carrier::Model { .. } | Carrier::Nobody => self.profile.secrecy.clone(),
        }
    }

    /// Waits until the last connection was begun long enough ago.
    async fn pause(&self) {
        let pause = self.profile.limits.pause;
        if pause.is_zero() {
            return;
        }
        let mut last = self.last_opened.lock().await;
        if let Some(last) = *last {
            let passed = self.clock.now().saturating_sub(last);
            self.clock.wait(self.wait(pause.saturating_sub(passed)).lasts).await;
        }
        *last = Some(self.clock.now());
    }

    /// Waits for the greeting, whatever it says. Where it is positive and TLS is begun by STARTTLS, begins it: what is said
    /// next is said under TLS, to a server that has not been introduced to (RFC 3207 4.2).
    pub(crate) async fn greeting(&self, dialogue: &mut Dialogue) -> Result<Reply, NoAnswer> {
        let greeting = self.greeting_alone(dialogue).await?;
        if let (true, Some(TlsBegun::Starttls)) = (greeting.code().is_positive(), self.profile.secrecy.begin()) {
            self.secure(dialogue).await?;
        }
        Ok(greeting)
    }

    async fn secure(&self, dialogue: &mut Dialogue) -> Result<(), NoAnswer> {
        let introduction = Step::Ehlo { name: self.profile.client_name.clone(), helo_fallback: false };
        let cause = match dialogue.perform(introduction).await {
            Outcome::Introduced { extensions, reply } if reply.code().is_positive() && extensions.has("STARTTLS") => {
                match dialogue.perform(Step::StartTls { behind: Vec::new() }).await {
                    Outcome::Secured { .. } => return Ok(()),
                    outcome => NoTls::Refused { reply: (&outcome.into_reply()?).into() },
                }
            }
            outcome => outcome.into_reply().map(|_| NoTls::NotOffered)?,
        };
        dialogue.perform(Step::Quit).await;
        Err(NoAnswer::NoTls { cause })
    }

    /// Waits for the greeting, whatever it says, and says nothing.
    pub(crate) async fn greeting_alone(&self, dialogue: &mut Dialogue) -> Result<Reply, NoAnswer> {
        let greeting = dialogue.perform(Step::Greeting).await.into_reply();
        match greeting {
            Ok(greeting) => {
                let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
                (counts.silent, counts.has_greeted) = (0, true);
                Ok(greeting)
            }
            Err(NoAnswer::TimedOut { after }) => {
                self.was_silent();
                Err(NoAnswer::NoGreeting { after })
            }
            Err(NoAnswer::NoReply { what }) => Err(NoAnswer::NotSmtp { what }),
            Err(why) => Err(why),
        }
    }

    /// Whether the server has greeted in this run, whatever it said.
    pub(super) fn has_greeted(&self) -> bool {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).has_greeted
    }

    /// Notes whether a second connection came to more than the first.
    pub(super) fn came_again(&self, with_success: bool) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.in_vain = if with_success { 0 } else { counts.in_vain.saturating_add(1) };
    }

    /// Whether a wait for a second connection may still come to something.
    pub(super) fn coming_again_pays(&self) -> bool {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).in_vain < MOST_IN_VAIN
    }

    fn is_silent(&self) -> bool {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).silent >= MOST_SILENT
    }

    fn was_silent(&self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.silent = counts.silent.saturating_add(1);
    }

    /// Whether it is in process, where nothing can reach anybody.
    pub(super) const fn is_ours(&self) -> bool {
        match self.carrier {
            Carrier::Model { .. } | Carrier::Nobody => true,
            Carrier::Socket { .. } => false,
        }
    }

    /// What is unforeseeable on a connection: by its label in process, by the system outside.
    pub(crate) fn nonces(&self, label: &str) -> Nonces {
        match self.carrier {
            Carrier::Socket { .. } => Nonces::System,
            Carrier::Model { .. } | Carrier::Nobody => Nonces::seeded(label),
        }
    }

    /// A mark for a message that is going to be sent. The witness knows it from now on.
    pub(crate) fn mark(&self, nonces: &mut Nonces) -> Nonce {
        let nonce = nonces.mark();
        if let Some(witness) = &self.witness {
            witness.expect_mark(&nonce);
        }
        if let Some(beside) = &self.beside {
            beside.expect_mark(&nonce);
        }
        nonce
    }

    /// The label of a connection, which no other one of this target has: the same for the same purpose in each run.
    pub(crate) fn label(&self, purpose: &str) -> String {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.labels.entry(purpose.to_owned()).or_default();
        *count = count.saturating_add(1);
        format!("{}/{purpose}/{count}", self.name)
    }

    pub(super) fn next_order(&self) -> u32 {
        self.next_order.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether a role may try to sign in. Any login may fail, an account's with a slip in its password too: once as many have
    /// failed as may, only those go on that have signed in before. `None` is somebody who is no role.
    pub(crate) fn may_sign_in(&self, role: Option<Role>) -> Result<(), NoAnswer> {
        let Some(most) = self.profile.failed_logins else { return Ok(()) };
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let has_before = role.is_some_and(|role| counts.signed_in.contains(&role));
        if counts.failed_logins >= most && !has_before {
            return Err(NoAnswer::LimitReached { limit: format!("failed-logins: {most}") });
        }
        Ok(())
    }

    pub(crate) fn login_failed(&self, role: Option<Role>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.failed_logins = counts.failed_logins.saturating_add(1);
        if let Some(role) = role {
            counts.signed_in.remove(&role);
        }
    }

    pub(super) fn has_signed_in(&self, role: Role) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).signed_in.insert(role);
    }

    /// Notes that a role cannot sign in here in its own way.
    pub(super) fn was_turned_down(&self, role: Role, answer: Authentication) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.turned_down.entry(role).or_insert(answer);
    }

    /// What AUTH said to a role that it turned down for good, where failed logins are counted: asking again would bring the
    /// same answer, and an account nearer to being locked.
    pub(crate) fn known_refusal(&self, role: Role) -> Option<Authentication> {
        self.profile.failed_logins?;
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.turned_down.get(&role).cloned()
    }

    fn deadline(&self) -> Deadline {
        let case = Deadline { at: self.clock.now().saturating_add(self.profile.limits.case), limit: "case" };
        self.end_of_run().map_or(case, |run| case.or(run))
    }

    /// When the run is over. A virtual clock is moved by waits that nobody waited for, so that there it never is.
    fn end_of_run(&self) -> Option<Deadline> {
        match self.clock {
            Clock::Virtual { .. } => None,
            Clock::System { .. } => Some(Deadline { at: self.profile.limits.run, limit: "run" }),
        }
    }

    /// How long may be waited for something that wants this long.
    pub(super) fn wait(&self, wanted: Duration) -> Wait {
        let left = self.end_of_run().map(|run| (run.at.saturating_sub(self.clock.now()), run.limit));
        match left {
            Some((left, limit)) if left < wanted => Wait { lasts: left, cut_by: Some(limit) },
            Some(_) | None => Wait { lasts: wanted, cut_by: None },
        }
    }
}

/// A wait, as far as the run's time lets it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) lasts: Duration,
    /// The limit that ends it before its time.
    pub(super) cut_by: Option<&'static str>,
}

impl Wait {
    /// Why what was waited for cannot be told, where the wait was cut.
    pub(super) fn cut(self) -> Option<NoAnswer> {
        self.cut_by.map(|limit| NoAnswer::LimitReached { limit: limit.to_owned() })
    }
}

/// How much longer the witness is listened to once something of a message has arrived: a server may send a message with
/// several recipients in several pieces.
pub(super) const SETTLING: Duration = Duration::from_millis(300);
