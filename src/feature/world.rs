//! The world of one case: what it was told, what it did, what it saw, and what that came to.

use std::sync::Arc;

use cucumber::gherkin::Step;

use super::case::DeploymentName;
use super::plan::{Advisor, StandIn};
use crate::diagnostic::Diagnostic;
use crate::harness::bench::beside::Seen;
use crate::harness::{Bench, Conversation, TargetName};
use crate::judge::{
    Attempt, Authentication, Declaration, Destination, Evidence, Fate, Judgement, NoAnswer, NoTls, Nonce, OpenReason,
    Role, Rules, Sighting, Verdict, duration, no_tls,
};
use crate::protocol::transcript::Transcript;
use crate::protocol::wire::Reply;
use crate::reference::bulletin::{Action, Advice};
use crate::reference::deployment::catalogue::Catalogue;

/// What every case of a run is given.
pub(super) struct Context {
    pub(super) bench: Arc<Bench>,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) advisor: Arc<dyn Advisor>,
    pub(super) rules: Arc<dyn Rules>,
    /// "the mail server".
    pub(super) target: Option<TargetName>,
    /// The machine that stands for a deployment.
    pub(super) stand_in: Option<StandIn>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Context {
    /// The server over TCP that cases are asked of; `None` where it is the model, or several.
    pub(super) fn external(&self) -> Option<&TargetName> {
        self.one_target().filter(|target| !self.bench.is_model(target))
    }

    /// The one target that all cases are about, if there is one.
    pub(super) fn one_target(&self) -> Option<&TargetName> {
        self.target.as_ref().or(self.stand_in.as_ref().map(|stand_in| &stand_in.target))
    }
}

/// How the words of [`StepError::Misplaced`] begin, since the engine hands on nothing but words.
pub(super) const MISPLACED: &str = "this step cannot stand here: ";

/// Why a step did not go on. The engine wants it as an error; what it came to stands in the world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum StepError {
    /// The case is decided.
    #[error("the case is decided")]
    Decided,
    /// The step stands where it cannot.
    #[error("{MISPLACED}{0}")]
    Misplaced(&'static str),
    /// Something of ours is not as it has to be.
    #[error("{0}")]
    Broken(String),
}

/// Mail that a role sent, with all that is known of it.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) role: Role,
    pub(super) destination: Destination,
    pub(super) evidence: Evidence,
    /// The recipients, where they are not the target's own.
    pub(super) recipients: Vec<String>,
    /// All that the witness saw of the message, where it went to those.
    pub(super) sightings: Vec<Sighting>,
}

impl Sent {
    /// The attempts this is about.
    pub(super) fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.evidence.of(self.role, self.destination)
    }

    /// The attempt that a judgement names, or the last.
    pub(super) fn attempt(&self, deciding: Option<u32>) -> Option<&Attempt> {
        deciding
            .and_then(|order| self.evidence.attempts.iter().find(|attempt| attempt.order == order))
            .or_else(|| self.attempts().last())
    }
}

/// What had become of a message when a case read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    nonce: Nonce,
    fate: Fate,
}

impl Read {
    /// Whether its mail has arrived since, or arrived at another door, or something came in that leaves open what became of
    /// it.
    pub(super) fn is_outdated(&self, now: &[Attempt]) -> bool {
        let has_arrived = |attempt: &Attempt| {
            matches!(attempt.fate, Fate::Arrived { .. } | Fate::Unsettled { .. }) && attempt.fate != self.fate
        };
        now.iter().any(|attempt| attempt.nonce == self.nonce && has_arrived(attempt))
    }
}

/// What came back last.
#[derive(Debug)]
pub(super) enum Heard {
    Reply(Reply),
    Silence(NoAnswer),
}

/// What became of STARTTLS.
#[derive(Debug)]
pub(super) enum BeganTls {
    /// TLS stands.
    Stands,
    /// It was answered with something else than 220, and the connection goes on in the clear.
    Refused(Reply),
}

