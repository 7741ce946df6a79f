//! `smtpspec verify`: reads everything the user named, then runs the cases, then says what they came to.

mod job;
mod reports;

use std::sync::Arc;

use super::arguments::Verify;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::feature::{self, Plan, Scope};
use crate::harness::{Bench, BenchOptions, EventSink, TargetName};
use crate::judge::{self, CaseResult, Role, Rules, RunEvent, StandardRules};
use job::{Job, Judged};
use reports::RunReports;

pub(super) fn verify(arguments: &Verify, terminal: &Terminal) -> Result<Exit, Failure> {
    let job = Job::read(arguments)?;
    let reports = RunReports::open(&arguments.report, terminal, arguments.verbose)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = run(&job, arguments, &reports) => ended.map(Some),
            _ = tokio::signal::ctrl_c() => Ok(None),
        }
    })?;
    reports.finish()?;
    Ok(match ended {
        None => Exit::Interrupted,
        Some(judge::Exit::Conformant) => Exit::Conformant,
        Some(judge::Exit::Deviates) => Exit::Deviates,
        Some(judge::Exit::Inconclusive) => Exit::Inconclusive,
    })
}

/// One thread: the model answers at once, and one connection at a time goes to a target.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::Ours(format!("no runtime: {error}")))
}

async fn run(job: &Job, arguments: &Verify, reports: &RunReports) -> Result<judge::Exit, Failure> {
    let begun = std::time::Instant::now();
    let events: EventSink = reports.sink();
    let options = BenchOptions { send_data_without_witness: arguments.send_data, ..BenchOptions::default() };
    let bench = Arc::new(Bench::new(options, Arc::clone(&events)));
    let targets = job.put_on(&bench);
    bench.prepare().await.map_err(Failure::Input)?;
    let rules: Arc<dyn Rules> = Arc::new(StandardRules);
    let parts = job.parts(&targets);
    events(RunEvent::RunStarted {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: crate::report::ndjson::SCHEMA,
        selectors: arguments.selectors.clone(),
        cases: parts.iter().map(|part| part.cases()).sum(),
    });
    let mut results = Vec::new();
    let mut required = Vec::new();
    for part in parts {
        let plan = Plan {
            bench: Arc::clone(&bench),
            catalogue: Arc::clone(&job.catalogue),
            advisor: Arc::clone(&job.bulletins) as _,
            rules: Arc::clone(&rules),
            events: Arc::clone(&events),
            scope: part.scope.clone(),
            decides: part.decides,
        };
        let came_to = feature::run(&part.suite, &plan).await.map_err(Failure::Ours)?;
        if part.decides {
            if let (Scope::Requirements(targets), Judged::Targets) = (&part.scope, job.judged) {
                required.extend(required_roles(&*rules, &bench, targets, part.roles(job.is_whole)));
            }
            results.extend(came_to);
        }
    }
    Ok(conclude(&*rules, &results, &required, begun.elapsed(), &events))
}

/// The roles about which something must come out, a target each: those the target has, as far as cases about them run.
fn required_roles(
    rules: &dyn Rules,
    bench: &Bench,
    targets: &[TargetName],
    among: Option<Vec<Role>>,
) -> Vec<(String, Role)> {
    let of = |target: &TargetName| {
        let roles = bench.declaration(target).map(|declaration| rules.required_roles(&declaration)).unwrap_or_default();
        let wanted = |role: &Role| among.as_ref().is_none_or(|among| among.contains(role));
        roles.into_iter().filter(wanted).map(|role| (target.0.clone(), role)).collect::<Vec<_>>()
    };
    targets.iter().flat_map(of).collect()
}

fn conclude(
    rules: &dyn Rules,
    results: &[CaseResult],
    required: &[(String, Role)],
    took: std::time::Duration,
    events: &EventSink,
) -> judge::Exit {
    let conclusion = rules.summarise(results, required);
    let exit = conclusion.exit;
    events(RunEvent::RunFinished {
        summary: conclusion.summary,
        unjudged: conclusion.unjudged,
        took,
        exit: exit.code(),
    });
    exit
}
