//! What a run looks like, whole: the matrix of all built-in deployments, and every role's dialogue with each of them,
//! lines from chosen facts marked. A change of the model, the rules or the report shows here.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use smtpspec::feature::{Outcome, Plan, Scope, run};
use smtpspec::harness::bench::EventSink;
use smtpspec::harness::{Bench, BenchOptions, TargetName};
use smtpspec::judge::{Destination, Role, Rules as _, RunEvent, StandardRules};
use smtpspec::report::{Report, Terminal, TerminalOptions};

use super::features::{block_on, catalogue, plan, suite};

const OPTIONS: TerminalOptions = TerminalOptions { colour: false, width: 100, progress: false, verbose: false };

/// Every built-in deployment's listeners.
fn put_all_on(bench: &Bench) -> Vec<TargetName> {
    catalogue().deployments.iter().flat_map(|deployment| bench.add_deployment(deployment)).collect()
}

#[test]
fn the_whole_matrix() {
    let events: Arc<Mutex<Vec<RunEvent>>> = Arc::default();
    let kept = Arc::clone(&events);
    let sink: EventSink = Arc::new(move |event| kept.lock().unwrap().push(event));
    let requirements = plan(BenchOptions::default(), Scope::Requirements(Vec::new()), Arc::clone(&sink));
    let targets = put_all_on(&requirements.bench);
    sink(RunEvent::RunStarted { version: "0".to_owned(), schema: 2, selectors: Vec::new(), cases: 0 });
    for target in &targets {
        sink(RunEvent::TargetStarted { target: target.0.clone(), kind: requirements.bench.kind(target).unwrap() });
    }
    let record = Plan { scope: Scope::Record { stands_in: None }, ..requirements.clone() };
    let requirements = Plan { scope: Scope::Requirements(targets), decides: false, ..requirements };
    let Outcome { results, faults } = block_on(run(suite(), &record));
    let filled = block_on(run(suite(), &requirements));
    assert!(faults.is_empty() && filled.faults.is_empty());
    let conclusion = StandardRules.summarise(&results, &[]);
    sink(RunEvent::RunFinished {
        summary: conclusion.summary,
        unjudged: conclusion.unjudged,
        took: Duration::ZERO,
        exit: conclusion.exit.code(),
    });
    let mut written = Vec::new();
    let mut terminal = Box::new(Terminal::new(&mut written, OPTIONS));
    for event in events.lock().unwrap().iter() {
        terminal.event(event).unwrap();
    }
    terminal.finish().unwrap();
    insta::assert_snapshot!("matrix", String::from_utf8(written).unwrap());
}

/// A snapshot a target, in it a dialogue a role: mail to the remote recipient.
#[test]
fn every_role_with_every_deployment() {
    let bench = Bench::new(BenchOptions::default(), Arc::new(|_| {}));
    for target in put_all_on(&bench) {
        let mut shown = String::new();
        for role in Role::MATRIX {
            let attempt = block_on(bench.attempt(&target, role, Destination::Remote)).unwrap();
            writeln!(shown, "# {}\n{}", role.phrase(), attempt.transcript).unwrap();
        }
        insta::assert_snapshot!(format!("dialogues-{}", target.0.replace(':', "-")), shown.trim_end());
    }
}
