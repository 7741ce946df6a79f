//! The connections of one errand, one after the other, told as one transcript.

use std::net::IpAddr;
use std::time::Duration;

use super::BenchOptions;
use super::target::Ready;
use crate::harness::client::{Outcome, Step};
use crate::harness::dialogue::Dialogue;
use crate::judge::NoAnswer;
use crate::protocol::transcript::{Content, Entry, Happening, Side, Transcript};

/// The most connections of one errand: the first, and new ones for what servers put off or end.
const MOST_CONNECTIONS: usize = 4;

/// Errors on a connection behind which nothing new is begun on it. Exchange ends a session at its fifth protocol error
/// (`MaxProtocolErrors`), Postfix slows each reply down from the eleventh on (`smtpd_soft_error_limit`).
const MOST_ERRORS: usize = 4;

/// Connections that are opened when they are needed. The transcript goes through all of them.
pub(super) struct Connections<'a> {
    ready: &'a Ready,
    options: &'a BenchOptions,
    peer: Option<IpAddr>,
    local: Option<IpAddr>,
    label: String,
    /// When the first was begun, on the target's clock.
    began: Duration,
    /// When the one that stands was begun, since the first was.
    offset: Duration,
    count: usize,
    /// What was said on those before.
    before: Transcript,
    dialogue: Option<Dialogue>,
}

impl<'a> Connections<'a> {
    /// None yet.
    pub(super) fn new(
        ready: &'a Ready,
        options: &'a BenchOptions,
        peer: Option<IpAddr>,
        local: Option<IpAddr>,
        label: String,
    ) -> Self {
        let began = ready.clock.now();
        let (before, dialogue, count, offset) = (Transcript::new(), None, 0, Duration::ZERO);
        Self { ready, options, peer, local, label, began, offset, count, before, dialogue }
    }

    /// Ends the one that stands, if any, and opens the next.
    pub(super) async fn open(&mut self) -> Result<(), NoAnswer> {
        self.quit().await;
        self.put_by();
        self.count = self.count.saturating_add(1);
        self.offset = self.ready.clock.now().saturating_sub(self.began);
        if self.count > 1 {
            let content = Content::Happening(Happening::Connected);
            self.before.entries.push(Entry { side: Side::Client, at: self.offset, content, mark: None });
        }
        match self.ready.open(self.options.client(), self.peer, self.local, &self.label).await {
            Ok(dialogue) => {
                self.dialogue = Some(dialogue);
                Ok(())
            }
            Err((why, transcript)) => {
                self.keep(transcript);
                Err(why)
            }
        }
    }

    /// The one that stands.
    ///
    /// # Errors
    /// Where none does.
    pub(super) fn dialogue(&mut self) -> Result<&mut Dialogue, NoAnswer> {
        self.dialogue.as_mut().ok_or(NoAnswer::Closed)
    }

    pub(super) async fn perform(&mut self, step: Step) -> Outcome {
        match self.dialogue() {
            Ok(dialogue) => dialogue.perform(step).await,
            Err(why) => Outcome::NoAnswer(why),
        }
    }

    /// Waits, the connection standing.
    pub(super) async fn wait(&mut self, duration: Duration) {
        match &mut self.dialogue {
            Some(dialogue) => dialogue.wait(duration).await,
            None => self.ready.clock.wait(duration).await,
        }
    }

    /// Whether another may be opened for this errand.
    pub(super) fn may_reopen(&self) -> bool {
        self.count < MOST_CONNECTIONS
    }

    /// Whether nothing new is to be begun on the one that stands: the server has said 421, or has given so many errors that it
    /// may begin to punish them.
    pub(super) fn is_worn(&self) -> bool {
        let Some(dialogue) = &self.dialogue else { return true };
        let (errors, is_closing) = errors(dialogue.transcript());
        errors >= MOST_ERRORS || is_closing
    }

    /// QUIT on the one that stands, whatever came of it (RFC 5321 4.1.1.10). Nothing is said where it is gone.
    pub(super) async fn quit(&mut self) {
        if let Some(dialogue) = &mut self.dialogue {
            dialogue.perform(Step::Quit).await;
        }
    }

    /// When mail data was sent last on the one that stands, on the clock.
    pub(super) fn mail_data_sent_at(&self) -> Option<Duration> {
        self.dialogue.as_ref()?.mail_data_sent_at()
    }

    /// What was said on all of them.
    pub(super) fn transcript(&self) -> Transcript {
        let mut all = self.before.clone();
        if let Some(dialogue) = &self.dialogue {
            all.entries.extend(later(dialogue.transcript().clone(), self.offset));
        }
        all
    }

    /// The last entry of it.
    pub(super) fn last_entry(&self) -> Option<usize> {
        let now = self.dialogue.as_ref().map_or(0, |dialogue| dialogue.transcript().entries.len());
        self.before.entries.len().saturating_add(now).checked_sub(1)
    }

    fn put_by(&mut self) {
        if let Some(dialogue) = self.dialogue.take() {
            let transcript = dialogue.transcript().clone();
            self.keep(transcript);
        }
    }

    fn keep(&mut self, transcript: Transcript) {
        self.before.entries.extend(later(transcript, self.offset));
    }
}

fn later(transcript: Transcript, offset: Duration) -> impl Iterator<Item = Entry> {
    transcript.entries.into_iter().map(move |entry| Entry { at: entry.at.saturating_add(offset), ..entry })
}

/// How many 4xx and 5xx replies there are, each counted at its last line, and whether the last reply was a 421.
pub(crate) fn errors(said: &Transcript) -> (usize, bool) {
    let mut is_closing = false;
    let mut count = 0_usize;
    for entry in &said.entries {
        let (Side::Server, Content::Line { bytes, .. }) = (entry.side, &entry.content) else { continue };
        if bytes.get(3) == Some(&b'-') {
            continue;
        }
        is_closing = bytes.starts_with(b"421");
        if matches!(bytes.first(), Some(b'4' | b'5')) {
            count = count.saturating_add(1);
        }
    }
    (count, is_closing)
}
