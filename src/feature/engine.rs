//! The `cucumber` engine, wrapped: cases and a plan in, results and run events out.

mod batch;
mod panics;
mod sitting;

use std::sync::Arc;

use cucumber::{Cucumber, runner};
use futures::FutureExt as _;
use tokio::sync::Mutex;

use self::batch::Batch;
use self::panics::PanicWatch;
use self::sitting::{Ended, Occasion, Sitting};
use super::case::Case;
use super::plan::{Plan, Scope, StandIn};
use super::suite::Suite;
use super::world::{CaseWorld, Context};
use crate::harness::TargetName;
use crate::judge::{CaseId, CaseResult, Role};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Each case on each target, once and in the order they ran; one that was judged again stands where it ran last.
    pub results: Vec<CaseResult>,
    /// Cases that broke off without being judged. Their results are inconclusive.
    pub faults: Vec<Fault>,
}

/// Who is to blame for a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The case: its steps do not stand in an order that makes sense.
    Case,
    /// smtpspec.
    Ours,
}

/// A case that broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The case.
    pub case: CaseId,
    /// Where the step stands: `features/requirements/relay.feature:12`.
    pub place: String,
    /// What happened.
    pub what: String,
    /// Where in the source of smtpspec it happened, for a panic.
    pub at: Option<String>,
    /// Who is to blame.
    pub blame: Blame,
}

/// Only one engine at a time: while one runs, the process's panic hook is not its own.
static ENGINE: Mutex<()> = Mutex::const_new(());

/// How many results a plan will give.
pub fn planned(suite: &Suite, plan: &Plan) -> usize {
    match &plan.scope {
        Scope::Requirements(targets) => requirements(suite).count() * targets.len(),
        Scope::Record { stands_in } => record(suite, stands_in.as_ref()).count(),
    }
}

/// Runs cases, and those once more whose mail arrived after they were judged. Every event that cases give rise to goes to
/// the plan's sink; the first and the last of a run, and those of targets, are the caller's.
pub async fn run(suite: &Suite, plan: &Plan) -> Outcome {
    let _one_at_a_time = ENGINE.lock().await;
    let mut sittings: Vec<Sitting> = match &plan.scope {
        Scope::Requirements(targets) => {
            let on = |target: &TargetName| {
                let mut cases: Vec<Case> = requirements(suite).cloned().collect();
                make_ready(plan, target, &mut cases);
                Sitting::new(cases, context(plan, Some(target.clone()), None))
            };
            targets.iter().map(on).collect()
        }
        Scope::Record { stands_in } => {
            let mut cases: Vec<Case> = record(suite, stands_in.as_ref()).cloned().collect();
            match stands_in {
                Some(stand_in) => make_ready(plan, &stand_in.target, &mut cases),
                None => put_on_the_bench(suite, plan),
            }
            vec![Sitting::new(cases, context(plan, None, stands_in.clone()))]
        }
    };
    for sitting in &mut sittings {
        sitting.hold(plan).await;
    }
    sitting::settle(&mut sittings, plan).await;
    let mut outcome = Outcome::default();
    for sitting in sittings {
        sitting.hand_over(&mut outcome);
    }
    outcome
}

/// Tells the bench whom the cases are about. Wrong passwords come last, on the model too: a server may lock the account
/// that they are tried on, and cases that sign in to it would find it locked.
fn make_ready(plan: &Plan, target: &TargetName, cases: &mut [Case]) {
    let roles: Vec<Role> = cases.iter().filter_map(|case| case.role).collect();
    plan.bench.expect_roles(target, &roles);
    let about = cases.iter().filter_map(|case| Some((case.role?, case.requirement.id.clone())));
    plan.bench.expect_cases(target, &about.collect::<Vec<_>>());
    cases.sort_by_key(|case| case.role == Some(Role::WrongPassword));
}

fn requirements(suite: &Suite) -> impl Iterator<Item = &Case> {
    suite.cases.iter().filter(|case| !case.is_record())
}

/// The cases of the record; with a machine that stands for a deployment, only those that name this one.
fn record<'a>(suite: &'a Suite, stands_in: Option<&'a StandIn>) -> impl Iterator<Item = &'a Case> {
    suite.cases.iter().filter(move |case| {
        let is_about = |stand_in: &StandIn| case.deployments().iter().any(|name| stand_in.stands_for(name));
        case.is_record() && stands_in.is_none_or(is_about)
    })
}

/// The deployments that cases name and that are not there yet.
fn put_on_the_bench(suite: &Suite, plan: &Plan) {
    for name in record(suite, None).flat_map(Case::deployments) {
        if plan.bench.kind(&TargetName(name.to_string())).is_none()
            && let Some(deployment) = plan.catalogue.get(&name.id)
        {
            plan.bench.add_deployment(deployment);
        }
    }
}

fn context(plan: &Plan, target: Option<TargetName>, stand_in: Option<StandIn>) -> Arc<Context> {
    Arc::new(Context {
        bench: Arc::clone(&plan.bench),
        catalogue: Arc::clone(&plan.catalogue),
        advisor: Arc::clone(&plan.advisor),
        rules: Arc::clone(&plan.rules),
        target,
        stand_in,
    })
}

/// Runs cases one after the other.
async fn run_batch(cases: Vec<Case>, context: Arc<Context>, plan: &Plan, occasion: Occasion) -> Vec<Ended> {
    let batch = Arc::new(Batch::new(cases, context, plan, occasion));
    let watch = PanicWatch::new();
    let (before, after) = (Arc::clone(&batch), Arc::clone(&batch));
    let place = watch.place();
    let runner = runner::Basic::<CaseWorld>::default()
        .steps(super::steps::for_the_engine())
        .max_concurrent_scenarios(1)
        .before(move |_, _, scenario, world| {
            place.watch();
            before.begin(scenario, world);
            futures::future::ready(()).boxed_local()
        });
    let place = watch.place();
    let runner = runner.after(move |_, _, scenario, finished, world| {
        after.end(scenario, finished, world, place.take());
        futures::future::ready(()).boxed_local()
    });
    let cucumber = Cucumber::<_, _, _, _, _, cucumber::cli::Empty>::custom(batch.parser(), runner, batch::Silent);
    cucumber.with_default_cli().run(()).await;
    drop(watch);
    batch.take()
}
