//! What a witness in a process of its own has received: kept for a while, so that a run whose connection broke is told of
//! what came in the meantime.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::Message;
use crate::harness::clock::Clock;
use crate::judge::Door;

/// Messages that are kept.
const MOST_MESSAGES: usize = 4096;

/// Octets of messages that are kept.
const MOST_OCTETS: usize = 64 << 20;

/// A message that came in.
#[derive(Debug)]
pub(super) struct One {
    pub(super) door: Door,
    /// On the witness's clock.
    pub(super) at: Duration,
    pub(super) message: Message,
}

/// What a number stands for.
#[derive(Debug)]
pub(super) enum Looked {
    /// A message.
    Kept(Arc<One>),
    /// One that is no longer kept.
    Gone,
    /// None yet.
    ToCome,
}

/// The messages, each with its number from 0 on, the oldest dropped where they are too many. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    clock: Clock,
    messages: Arc<Mutex<Messages>>,
    /// The number of the next message.
    next: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Messages {
    first: u64,
    kept: VecDeque<Arc<One>>,
    octets: usize,
}

impl Kept {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, messages: Arc::default(), next: watch::Sender::new(0) }
    }

    /// Adds a message that came in now.
    pub(super) fn add(&self, door: Door, message: Message) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.octets = messages.octets.saturating_add(size(&message));
        messages.kept.push_back(Arc::new(One { door, at: self.clock.now(), message }));
        while messages.kept.len() > MOST_MESSAGES || messages.octets > MOST_OCTETS && messages.kept.len() > 1 {
            let Some(oldest) = messages.kept.pop_front() else { break };
            messages.octets = messages.octets.saturating_sub(size(&oldest.message));
            messages.first = messages.first.saturating_add(1);
        }
        let next = messages.next();
        drop(messages);
        self.next.send_replace(next);
    }

    /// The message with a number.
    pub(super) fn look(&self, number: u64) -> Looked {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = number.checked_sub(messages.first) else { return Looked::Gone };
        let kept = usize::try_from(at).ok().and_then(|at| messages.kept.get(at));
        kept.map_or(Looked::ToCome, |one| Looked::Kept(Arc::clone(one)))
    }

    /// How long ago a message came in.
    pub(super) fn ago(&self, one: &One) -> Duration {
        self.clock.now().saturating_sub(one.at)
    }

    /// The number of the oldest message that is kept, and that of the next one to come.
    pub(super) fn range(&self) -> (u64, u64) {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        (messages.first, messages.next())
    }

    /// Waits until there is a message with this number, or was.
    pub(super) async fn arrived(&self, number: u64) {
        // The sender is ours, and lives as long as this.
        let _ = self.next.subscribe().wait_for(|next| *next > number).await;
    }
}

impl Messages {
    fn next(&self) -> u64 {
        self.first.saturating_add(u64::try_from(self.kept.len()).unwrap_or(u64::MAX))
    }
}

fn size(message: &Message) -> usize {
    let paths = message.forward_paths.iter().map(Vec::len).sum::<usize>();
    message.content.len().saturating_add(paths).saturating_add(message.reverse_path.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(octets: usize) -> Message {
        Message { reverse_path: Vec::new(), forward_paths: Vec::new(), content: vec![b'x'; octets] }
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many() {
        let kept = Kept::new(Clock::new_virtual());
        (0..=MOST_MESSAGES).for_each(|_| kept.add(Door::Outside, message(1)));
        assert_eq!(kept.range(), (1, MOST_MESSAGES as u64 + 1));
        assert!(matches!(kept.look(0), Looked::Gone));
        assert!(matches!(kept.look(1), Looked::Kept(_)));
        assert!(matches!(kept.look(MOST_MESSAGES as u64 + 1), Looked::ToCome));
    }

    #[test]
    fn the_oldest_go_where_they_are_too_large() {
        let kept = Kept::new(Clock::new_virtual());
        (0..9).for_each(|_| kept.add(Door::Outside, message(8 << 20)));
        assert_eq!(kept.range(), (1, 9));
        kept.add(Door::Outside, message(MOST_OCTETS + 1));
        assert_eq!(kept.range(), (9, 10));
    }

    #[tokio::test]
    async fn a_message_that_is_there_is_not_waited_for() {
        let kept = Kept::new(Clock::new_virtual());
        let (_, ()) = tokio::join!(kept.arrived(0), async { kept.add(Door::Inside, message(1)) });
        kept.arrived(0).await;
    }
}
