//! `smtpspec verify`: reads everything the user named, then runs the cases, then says what they came to.

mod job;
mod reports;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::arguments::Verify;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::diagnostic::Diagnostic;
use crate::feature::{self, Blame, Expected, Fault, Outcome, Plan, Scope};
use crate::harness::{Bench, BenchOptions, EventSink, TargetName};
use crate::judge::{self, CaseResult, Conclusion, Role, Rules, RunEvent, StandardRules};
use job::{Job, Judged};
use reports::RunReports;

pub(super) fn verify(arguments: &Verify, scenarios: &[PathBuf], terminal: &Terminal) -> Result<Exit, Failure> {
    let job = Job::read(arguments, scenarios)?;
    let reports = RunReports::plan(&arguments.report, terminal, arguments.verbose)?;
    let begun = Instant::now();
    let ended = runtime()?.block_on(async {
        tokio::select! {
            ended = run(&job, arguments, &reports, begun) => ended.map(Some),
            Ok(()) = broken_off() => Ok(None),
        }
    });
    if matches!(ended, Ok(None)) {
        reports.broken_off(begun.elapsed());
    }
    // Whatever became of the run: what is known by now is kept.
    let written = reports.finish();
    let ended = ended?;
    written?;
    let Some(Ended { exit, stale, not_run }) = ended else { return Ok(Exit::Interrupted) };
    terminal.diagnostics(&not_run);
    match exit {
        judge::Exit::Deviates => {
            terminal.diagnostics(&stale);
            Ok(Exit::Deviates)
        }
        _ if !stale.is_empty() => Err(Failure::Input(stale)),
        judge::Exit::Conformant => Ok(Exit::Conformant),
        judge::Exit::Inconclusive => Ok(Exit::Inconclusive),
    }
}

/// What a run came to.
struct Ended {
    exit: judge::Exit,
    /// What is wrong with the file of expected deviations, as the run has shown.
    stale: Vec<Diagnostic>,
    /// What of that file the run says nothing of.
    not_run: Vec<Diagnostic>,
}

/// Ends when the user breaks the run off, with Ctrl-C or as a supervisor does, with SIGTERM.
pub(super) async fn broken_off() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// One thread: the model answers at once, and one connection at a time goes to a target.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::Ours(format!("no runtime: {error}")))
}

async fn run(job: &Job, arguments: &Verify, reports: &RunReports, begun: Instant) -> Result<Ended, Failure> {
    let events = listing(reports.sink(), job.expected.clone());
    let options = BenchOptions { send_data_without_witness: arguments.send_data, ..BenchOptions::default() };
    let bench = Arc::new(Bench::new(options, Arc::clone(&events)));
    let targets = job.put_on(&bench);
    job.check_expected(&targets)?;
    bench.prepare().await.map_err(Failure::Input)?;
    reports.open()?;
    let rules: Arc<dyn Rules> = Arc::new(StandardRules);
    let plans: Vec<Plan> = job
        .parts(&targets)
        .into_iter()
        .map(|part| Plan {
            bench: Arc::clone(&bench),
            catalogue: Arc::clone(&job.catalogue),
            advisor: Arc::clone(&job.bulletins) as _,
            rules: Arc::clone(&rules),
            events: Arc::clone(&events),
            scope: part.scope,
            decides: part.decides,
        })
        .collect();
    let cases: usize = plans.iter().map(|plan| feature::planned(&job.suite, plan)).sum();
    events(RunEvent::RunStarted {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: crate::report::ndjson::SCHEMA,
        selectors: arguments.selectors.clone(),
        cases: u32::try_from(cases).unwrap_or(u32::MAX),
    });
    for target in &targets {
        if let Some(kind) = bench.kind(target) {
            events(RunEvent::TargetStarted { target: target.0.clone(), kind });
        }
    }
    let mut results = Vec::new();
    let mut required = Vec::new();
    let mut faults = Vec::new();
    for plan in &plans {
        let outcome = feature::run(&job.suite, plan).await;
        faults.extend(outcome.faults);
        if plan.decides {
            if let (Scope::Requirements(targets), Judged::Targets) = (&plan.scope, job.judged) {
                required.extend(required_roles(&*rules, &bench, targets, job.roles()));
            }
            results.extend(outcome.results);
        }
    }
    let failure = blame(&faults);
    let known = job.expected.as_ref().map_or(0, |expected| expected.count(&results));
    let Conclusion { summary, unjudged, exit } = rules.summarise(&results, &required).excusing(known);
    let stale = job.expected.as_ref().map(|expected| expected.stale(&results)).unwrap_or_default();
    let not_run = job.expected.as_ref().map(|expected| expected.not_run(&results)).unwrap_or_default();
    let code = match &failure {
        Some(failure) => failure.exit().code(),
        None if !stale.is_empty() && exit != judge::Exit::Deviates => Exit::WrongInput.code(),
        None => exit.code(),
    };
    events(RunEvent::RunFinished { summary, unjudged, took: begun.elapsed(), exit: code });
    failure.map_or(Ok(Ended { exit, stale, not_run }), Err)
}

/// Events on their way to the reports, with what the file says of each case that decides.
fn listing(to: EventSink, expected: Option<Arc<Expected>>) -> EventSink {
    let Some(expected) = expected else { return to };
    Arc::new(move |mut event| {
        if let RunEvent::CaseFinished { result, decides: true, listed } = &mut event {
            *listed = expected.listed(&result.requirement.id, &result.target).map(Box::new);
        }
        to(event);
    })
}

/// The results of a run in which nothing broke off.
pub(super) fn without_faults(outcome: Outcome) -> Result<Vec<CaseResult>, Failure> {
    blame(&outcome.faults).map_or(Ok(outcome.results), Err)
}

/// What broke off: the user's case, or smtpspec itself.
fn blame(faults: &[Fault]) -> Option<Failure> {
    let text = |fault: &Fault| {
        let at = fault.at.as_ref().map(|at| format!(" (at {at})")).unwrap_or_default();
        format!("{}: {}: {}{at}", fault.place, fault.case, fault.what)
    };
    if let Some(ours) = faults.iter().find(|fault| fault.blame == Blame::Ours) {
        return Some(Failure::Ours(text(ours)));
    }
    let of_cases: Vec<Diagnostic> = faults.iter().map(|fault| Diagnostic::error(text(fault))).collect();
    if of_cases.is_empty() { None } else { Some(Failure::Input(of_cases)) }
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
