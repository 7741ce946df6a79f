//! One server that is not ours, on a bench of its own, judged by the built-in rules.

use std::sync::Arc;

use smtpspec::diagnostic::Diagnostic;
use smtpspec::feature::{FeatureText, Plan, Scope, Suite, run};
use smtpspec::harness::{Bench, BenchOptions, TargetFile, TargetName};
use smtpspec::judge::{CaseResult, StandardRules};
use smtpspec::reference::bulletin::Bulletins;
use smtpspec::reference::deployment::catalogue::Catalogue;

/// What these cases come to on the server of a target file, in the scope that its name is put into.
pub(crate) fn judge(
    (name, text): (&str, &str),
    cases: impl IntoIterator<Item = FeatureText>,
    scope: impl FnOnce(TargetName) -> Scope,
) -> Vec<CaseResult> {
    let file = TargetFile::read(name, text).unwrap_or_else(|wrong| panic!("{}", rendered(&wrong)));
    let catalogue = Catalogue::built_in().unwrap();
    let suite = Suite::load(cases, &catalogue).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let target = TargetName("lab".to_owned());
    let bench = Arc::new(Bench::new(BenchOptions::default(), Arc::new(|_| {})));
    bench.add_external(target.clone(), file);
    let plan = Plan {
        bench,
        catalogue: Arc::new(catalogue),
        advisor: Arc::new(Bulletins::built_in().unwrap()),
        rules: Arc::new(StandardRules),
        events: Arc::new(|_| {}),
        scope: scope(target),
        decides: true,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        plan.bench.prepare().await.unwrap_or_else(|wrong| panic!("{}", rendered(&wrong)));
        run(&suite, &plan).await
    });
    assert!(outcome.faults.is_empty(), "{:#?}", outcome.faults);
    outcome.results
}

fn rendered(wrong: &[Diagnostic]) -> String {
    wrong.iter().map(|diagnostic| diagnostic.render(false, 100)).collect()
}
