//! What the witness has seen so far, and waiting for more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::inspect::is_another_runs;
use super::lifeline::Lifeline;
use super::{Inspected, MarkPlace, Message, Report};
use crate::harness::clock::Clock;
use crate::judge::{Door, NoAnswer, Nonce, Sighting};

/// Sightings that are kept; whoever sends more than this is not telling us anything.
const MOST_SIGHTINGS: usize = 100_000;

/// Messages without a mark that are kept: of so many that may be ours one is as good as another.
const MOST_UNMARKED: usize = 1000;

/// Messages whose content is kept too, and how long one may be for that: ours are small.
const MOST_CONTENTS: usize = 1000;
const LONGEST_CONTENT: usize = 64 * 1024;

/// How long a witness elsewhere has to say that it has told all: a connection that broke may be made anew within it.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// A message that came in, and how it was recognized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What verdicts are told of it.
    pub sighting: Sighting,
    /// Where its mark stood.
    pub place: MarkPlace,
    /// What it says of another's delivery.
    pub report: Report,
}

impl Delivery {
    /// A server may pass mail on before it has answered to it, and two tries bear the same mark.
    fn sent_at(mut self, sent: Option<Duration>) -> Self {
        self.sighting.after = sent.map(|sent| self.sighting.at.saturating_sub(sent));
        self
    }
}

/// The witness of one target. Clones are the same witness.
#[derive(Clone, Debug)]
pub struct Witness {
    clock: Clock,
    seen: Arc<Seen>,
    /// To where messages really come in; `None` where that is here.
    lifeline: Option<Lifeline>,
}

#[derive(Debug, Default)]
struct Seen {
    deliveries: Mutex<Vec<Delivery>>,
    /// The marks of what was sent in this run.
    known: Mutex<BTreeSet<Nonce>>,
    /// Since when each of them is known.
    known_since: Mutex<BTreeMap<Nonce, Duration>>,
    /// When the mail data of each was sent.
    sent: Mutex<BTreeMap<Nonce, Duration>>,
    unmarked: Mutex<Vec<Sighting>>,
    contents: Mutex<Vec<(Nonce, Door, Vec<u8>)>>,
    arrived: Notify,
}

