use std::sync::Arc;

use super::*;
use crate::judge::{Authentication, Fate};
use crate::reference::deployment::catalogue::Catalogue;

fn silent() -> EventSink {
    Arc::new(|_| {})
}

#[tokio::test]
async fn show() {
    let catalogue = Catalogue::built_in().unwrap();
    let bench = Bench::new(BenchOptions::default(), silent());
    let began = std::time::Instant::now();
    for deployment in &catalogue.deployments {
        for name in bench.add_deployment(deployment) {
            let evidence = bench.evidence(&name, &Role::MATRIX).await;
            println!("{name}");
            for attempt in &evidence.attempts {
                let fate = match &attempt.fate {
                    Fate::Refused { at, reply } => format!("refused {at:?} {}", reply.code),
                    Fate::Arrived { sighting } => format!("arrived {:?}", sighting.door),
                    other => format!("{other:?}"),
                };
                let auth = match &attempt.authentication {
                    Authentication::Accepted { .. } => "235".to_owned(),
                    Authentication::NotTried => "-".to_owned(),
                    other => format!("{other:?}"),
                };
                println!(
                    "  {} {} as {} {:?}: {auth}; {fate}",
                    attempt.order, attempt.role, attempt.sender_of, attempt.destination
                );
            }
        }
    }
    println!("{:?}", began.elapsed());
}