/// What a case sees and says.
#[derive(Debug, Default, cucumber::World)]
pub(super) struct CaseWorld {
    /// Put there before the first step.
    pub(super) context: Option<Arc<Context>>,
    /// Whether the case is decided before its first step.
    pub(super) is_over: bool,
    /// The step that runs.
    pub(super) step: Option<Step>,
    /// Whom the steps are about now.
    pub(super) target: Option<TargetName>,
    /// The deployment that is.
    pub(super) deployment: Option<DeploymentName>,
    pub(super) sent: Option<Sent>,
    /// What was read of the evidence that cases share, each time it was.
    pub(super) read: Vec<Read>,
    /// One attempt a role, where every role sent mail.
    pub(super) outcomes: Vec<Attempt>,
    pub(super) conversation: Option<Conversation>,
    pub(super) heard: Option<Heard>,
    /// A second connection, which only waits while the first breaks the sequence of chunks; or why there is none.
    pub(super) bystander: Option<Result<Conversation, NoAnswer>>,
    /// The reply to the chunk, where a command was sent right behind it.
    pub(super) chunk: Option<Heard>,
    /// Who signed in, and what AUTH said.
    pub(super) signed_in: Option<(Role, Authentication)>,
    /// Whether the case begins TLS itself, where the target is to be spoken with under TLS.
    pub(super) in_clear: bool,
    /// What became of STARTTLS on the conversation.
    pub(super) began_tls: Option<BeganTls>,
    /// Whether EHLO or HELO was said on the conversation.
    pub(super) introduced: bool,
    pub(super) by_mapi: Option<Vec<Sighting>>,
    pub(super) advice: Option<Advice>,
    /// What of the advice the steps have named so far.
    pub(super) named: Vec<Action>,
    /// What came of a deployment file that a case made up.
    pub(super) refused_file: Option<Result<(), Vec<Diagnostic>>>,
    /// The role whose cell of the matrix the case fills.
    pub(super) cell: Option<Role>,
    /// What each Then step came to; one that does not conform is the last.
    pub(super) judgements: Vec<Judgement>,
    /// Dialogues that are over.
    pub(super) past: Vec<Transcript>,
    /// The same beside a model's, each with its target, where one goes beside.
    pub(super) beside: Vec<(TargetName, Seen)>,
}

impl CaseWorld {
    pub(super) fn context(&self) -> Result<Arc<Context>, StepError> {
        self.context.clone().ok_or_else(|| StepError::Broken("the case was given nothing to run on".to_owned()))
    }

    pub(super) fn target(&self) -> Result<TargetName, StepError> {
        self.target.clone().ok_or(StepError::Misplaced("no step before this one says what is judged"))
    }

    pub(super) fn declaration(&self) -> Result<Declaration, StepError> {
        let target = self.target()?;
        let declaration = self.context()?.bench.declaration(&target);
        declaration.ok_or_else(|| StepError::Broken(format!("{target} is not on the bench")))
    }

    pub(super) fn is_model(&self) -> Result<bool, StepError> {
        Ok(self.context()?.bench.is_model(&self.target()?))
    }

    pub(super) fn sent(&self) -> Result<&Sent, StepError> {
        self.sent.as_ref().ok_or(StepError::Misplaced("no mail was sent before this step"))
    }

    /// Notes what the case reads of the evidence that cases share.
    pub(super) fn note(&mut self, attempts: &[Attempt]) {
        let read = |attempt: &Attempt| Read { nonce: attempt.nonce.clone(), fate: attempt.fate.clone() };
        self.read.extend(attempts.iter().map(read));
    }

    /// Says whom the steps that follow are about; what was said to another server is over.
    pub(super) fn turn_to(&mut self, target: TargetName, deployment: Option<DeploymentName>) {
        self.end_conversation();
        self.target = Some(target);
        self.deployment = deployment;
        self.in_clear = false;
        self.sent = None;
        self.outcomes = Vec::new();
        self.by_mapi = None;
        self.advice = None;
    }

    pub(super) fn end_conversation(&mut self) {
        self.hold_beside();
        if let Some(Ok(bystander)) = self.bystander.take() {
            self.past.push(bystander.transcript().clone());
        }
        if let Some(conversation) = self.conversation.take() {
            self.past.push(conversation.transcript().clone());
        }
        self.heard = None;
        self.chunk = None;
        self.signed_in = None;
        self.began_tls = None;
        self.introduced = false;
    }

