//! Cases on their way through the engine: as Gherkin's features into it, as results out of it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cucumber::gherkin::{Feature, LineCol, Scenario};
use cucumber::{Event, Parser, Writer, cli, event, parser, writer};
use futures::stream;

use super::sitting::{Ended, Occasion};
use super::{Blame, Fault};
use crate::feature::case::{Case, DeploymentName};
use crate::feature::plan::{Plan, Scope, StandIn};
use crate::feature::steps::judgement::answers;
use crate::feature::steps::target::target_of;
use crate::feature::world::{CaseWorld, Context, MISPLACED};
use crate::harness::EventSink;
use crate::judge::{Authentication, CaseResult, Cell, Declaration, Fate, Judgement, Presence, RunEvent, Verdict};
use crate::protocol::transcript::Transcript;

/// Cases that run on one context.
pub(super) struct Batch {
    cases: Vec<Case>,
    context: Arc<Context>,
    events: EventSink,
    decides: bool,
    fills_cells: bool,
    occasion: Occasion,
    ended: Mutex<Vec<Ended>>,
}

impl StandIn {
    /// Whether the machine stands for this deployment.
    pub(in crate::feature) fn stands_for(&self, name: &DeploymentName) -> bool {
        self.deployment.id == name.id
            && (self.deployment.listener.is_none() || self.deployment.listener == name.listener)
    }
}

impl Batch {
    pub(super) fn new(cases: Vec<Case>, context: Arc<Context>, plan: &Plan, occasion: Occasion) -> Self {
        Self {
            cases,
            context,
            events: Arc::clone(&plan.events),
            decides: plan.decides,
            fills_cells: matches!(plan.scope, Scope::Requirements(_)),
            occasion,
            ended: Mutex::default(),
        }
    }

    /// The cases as the engine reads them: a feature a file, no background, no outline, no tag it could take for its
    /// own. The line of a scenario is its number in the batch.
    pub(super) fn parser(&self) -> Cases {
        let mut features: Vec<Feature> = Vec::new();
        for (number, case) in self.cases.iter().enumerate() {
            let scenario = Scenario::builder()
                .keyword("Scenario".to_owned())
                .name(case.requirement.sentence.clone())
                .steps(case.steps.clone())
                .position(LineCol { line: number, col: 0 })
                .build();
            let path = PathBuf::from(&case.file);
            match features.last_mut().filter(|feature| feature.path.as_ref() == Some(&path)) {
                Some(feature) => feature.scenarios.push(scenario),
                None => features.push(
                    Feature::builder()
                        .keyword("Feature".to_owned())
                        .name(case.file.clone())
                        .scenarios(vec![scenario])
                        .path(Some(path))
                        .build(),
                ),
            }
        }
        Cases(features)
    }

    pub(super) fn begin(&self, scenario: &Scenario, world: &mut CaseWorld) {
        let Some(case) = self.cases.get(scenario.position.line) else { return };
        let target = self.target(case);
        (self.events)(RunEvent::CaseStarted { case: case.requirement.id.clone(), target });
        world.context = Some(Arc::clone(&self.context));
        if let Some(judgement) = self.decided_before(case) {
            world.judgements.push(judgement);
            world.is_over = true;
        }
    }

    pub(super) fn end(
        &self,
        scenario: &Scenario,
        finished: &event::ScenarioFinished,
        world: Option<&mut CaseWorld>,
        panicked_at: Option<String>,
    ) {
        let Some(case) = self.cases.get(scenario.position.line) else { return };
        let mut nothing = CaseWorld::default();
        let world = world.unwrap_or(&mut nothing);
        let fault = fault(case, finished, world, panicked_at);
        if let Some(fault) = &fault {
            let whose = match fault.blame {
                Blame::Case => "the case",
                Blame::Ours => "smtpspec",
            };
            world.judgements.push(Judgement::new(Verdict::Inconclusive, format!("{whose} failed: {}", fault.what)));
        }
        let result = self.result(case, world);
        let cell = world.cell.filter(|_| self.fills_cells).map(|role| Cell {
            case: result.requirement.id.clone(),
            target: result.target.clone(),
            role,
            authentication: result.authentication.clone().unwrap_or(Authentication::NotTried),
            fate: result.fate.clone().unwrap_or_else(|| Fate::NotTried { reason: reason(&result.judgement) }),
            verdict: result.judgement.verdict,
        });
        (self.events)(RunEvent::CaseFinished { result: Box::new(result.clone()), decides: self.decides, listed: None });
        if let Some(cell) = cell {
            (self.events)(RunEvent::CellFilled { cell: Box::new(cell) });
        }
        let ended = Ended { result, fault, read: std::mem::take(&mut world.read) };
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
    }

