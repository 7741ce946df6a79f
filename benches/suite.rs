//! A whole run in process: the record, and the requirements on every built-in deployment, which is what `smtpspec verify`
//! does between reading its arguments and drawing the matrix. What the figures are for is in `docs/benchmarks.md`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::sync::Arc;

use divan::{Bencher, black_box};
use smtpspec::feature::{Plan, Scope, Suite, built_in, run};
use smtpspec::harness::{Bench, BenchOptions, EventSink};
use smtpspec::judge::StandardRules;
use smtpspec::reference::bulletin::Bulletins;
use smtpspec::reference::deployment::catalogue::Catalogue;

fn main() {
    divan::main();
}

/// Products, deployments and cases from their files.
#[divan::bench]
fn read() -> usize {
    let catalogue = Catalogue::built_in().expect("the built-in files are right");
    let suite = Suite::load(built_in(), &catalogue).expect("the built-in cases are right");
    black_box(suite).cases().len()
}

/// The record of MS02-011 on the deployments it names.
#[divan::bench]
fn record(bencher: Bencher<'_, '_>) {
    let ready = Ready::new();
    bencher.bench_local(|| ready.run(|_| Scope::Record { stands_in: None }));
}

/// The requirements on every built-in deployment.
#[divan::bench]
fn requirements(bencher: Bencher<'_, '_>) {
    let ready = Ready::new();
    let everywhere = |bench: &Bench| {
        let deployments = ready.catalogue.deployments.iter();
        Scope::Requirements(deployments.flat_map(|deployment| bench.add_deployment(deployment)).collect())
    };
    bencher.bench_local(|| ready.run(everywhere));
}

struct Ready {
    catalogue: Arc<Catalogue>,
    bulletins: Arc<Bulletins>,
    suite: Suite,
    runtime: tokio::runtime::Runtime,
}

impl Ready {
    fn new() -> Self {
        let catalogue = Catalogue::built_in().expect("the built-in files are right");
        let suite = Suite::load(built_in(), &catalogue).expect("the built-in cases are right");
        let bulletins = Bulletins::built_in().expect("the built-in files are right");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { catalogue: Arc::new(catalogue), bulletins: Arc::new(bulletins), suite, runtime }
    }

    /// A bench of its own each time, so that no evidence is left from the run before.
    fn run(&self, scope: impl Fn(&Bench) -> Scope) -> usize {
        let events: EventSink = Arc::new(drop);
        let bench = Arc::new(Bench::new(BenchOptions::default(), Arc::clone(&events)));
        let plan = Plan {
            scope: scope(&bench),
            bench,
            catalogue: Arc::clone(&self.catalogue),
            advisor: Arc::clone(&self.bulletins) as _,
            rules: Arc::new(StandardRules),
            events,
            decides: true,
        };
        self.runtime.block_on(run(&self.suite, &plan)).results.len()
    }
}
