//! A witness in a process of its own makes no other verdict than one in the run, and one that is lost makes none.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use rstest::rstest;

use super::external::{file, free_port, on_bench, secrets, serve};
use super::scripted::Scripted;
use super::witnessed::passing;
use super::*;
use crate::harness::witness::channel::Key;
use crate::harness::witness::{Ports, StandingWitness};
use crate::judge::{Fate, Judgement, Rules, StandardRules, Verdict};
use crate::protocol::secret::Secret;
use crate::reference::deployment::catalogue::Catalogue;

const KEY: &str = "a key of some length";

async fn open() -> StandingWitness {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let key = Key::new(&Secret::new(KEY.as_bytes().to_vec())).unwrap();
    let ports = Ports { outside: any, inside: Some(any), control: any };
    StandingWitness::open(ports, key, Arc::new(|_| {})).await.unwrap()
}

/// What the target file says of it.
fn named(folder: &tempfile::TempDir, witness: &StandingWitness) -> String {
    std::fs::write(folder.path().join("witness.key"), format!("{KEY}\n")).unwrap();
    let control = witness.ports().control;
    format!("witness: {{ at: {control}, key: {{ file: witness.key }}, sees-inside: true }}")
}

/// What everything came to, without what differs from run to run: reasons hold no mark and no time.
fn judged(evidence: &Evidence) -> Vec<(&'static str, Judgement)> {
    let relay = |role: Role| (role.id(), StandardRules.relay(role, evidence));
    let mut judged: Vec<(&'static str, Judgement)> = Role::MATRIX.into_iter().map(relay).collect();
    judged.push(("served", StandardRules.authorized_account_is_served(evidence)));
    judged.push(("local mail", StandardRules.local_mail(evidence)));
    judged
}

#[rstest]
#[case::relays_for_the_null_session("windows-2000", "")]
#[case::patched("windows-2000-patched", ", login: refused")]
#[case::open_to_all("exchange-5.5-on-nt4", "")]
#[case::bounces("exchange-5.0-not-rerouting", "")]
#[case::safe("reference", "")]
#[tokio::test]
async fn the_verdicts_are_those_with_a_witness_in_the_run(#[case] deployment: &str, #[case] login: &str) {
    let (catalogue, folder) = (Catalogue::built_in().unwrap(), secrets());
    let (outside, inside) = (free_port().await, free_port().await);
    let standing = open().await;
    let ports = standing.ports();
    let here = format!("witness: {{ listen: {outside}, inside: {inside} }}");
    let doors = [(here, outside, inside), (named(&folder, &standing), ports.outside, ports.inside.unwrap())];
    let mut verdicts = Vec::new();
    for (witness, outside, inside) in doors {
        let server = serve(&catalogue, deployment, outside, inside).await;
        let more = format!("source-address: 127.0.0.2\nlimits: {{ witness: 200ms }}\n{witness}");
        let roles = format!(
            "  authorized-account: {{ user: alice, secret: {{ file: alice.secret }}, sender: alice@inside.example }}\n  \
             unauthorized-account: {{ user: bob, secret: {{ file: bob.secret }}, sender: bob@inside.example{login} }}\n"
        );
        let (bench, name) = on_bench(file(&folder, server.address(), &more, &roles));
        bench.prepare().await.unwrap();
        let evidence = bench.evidence(&name, &Role::MATRIX).await;
        assert!(evidence.attempts.len() > 6, "{evidence:?}");
        verdicts.push(judged(&evidence));
    }
    assert_eq!(verdicts[0], verdicts[1]);
}

/// A server that takes all mail and drops bob's is safe where the witness could have seen it, and may be anything where the
/// witness was lost meanwhile.
#[rstest]
#[case::seen(false, Verdict::Conformant)]
#[case::lost(true, Verdict::Inconclusive)]
#[tokio::test]
async fn mail_that_a_lost_witness_did_not_see_may_have_arrived(#[case] is_lost: bool, #[case] verdict: Verdict) {
    let (folder, witness) = (secrets(), open().await);
    let (outside, more) = (witness.ports().outside, named(&folder, &witness));
    let held = Mutex::new(Some(witness));
    let answer = passing(outside, move |_, _| {
        if is_lost {
            drop(held.lock().unwrap().take());
        }
        "250 2.0.0 taken".to_owned()
    });
    let server = Scripted::open("220 a", answer).await;
    let more = format!("limits: {{ witness: 200ms }}\n{more}");
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    bench.prepare().await.unwrap();
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let bobs = evidence.of(Role::UnauthorizedAccount, Destination::Remote).next().unwrap();
    let is_open = matches!(&bobs.fate, Fate::NoAnswer(NoAnswer::WitnessLost { .. }));
    assert_eq!(is_open, is_lost, "{:?}", bobs.fate);
    assert_eq!(StandardRules.relay(Role::UnauthorizedAccount, &evidence).verdict, verdict);
}
