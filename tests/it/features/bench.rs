//! What the tests of this folder run on.

use std::sync::{Arc, LazyLock, Mutex};

use smtpspec::feature::{Advisor, FeatureText, Outcome, Plan, Scope, Suite, built_in, run};
use smtpspec::harness::bench::EventSink;
use smtpspec::harness::{Bench, BenchOptions};
use smtpspec::judge::{Rules, RunEvent, StandardRules};
use smtpspec::reference::bulletin::Bulletins;
use smtpspec::reference::deployment::catalogue::Catalogue;

static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::built_in().unwrap()));

static SUITE: LazyLock<Suite> = LazyLock::new(|| load(built_in()));

pub(crate) fn catalogue() -> Arc<Catalogue> {
    Arc::clone(&CATALOGUE)
}

/// The built-in suite.
pub(crate) fn suite() -> &'static Suite {
    &SUITE
}

/// A suite, or what is wrong with it.
pub(crate) fn load(texts: Vec<FeatureText>) -> Suite {
    Suite::load(texts, &CATALOGUE).unwrap_or_else(|wrong| panic!("{}", rendered(&wrong)))
}

pub(crate) fn rendered(wrong: &[smtpspec::diagnostic::Diagnostic]) -> String {
    wrong.iter().map(|diagnostic| diagnostic.render(false, 100)).collect::<Vec<_>>().join("\n")
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Events, kept.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<RunEvent>>>);

impl Events {
    pub(crate) fn sink(&self) -> EventSink {
        let kept = Arc::clone(&self.0);
        Arc::new(move |event| kept.lock().unwrap().push(event))
    }

    pub(crate) fn take(&self) -> Vec<RunEvent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A plan on an empty bench.
pub(crate) fn plan(options: BenchOptions, scope: Scope, events: EventSink) -> Plan {
    Plan {
        bench: Arc::new(Bench::new(options, Arc::clone(&events))),
        catalogue: catalogue(),
        advisor: Arc::new(Bulletins::built_in().unwrap()),
        rules: Arc::new(StandardRules),
        events,
        scope,
        decides: true,
    }
}

/// The record on the model as the options leave it, with other advice where one is given.
pub(crate) fn record(suite: &Suite, options: BenchOptions, advisor: Option<Arc<dyn Advisor>>) -> Outcome {
    record_by(Arc::new(StandardRules), suite, options, advisor)
}

/// The same, by other rules.
pub(crate) fn record_by(
    rules: Arc<dyn Rules>,
    suite: &Suite,
    options: BenchOptions,
    advisor: Option<Arc<dyn Advisor>>,
) -> Outcome {
    let mut plan = plan(options, Scope::Record { stands_in: None }, Arc::new(|_| {}));
    plan.rules = rules;
    if let Some(advisor) = advisor {
        plan.advisor = advisor;
    }
    block_on(run(suite, &plan))
}
