//! What cases came to on one context, held again for those whose mail arrived after they were judged.

use std::sync::Arc;

use super::{Fault, Outcome, run_batch};
use crate::feature::case::Case;
use crate::feature::plan::Plan;
use crate::feature::world::{Context, Read};
use crate::harness::Bench;
use crate::judge::CaseResult;

/// How often at most: mail that arrives while cases are judged again may concern them too, and no server may keep a run
/// from its end.
const ROUNDS: usize = 3;

/// Whether cases are judged for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    First,
    Again,
}

impl Occasion {
    /// What there is to say of it beside the reasons for a verdict.
    pub(super) const fn reason(self) -> Option<&'static str> {
        match self {
            Self::First => None,
            Self::Again => Some("this was judged again, since mail arrived after it was judged first"),
        }
    }
}

/// What a case came to, and what it had read of the evidence that cases share.
pub(super) struct Ended {
    pub(super) result: CaseResult,
    pub(super) fault: Option<Fault>,
    pub(super) read: Vec<Read>,
}

/// Cases on one context.
pub(super) struct Sitting {
    cases: Vec<Case>,
    context: Arc<Context>,
    ended: Vec<Ended>,
}

impl Sitting {
    pub(super) fn new(cases: Vec<Case>, context: Arc<Context>) -> Self {
        Self { cases, context, ended: Vec::new() }
    }

    /// Runs all its cases.
    pub(super) async fn hold(&mut self, plan: &Plan) {
        self.ended = run_batch(self.cases.clone(), Arc::clone(&self.context), plan, Occasion::First).await;
    }

    /// Runs these cases again. What they come to now takes the place of what they came to before.
    async fn hold_again(&mut self, cases: Vec<Case>, plan: &Plan) {
        self.ended.retain(|ended| !cases.iter().any(|case| case.requirement.id == ended.result.requirement.id));
        self.ended.extend(run_batch(cases, Arc::clone(&self.context), plan, Occasion::Again).await);
    }

    /// The cases that read of mail what is no longer so. One that broke off has no verdict to mend, and its fault must not
    /// be lost.
    async fn outdated(&self, bench: &Bench) -> Vec<Case> {
        let Some(target) = self.context.external() else { return Vec::new() };
        let now = bench.look_again(target).await;
        let is_outdated = |case: &&Case| {
            let mut ended = self.ended.iter().filter(|ended| ended.result.requirement.id == case.requirement.id);
            ended.any(|ended| ended.fault.is_none() && ended.read.iter().any(|read| read.is_outdated(&now)))
        };
        self.cases.iter().filter(is_outdated).cloned().collect()
    }

    pub(super) fn hand_over(self, outcome: &mut Outcome) {
        for Ended { result, fault, read: _ } in self.ended {
            outcome.results.push(result);
            outcome.faults.extend(fault);
        }
    }
}

/// Looks at the witness of each server once more, and judges again what rests on mail that has arrived since; until
/// nothing changes. Nothing is waited for: each message was given its time when it was sent.
pub(super) async fn settle(sittings: &mut [Sitting], plan: &Plan) {
    for _ in 0..ROUNDS {
        let mut has_changed = false;
        for sitting in sittings.iter_mut() {
            let cases = sitting.outdated(&plan.bench).await;
            if !cases.is_empty() {
                has_changed = true;
                sitting.hold_again(cases, plan).await;
            }
        }
        if !has_changed {
            return;
        }
    }
}