impl Witness {
    /// One that has seen nothing yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, seen: Arc::default(), lifeline: None }
    }

    /// One that is told what came in at a witness elsewhere, and has been told nothing yet.
    pub fn elsewhere(clock: Clock) -> Self {
        Self { lifeline: Some(Lifeline::new()), ..Self::new(clock) }
    }

    /// To the witness elsewhere; where there is none, to nobody.
    pub(super) fn lifeline(&self) -> Lifeline {
        self.lifeline.clone().unwrap_or_else(Lifeline::new)
    }

    /// Now, on the run's clock.
    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Whether all is known here that came in of a message by now. What comes in here is always; of a witness elsewhere it is
    /// asked.
    ///
    /// # Errors
    /// Where the witness was lost, or was for a time since the mark is known and cannot make up for it: that nothing was seen
    /// then says nothing.
    pub async fn vouch(&self, nonce: &Nonce) -> Result<(), NoAnswer> {
        let Some(lifeline) = &self.lifeline else { return Ok(()) };
        lifeline.ask(ANSWER_LIMIT).await.map_err(|reason| NoAnswer::WitnessLost { reason })?;
        let known_since = self.seen.known_since.lock().unwrap_or_else(PoisonError::into_inner).get(nonce).copied();
        match lifeline.missed() {
            Some((until, reason)) if known_since.is_none_or(|since| since <= until) => {
                Err(NoAnswer::WitnessLost { reason })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Says that a message with this mark will be sent, so that it is known in whatever form it comes.
    pub fn expect_mark(&self, nonce: &Nonce) {
        let mut known_since = self.seen.known_since.lock().unwrap_or_else(PoisonError::into_inner);
        known_since.entry(nonce.clone()).or_insert_with(|| self.clock.now());
        self.seen.known.lock().unwrap_or_else(PoisonError::into_inner).insert(nonce.clone());
    }

    /// Says when mail data with this mark was sent, on the run's clock.
    pub fn was_sent(&self, nonce: &Nonce, at: Duration) {
        self.seen.sent.lock().unwrap_or_else(PoisonError::into_inner).insert(nonce.clone(), at);
    }

    /// Notes a message that came in at a door. One that another run has sent is nobody's.
    pub fn note(&self, door: Door, message: &Message) {
        self.note_at(door, message, self.clock.now());
    }

    /// The same, of one that came in at a moment of the run's clock.
    pub(super) fn note_at(&self, door: Door, message: &Message, at: Duration) {
        let known = self.seen.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Inspected { mark, trace, report } = Inspected::read(&message.content, &known);
        let may_be_any = mark.as_ref().is_none_or(|(nonce, _)| !known.contains(nonce) && !is_another_runs(nonce));
        drop(known);
        let text = |octets: &Vec<u8>| String::from_utf8_lossy(octets).into_owned();
        let sighting = Sighting {
            nonce: mark.as_ref().map_or_else(|| Nonce(String::new()), |(nonce, _)| nonce.clone()),
            door,
            reverse_path: text(&message.reverse_path),
            forward_paths: message.forward_paths.iter().map(text).collect(),
            trace,
            octets: message.content.len() as u64,
            at,
            after: None,
            stated: None,
        };
        if may_be_any && door == Door::Outside {
            let mut unmarked = self.seen.unmarked.lock().unwrap_or_else(PoisonError::into_inner);
            if unmarked.len() < MOST_UNMARKED {
                unmarked.push(sighting.clone());
            }
        }
        let Some((nonce, place)) = mark else { return };
        let mut contents = self.seen.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if contents.len() < MOST_CONTENTS && message.content.len() <= LONGEST_CONTENT {
            contents.push((nonce, door, message.content.clone()));
        }
        drop(contents);
        let mut deliveries = self.seen.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        if deliveries.len() < MOST_SIGHTINGS {
            deliveries.push(Delivery { sighting, place, report });
        }
        drop(deliveries);
        self.seen.arrived.notify_waiters();
    }

    /// What came in at the door to the world outside without a mark of any run, in order.
    pub fn unmarked(&self) -> Vec<Sighting> {
        self.seen.unmarked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All that was seen of a message, in order.
    pub fn sightings(&self, nonce: &Nonce) -> Vec<Sighting> {
        self.deliveries(nonce).into_iter().map(|delivery| delivery.sighting).collect()
    }

    /// What of a message arrived at a door, in order, transparency undone. Nothing of messages that are very long or come
    /// after very many.
    pub fn contents(&self, nonce: &Nonce, door: Door) -> Vec<Vec<u8>> {
        let contents = self.seen.contents.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = contents.iter().filter(|(of, at, _)| of == nonce && *at == door);
        wanted.map(|(_, _, content)| content.clone()).collect()
    }

    /// The same, with how each was recognized.
    pub fn deliveries(&self, nonce: &Nonce) -> Vec<Delivery> {
        let deliveries = self.seen.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = self.seen.sent.lock().unwrap_or_else(PoisonError::into_inner).get(nonce).copied();
        let ours = deliveries.iter().filter(|delivery| delivery.sighting.nonce == *nonce);
        ours.map(|delivery| delivery.clone().sent_at(sent)).collect()
    }

    /// The first delivery of a message that is wanted, as soon as it arrives and no later than `within` from now.
    pub async fn sighted(
        &self,
        nonce: &Nonce,
        is_wanted: impl Fn(&Delivery) -> bool,
        within: Duration,
    ) -> Option<Sighting> {
        let find = || self.deliveries(nonce).into_iter().find(&is_wanted).map(|delivery| delivery.sighting);
        if let Clock::Virtual { .. } = self.clock {
            let found = find();
            if found.is_none() {
                self.clock.let_pass(within);
            }
            return found;
        }
        let arrival = async {
            loop {
                // Asked for before looking, so that what arrives in between is not missed.
                let arrived = self.seen.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                if let Some(sighting) = find() {
                    return sighting;
                }
                arrived.await;
            }
        };
        timeout(within, arrival).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn message(nonce: &str) -> Message {
        Message {
            reverse_path: b"a@client.example".to_vec(),
            forward_paths: vec![b"b@elsewhere.example".to_vec()],
            content: format!("Received: x\r\nX-Smtpspec-Nonce: {nonce}\r\n\r\n").into_bytes(),
        }
    }

    fn nonce(text: &str) -> Nonce {
        Nonce(text.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_when_the_message_arrives() {
        let witness = Witness::new(Clock::system());
        let noting = witness.clone();
        let arrival = async move {
            tokio::time::sleep(SECOND).await;
            noting.note(Door::Outside, &message("other"));
            noting.note(Door::Outside, &message("ours"));
        };
        let ours = nonce("ours");
        let (sighting, ()) = tokio::join!(witness.sighted(&ours, |_| true, 60 * SECOND), arrival);
        let sighting = sighting.unwrap();
        assert_eq!((sighting.nonce, sighting.door), (nonce("ours"), Door::Outside));
        assert!(sighting.at < 2 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_for_another_door_ends_with_its_limit() {
        let witness = Witness::new(Clock::system());
        witness.note(Door::Inside, &message("ours"));
        let before = tokio::time::Instant::now();
        let sighting =
            witness.sighted(&nonce("ours"), |delivery| delivery.sighting.door == Door::Outside, 60 * SECOND).await;
        assert_eq!(sighting, None);
        assert!(before.elapsed() >= 60 * SECOND);
    }

    #[tokio::test]
    async fn on_a_virtual_clock_what_is_not_there_will_not_come() {
        let clock = Clock::new_virtual();
        let witness = Witness::new(clock.clone());
        assert_eq!(witness.sighted(&nonce("ours"), |_| true, 60 * SECOND).await, None);
        assert_eq!(clock.now(), 60 * SECOND);
    }

    #[test]
    fn a_message_that_came_tells_after_how_long() {
        let clock = Clock::new_virtual();
        let witness = Witness::new(clock.clone());
        let after = || witness.sightings(&nonce("ours"))[0].after;
        clock.let_pass(2 * SECOND);
        witness.note(Door::Outside, &message("ours"));
        assert_eq!(after(), None);
        witness.was_sent(&nonce("ours"), SECOND);
        assert_eq!(after(), Some(SECOND));
        // A server may pass it on before it has answered to it.
        witness.was_sent(&nonce("ours"), 3 * SECOND);
        assert_eq!(after(), Some(Duration::ZERO));
    }

    /// A message without a mark may be anybody's; one of another run is nobody's. At the inside door anything may arrive.
    #[test]
    fn what_bears_no_mark_is_kept_apart() {
        let witness = Witness::new(Clock::new_virtual());
        let (known, another) = (nonce("0123456789abcdef"), nonce("fedcba9876543210"));
        witness.expect_mark(&known);
        let note = |door, header: &str| {
            let content = format!("Received: {header}\r\n{header}\r\n\r\n").into_bytes();
            witness.note(door, &Message { content, ..message("x") });
        };
        note(Door::Outside, "X-Smtpspec-Nonce: 0123456789abcdef");
        note(Door::Outside, "X-Smtpspec-Nonce: fedcba9876543210");
        note(Door::Inside, "A: in");
        note(Door::Outside, "A: b");
        note(Door::Outside, "X-Smtpspec-Nonce: removed");
        let unmarked: Vec<String> = witness.unmarked().into_iter().flat_map(|sighting| sighting.trace).collect();
        assert_eq!(unmarked, ["Received: A: b", "Received: X-Smtpspec-Nonce: removed"]);
        assert_eq!((witness.sightings(&known).len(), witness.sightings(&another).len()), (1, 1));
        assert_eq!(witness.sightings(&nonce("")), []);
    }
}
