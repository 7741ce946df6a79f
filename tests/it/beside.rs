//! `--beside`: a target and a model, told the same by one client.

mod laws;
mod lies;
mod program;

use std::sync::{Arc, Mutex};

use smtpspec::harness::bench::Companion;
use smtpspec::harness::{Bench, BenchOptions};
use smtpspec::judge::{Comparison, Role, RunEvent};
use smtpspec::reference::deployment::Deployment;

/// What came of asking a deployment about every role beside a companion.
async fn evidence_beside(options: BenchOptions, companion: Companion, deployment: &Deployment) -> Vec<Comparison> {
    let events: Arc<Mutex<Vec<RunEvent>>> = Arc::default();
    let keeping = Arc::clone(&events);
    let options = BenchOptions { beside: Some(Arc::new(companion)), ..options };
    let bench = Bench::new(options, Arc::new(move |event| keeping.lock().unwrap().push(event)));
    for name in bench.add_deployment(deployment) {
        bench.evidence(&name, &Role::MATRIX).await;
    }
    let events = std::mem::take(&mut *events.lock().unwrap());
    let compared = |event| match event {
        RunEvent::Compared { target: _, comparison } => Some(*comparison),
        _ => None,
    };
    events.into_iter().filter_map(compared).collect()
}
