//! Whether a witness elsewhere can be believed where it says nothing: what it was asked last, and when it was lost.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// How the connection to the witness stands.
#[derive(Clone, Debug, Default)]
struct State {
    /// Why there is none, while there is none.
    lost: Option<String>,
    /// The number of the last question.
    asked: u64,
    /// The number of the last question that was answered.
    answered: u64,
    /// Until when something may have arrived that will never be told, on the run's clock, and why.
    missed: Option<(Duration, String)>,
}

/// The connection of a run to its witness, seen from the run. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Lifeline(watch::Sender<State>);

impl Lifeline {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(State::default()))
    }

    /// The connection is gone.
    pub(super) fn is_lost(&self, why: String) {
        self.0.send_modify(|state| state.lost = Some(why));
    }

    /// The connection stands.
    pub(super) fn stands(&self) {
        self.0.send_modify(|state| state.lost = None);
    }

    /// What arrived before `until` may never be told.
    pub(super) fn has_missed(&self, until: Duration, why: String) {
        self.0.send_modify(|state| state.missed = Some((until, why)));
    }

    /// Until when something was missed, and why.
    pub(super) fn missed(&self) -> Option<(Duration, String)> {
        self.0.borrow().missed.clone()
    }

    pub(super) fn is_answered(&self, question: u64) {
        self.0.send_modify(|state| state.answered = state.answered.max(question));
    }

    /// Waits for a question behind this one.
    pub(super) async fn question_after(&self, question: u64) -> u64 {
        let mut states = self.0.subscribe();
        loop {
            let (asked, answered) = {
                let state = states.borrow_and_update();
                (state.asked, state.answered)
            };
            // The sender is ours, and lives as long as this.
            if asked > question && answered < asked || states.changed().await.is_err() {
                return asked;
            }
        }
    }

    /// Asks the witness whether all has been told that it has received by now, and waits for the answer.
    ///
    /// # Errors
    /// Why there is none within the limit.
    pub(super) async fn ask(&self, within: Duration) -> Result<(), String> {
        let mut question = 0;
        self.0.send_modify(|state| {
            state.asked = state.asked.saturating_add(1);
            question = state.asked;
        });
        let mut state = self.0.subscribe();
        let is_answered = timeout(within, state.wait_for(|state| state.answered >= question)).await.is_ok();
        if is_answered {
            return Ok(());
        }
        Err(self.0.borrow().lost.clone().unwrap_or_else(|| "it does not answer".to_owned()))
    }
}

#[cfg(test)]
impl Lifeline {
    pub(super) async fn until_lost(&self) {
        self.0.subscribe().wait_for(|state| state.lost.is_some()).await.unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_question_is_answered_by_its_answer_or_a_later_one() {
        let lifeline = Lifeline::new();
        let answering = async {
            let question = lifeline.question_after(0).await;
            lifeline.is_answered(question);
        };
        let (asked, ()) = tokio::join!(lifeline.ask(SECOND), answering);
        assert_eq!(asked, Ok(()));
        // What was answered before is no answer to what is asked now.
        assert_eq!(lifeline.ask(SECOND).await, Err("it does not answer".to_owned()));
        lifeline.is_lost("it was killed".to_owned());
        assert_eq!(lifeline.ask(SECOND).await, Err("it was killed".to_owned()));
        assert_eq!(lifeline.question_after(1).await, 3);
    }
}