    /// Takes down what the model beside the target said in the dialogues under way, which are over.
    pub(super) fn hold_beside(&mut self) {
        let Some(target) = self.target.clone() else { return };
        let conversations = self.bystander.iter_mut().filter_map(|bystander| bystander.as_mut().ok());
        for conversation in conversations.chain(&mut self.conversation) {
            self.beside.extend(conversation.beside().map(|seen| (target.clone(), seen)));
        }
    }

    /// Puts a judgement down. The case goes on only while everything conforms.
    pub(super) fn judge(&mut self, mut judgement: Judgement) -> Result<(), StepError> {
        let conforms = judgement.verdict() == Verdict::Conformant;
        if !conforms && let Some(step) = &self.step {
            let (line, keyword) = (step.position.line, step.keyword.trim());
            judgement.reasons.push(format!("decided in line {line}: {keyword} {}", step.value));
        }
        self.judgements.push(judgement);
        if conforms { Ok(()) } else { Err(StepError::Decided) }
    }

    /// Judges something that holds or does not.
    pub(super) fn require(&mut self, holds: bool, expected: &str, seen: &str) -> Result<(), StepError> {
        self.judge(if holds {
            Judgement::conformant(seen)
        } else {
            Judgement::deviates(format!("expected {expected}, but {seen}"))
        })
    }

    /// Puts down that it cannot be told.
    pub(super) fn leave_open(&mut self, open: OpenReason, reason: impl Into<String>) -> Result<(), StepError> {
        self.judge(Judgement::inconclusive(open, reason))
    }

    /// Puts down that it cannot be told because no answer came.
    pub(super) fn unanswered(&mut self, why: &NoAnswer, reason: impl Into<String>) -> Result<(), StepError> {
        self.judge(self.silent(why, reason))
    }

    /// What no answer comes to. Of a case that begins TLS itself, that is skipped which the target file lets be said under
    /// TLS alone: it was not asked.
    pub(super) fn silent(&self, why: &NoAnswer, reason: impl Into<String>) -> Judgement {
        if self.in_clear && matches!(why, NoAnswer::NoTls { cause: NoTls::Withheld { .. } }) {
            return Judgement::skipped(reason);
        }
        Judgement::inconclusive(self.open_for(why), reason)
    }

    /// What an answer that did not come leaves open, by what was said in the conversation.
    pub(super) fn open_for(&self, why: &NoAnswer) -> OpenReason {
        OpenReason::of_silence(why, self.conversation.as_ref().map(Conversation::transcript))
    }
}

/// No answer, as the second half of a sentence: "it closed the connection".
pub(super) fn silence(why: &NoAnswer) -> String {
    match why {
        NoAnswer::NotConnected { reason } => format!("it could not be connected to: {reason}"),
        NoAnswer::ConnectTimedOut { after } => format!("no connection stood within {}", duration(*after)),
        NoAnswer::GivenUp { connections } => {
            format!("it was given up after {connections} connections without a greeting in time")
        }
        NoAnswer::NoGreeting { after } => format!("it did not greet within {}", duration(*after)),
        NoAnswer::NotSmtp { what } => format!("what it greeted with is not SMTP: {what}"),
        NoAnswer::Closed => "it closed the connection".to_owned(),
        NoAnswer::Reset { reason } => format!("the connection broke: {reason}"),
        NoAnswer::TimedOut { after } => format!("it did not answer within {}", duration(*after)),
        NoAnswer::NoReply { what } => format!("what it sent is no answer: {what}"),
        NoAnswer::TurnedAway { reply } => format!("it turned the client away: {} {}", reply.code, reply.text),
        NoAnswer::LimitReached { limit } => format!("a limit of ours was reached: {limit}"),
        NoAnswer::WitnessLost { reason } => format!("the witness was lost: {reason}"),
        NoAnswer::NoTls { cause } => format!("TLS is required and not to be had: {}", no_tls(cause)),
    }
}

/// A reply, as the second half of a sentence: "it answered `250 OK`".
pub(super) fn answered(reply: &Reply) -> String {
    format!("it answered `{} {}`", reply.code().get(), reply.text())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    // As reports write a time: a number, a space, the unit.
    #[test]
    fn a_time_has_its_unit_behind_a_space() {
        let after = Duration::from_secs(30);
        assert_eq!(silence(&NoAnswer::TimedOut { after }), "it did not answer within 30 s");
    }
}
