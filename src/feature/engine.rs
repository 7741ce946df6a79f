//! The `cucumber` engine, wrapped: cases and a plan in, results and run events out.

mod batch;
mod panics;

use std::sync::Arc;

use cucumber::{Cucumber, runner};
use futures::FutureExt as _;
use tokio::sync::Mutex;

use self::batch::Batch;
use self::panics::PanicWatch;
use super::case::Case;
use super::plan::{Plan, Scope, StandIn};
use super::suite::Suite;
use super::world::{CaseWorld, Context};
use crate::harness::TargetName;
use crate::judge::{CaseId, CaseResult, Role};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Each case on each target, in the order they ran.
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

/// Runs cases. Every event that cases give rise to goes to the plan's sink; the first and the last of a run, and those
/// of targets, are the caller's.
pub async fn run(suite: &Suite, plan: &Plan) -> Outcome {
    let _one_at_a_time = ENGINE.lock().await;
    let mut outcome = Outcome::default();
    match &plan.scope {
        Scope::Requirements(targets) => {
            for target in targets {
                let roles: Vec<Role> = requirements(suite).filter_map(|case| case.role).collect();
                plan.bench.expect_roles(target, &roles);
                let context = context(plan, Some(target.clone()), None);
                run_batch(requirements(suite), plan, context, &mut outcome).await;
            }
        }
        Scope::Record { stands_in } => {
            match stands_in {
                Some(stand_in) => {
                    let roles: Vec<Role> = record(suite, Some(stand_in)).filter_map(|case| case.role).collect();
                    plan.bench.expect_roles(&stand_in.target, &roles);
                }
                None => put_on_the_bench(suite, plan),
            }
            let context = context(plan, None, stands_in.clone());
            run_batch(record(suite, stands_in.as_ref()), plan, context, &mut outcome).await;
        }
    }
    outcome
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

async fn run_batch<'a>(
    cases: impl Iterator<Item = &'a Case>,
    plan: &Plan,
    context: Arc<Context>,
    outcome: &mut Outcome,
) {
    let batch = Arc::new(Batch::new(cases.cloned().collect(), context, plan));
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
    batch.hand_over(outcome);
}
