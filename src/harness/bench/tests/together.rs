//! The mail of all roles is waited for together. What is counted is what was sent before the first wait, and how many waits
//! there are: no time is.

use super::external::{file, free_port, secrets, take_all};
use super::scripted::{Answer, Scripted};
use super::witnessed::Mail;
use super::*;
use crate::judge::{Fate, Rules, StandardRules, Verdict};

/// What AUTH LOGIN makes of alice's password (`printf sesame-alice | base64`).
const ALICE: &str = "c2VzYW1lLWFsaWNl";

/// Takes everybody's mail, passes alice's on and drops the rest.
fn dropping(witness: std::net::SocketAddr) -> Box<Answer> {
    Box::new(move |heard, line| {
        let is_alices = heard.lines.iter().any(|line| line == ALICE);
        if (heard.state.as_str(), line) == ("data", ".") && is_alices {
            let mail = Mail::last(heard);
            if mail.forward_path.ends_with("@elsewhere.example") {
                mail.pass_on(witness, std::time::Duration::ZERO);
            }
        }
        take_all(heard, line)
    })
}

#[tokio::test]
async fn everybodys_mail_is_sent_before_any_of_it_is_waited_for() {
    let (folder, witness) = (secrets(), free_port().await);
    let server = Scripted::open("220 a", dropping(witness)).await;
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 400ms }}");
    let (events, sink) = kept();
    let bench = Bench::new(BenchOptions::default(), sink);
    let name = TargetName("lab".to_owned());
    bench.add_external(name.clone(), file(&folder, server.address, &more, "  null-session: absent\n"));
    bench.prepare().await.unwrap();
    let evidence = bench.evidence(&name, &Role::MATRIX).await;

    let unseen = |attempt: &&Attempt| matches!(attempt.fate, Fate::AcceptedNotSeen { .. });
    let unseen: Vec<u32> = evidence.attempts.iter().filter(unseen).map(|attempt| attempt.order).collect();
    assert!(unseen.len() >= 5, "{:?}", evidence.attempts);
    let events = events.lock().unwrap();
    let waits: Vec<Vec<(Role, u32)>> = events
        .iter()
        .filter_map(|event| match event {
            RunEvent::WaitBegan { mail, .. } => Some(mail.iter().map(|mail| (mail.role, mail.order)).collect()),
            _ => None,
        })
        .collect();
    let of_first: Vec<u32> = waits[0].iter().map(|(_, order)| *order).collect();
    assert!(unseen.iter().all(|order| of_first.contains(order)), "{unseen:?} in {waits:?}");
    // The authorized account's mail is sent once more, so that the way to the witness is known to have been open.
    let is_proof = |wait: &Vec<(Role, u32)>| wait.iter().all(|(role, _)| *role == Role::AuthorizedAccount);
    assert!(waits.len() <= 2 && waits.iter().skip(1).all(is_proof), "{waits:?}");
    let ended = events.iter().filter(|event| matches!(event, RunEvent::WaitEnded { .. })).count();
    assert_eq!(ended, waits.len());
    let bob = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(bob.verdict, Verdict::Conformant, "{bob:?}");
    // Each attempt is told of once.
    let told = events.iter().filter(|event| matches!(event, RunEvent::Attempted { .. })).count();
    assert_eq!(told, evidence.attempts.len());
}

/// The mail that arrives tells how long it was on its way, and which way it came.
#[tokio::test]
async fn mail_that_arrived_tells_after_how_long() {
    let (folder, witness) = (secrets(), free_port().await);
    let server = Scripted::open("220 a", dropping(witness)).await;
    let more = format!("witness: {{ listen: {witness} }}\nlimits: {{ witness: 30s }}");
    let (bench, name) = super::external::on_bench(file(&folder, server.address, &more, ""));
    bench.prepare().await.unwrap();
    let attempt = bench.attempt(&name, Role::AuthorizedAccount, Destination::Remote).await.unwrap();
    let Fate::Arrived { sighting } = &attempt.fate else { panic!("{:?}", attempt.fate) };
    assert!(sighting.after.is_some_and(|after| after <= sighting.at), "{sighting:?}");
}