    /// What the cases came to, in the order they ran.
    pub(super) fn take(&self) -> Vec<Ended> {
        std::mem::take(&mut *self.ended.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a case's results are filed under: the first server it is about.
    fn target(&self, case: &Case) -> String {
        if let Some(target) = &self.context.target {
            return target.0.clone();
        }
        let first = match &self.context.stand_in {
            Some(stand_in) => return stand_in.target.0.clone(),
            None => case.deployments().first(),
        };
        first
            .and_then(|name| target_of(&self.context, name).ok())
            .map_or_else(|| "no deployment".to_owned(), |target| target.0)
    }

    /// A case that cannot be asked of this target at all.
    fn decided_before(&self, case: &Case) -> Option<Judgement> {
        let Context { bench, stand_in, .. } = &*self.context;
        let external = self.context.external()?;
        if case.model_only {
            let reason =
                "this needs what only the built-in model has: its advice, its MAPI side or its service's state";
            return Some(Judgement::new(Verdict::NotApplicable, reason));
        }
        if let Some(stand_in) = stand_in
            && let Some(other) = case.deployments().iter().find(|name| !stand_in.stands_for(name))
        {
            let reason = format!("this compares with {other}, for which no machine stands");
            return Some(Judgement::new(Verdict::NotApplicable, reason));
        }
        if case.disruptive && !bench.disruption_is_allowed(external) {
            return Some(
                Judgement::new(Verdict::Skipped, "this can stop a server that has the defect")
                    .with_remedy("write `disruptive: allowed` into the target file if that would hurt nobody"),
            );
        }
        None
    }

    fn result(&self, case: &Case, world: &CaseWorld) -> CaseResult {
        let mut judgement = whole(&world.judgements);
        judgement.reasons.extend(self.occasion.reason().map(str::to_owned));
        let conforms = judgement.verdict == Verdict::Conformant;
        let answered = case.role.and_then(|role| {
            answers(world, judgement.deciding_attempt).or_else(|| {
                let declaration = self.declaration()?;
                not_to_be_had(&declaration, role)
            })
        });
        let (authentication, fate) = answered.unzip();
        let (transcript, deciding_entry) = if conforms { (None, None) } else { dialogue(world, &judgement) };
        CaseResult {
            requirement: case.requirement.clone(),
            target: self.target(case),
            role: case.role,
            authentication,
            fate,
            judgement,
            transcript,
            deciding_entry,
            took: took(world),
        }
    }

    fn declaration(&self) -> Option<Declaration> {
        self.context.bench.declaration(self.context.one_target()?)
    }
}

/// Both answers of a role that the target has not.
fn not_to_be_had(declaration: &Declaration, role: crate::judge::Role) -> Option<(Authentication, Fate)> {
    let reason = match declaration.presence.get(&role)? {
        Presence::Given => return None,
        Presence::NotGiven => "the target file says nothing of this role",
        Presence::Absent => "the target has no such role",
    };
    Some((Authentication::NotTried, Fate::NotTried { reason: reason.to_owned() }))
}

/// What the steps' judgements come to together: the last one if it does not conform, since it ended the case; otherwise
/// all their reasons.
fn whole(judgements: &[Judgement]) -> Judgement {
    match judgements.last() {
        Some(last) if last.verdict != Verdict::Conformant => last.clone(),
        Some(_) => {
            let mut judgement = Judgement::new(Verdict::Conformant, String::new());
            judgement.reasons.clear();
            for reason in judgements.iter().flat_map(|judgement| &judgement.reasons) {
                if !judgement.reasons.contains(reason) {
                    judgement.reasons.push(reason.clone());
                }
            }
            judgement.deciding_attempt = judgements.iter().rev().find_map(|judgement| judgement.deciding_attempt);
            judgement
        }
        None => Judgement::new(Verdict::Inconclusive, "no step judged anything"),
    }
}

/// A case that ended otherwise than by a judgement.
fn fault(
    case: &Case,
    finished: &event::ScenarioFinished,
    world: &CaseWorld,
    panicked_at: Option<String>,
) -> Option<Fault> {
    let what = match finished {
        event::ScenarioFinished::StepPassed => return None,
        event::ScenarioFinished::StepFailed(_, _, _) if is_decided(world) => return None,
        event::ScenarioFinished::StepFailed(_, _, event::StepError::Panic(payload))
        | event::ScenarioFinished::BeforeHookFailed(payload) => words(payload),
        event::ScenarioFinished::StepFailed(_, _, error) => error.to_string(),
        event::ScenarioFinished::StepSkipped => "there is no such step".to_owned(),
    };
    let line = world.step.as_ref().map_or(case.line, |step| step.position.line);
    let place = format!("{}:{line}", case.file);
    let case = case.requirement.id.clone();
    Some(match what.strip_prefix(MISPLACED) {
        Some(why) => Fault { case, place, what: format!("{MISPLACED}{why}"), at: None, blame: Blame::Case },
        None => Fault { case, place, what, at: panicked_at, blame: Blame::Ours },
    })
}

fn is_decided(world: &CaseWorld) -> bool {
    world.judgements.last().is_some_and(|judgement| judgement.verdict != Verdict::Conformant)
}

fn words(payload: &event::Info) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|words| (*words).to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}

fn reason(judgement: &Judgement) -> String {
    judgement.reasons.first().cloned().unwrap_or_default()
}

/// The dialogue that decided, and its deciding entry.
fn dialogue(world: &CaseWorld, judgement: &Judgement) -> (Option<Transcript>, Option<usize>) {
    if let Some(conversation) = &world.conversation {
        let transcript = conversation.transcript().clone();
        let last = transcript.entries.len().checked_sub(1);
        return (Some(transcript), last);
    }
    if let Some(attempt) = world.sent.as_ref().and_then(|sent| sent.attempt(judgement.deciding_attempt)) {
        return (Some(attempt.transcript.clone()), attempt.deciding_entry);
    }
    let transcript = world.past.last().cloned();
    let last = transcript.as_ref().and_then(|transcript| transcript.entries.len().checked_sub(1));
    (transcript, last)
}

/// The time of the dialogues a case read, as the target's clock has it.
fn took(world: &CaseWorld) -> Duration {
    let length = |transcript: &Transcript| transcript.entries.last().map_or(Duration::ZERO, |entry| entry.at);
    let conversations =
        world.past.iter().chain(world.conversation.as_ref().map(|conversation| conversation.transcript()));
    let attempts = world.sent.iter().flat_map(|sent| sent.attempts()).map(|attempt| &attempt.transcript);
    conversations.chain(attempts).map(length).sum()
}

/// The engine's parser: the cases are read already.
pub(super) struct Cases(Vec<Feature>);

impl Parser<()> for Cases {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        stream::iter(self.0.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// The engine's writer: what there is to say is said by the hooks, where the world is at hand.
pub(super) struct Silent;

impl Writer<CaseWorld> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, _: parser::Result<Event<event::Cucumber<CaseWorld>>>, _: &cli::Empty) {}
}

impl writer::Normalized for Silent {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case in which nothing was asked shows nothing.
    #[test]
    fn a_case_that_judged_nothing_is_inconclusive() {
        assert_eq!(whole(&[]).verdict, Verdict::Inconclusive);
    }
}
