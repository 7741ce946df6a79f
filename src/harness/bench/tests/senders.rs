//! A refusal of a role that signed in: the mail that tells whether it was for its sender.

use rstest::rstest;

use super::external::{file, on_bench, secrets, take_all};
use super::scripted::{Answer, Heard, Scripted};
use super::*;
use crate::judge::{Fate, Rules, Stage, StandardRules, Verdict};

const REMOTE: &str = "RCPT TO:<somebody@elsewhere.example>";
const LOCAL: &str = "RCPT TO:<postmaster@inside.example>";

/// Alice relays and nobody else; whoever is signed in as bob has to be `bob@inside.example` where that is bound.
fn binding(bobs_sender: &'static str) -> Box<Answer> {
    Box::new(move |heard, line| {
        // `printf sesame-bob | base64`
        let is_bob = heard.lines.iter().any(|line| line == "c2VzYW1lLWJvYg==") && heard.state == "in";
        let sender = heard.lines.iter().rfind(|line| line.starts_with("MAIL")).cloned().unwrap_or_default();
        match line {
            _ if line.starts_with("RCPT") && is_bob && !sender.contains(bobs_sender) => {
                "553 5.7.1 not yours".to_owned()
            }
            REMOTE if is_bob => "550 5.7.1 no rights".to_owned(),
            REMOTE if heard.state != "in" => "554 5.7.1 relaying denied".to_owned(),
            _ => take_all(heard, line),
        }
    })
}

fn of_bob(server: &Scripted) -> Heard {
    let signs_in = |heard: &Heard| heard.lines.iter().any(|line| line == "c2VzYW1lLWJvYg==");
    let mut connections: Vec<Heard> = server.connections().into_iter().filter(signs_in).collect();
    assert_eq!(connections.len(), 1);
    connections.remove(0)
}

/// Mail from the same sender to the local recipient, on the connection that was refused.
#[rstest]
#[case::his("bob@inside.example", Verdict::Conformant)]
#[case::not_his("robert@inside.example", Verdict::Inconclusive)]
#[tokio::test]
async fn what_not_everybody_is_answered_is_tried_locally(#[case] bobs_sender: &'static str, #[case] expected: Verdict) {
    let (folder, server) = (secrets(), Scripted::open("220 a", binding(bobs_sender)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let evidence = bench.evidence(&name, &[Role::UnauthorizedAccount]).await;
    let local = evidence.of(Role::UnauthorizedAccount, Destination::Local).next().unwrap();
    assert_eq!((local.reverse_path.as_str(), local.fresh_sender), ("bob@inside.example", false));
    assert_eq!(local.fate == Fate::AcceptedUnproven { at: Stage::Rcpt }, expected == Verdict::Conformant);
    let mail: Vec<String> = of_bob(&server).lines.into_iter().skip_while(|line| !line.starts_with("MAIL")).collect();
    let expected_mail = ["MAIL FROM:<bob@inside.example>", REMOTE, "RSET", "MAIL FROM:<bob@inside.example>", LOCAL];
    assert_eq!(mail.get(..5), Some(expected_mail.map(str::to_owned).as_slice()));
    let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
    assert_eq!(judgement.verdict(), expected, "{judgement:?}");
}

/// No mail is sent that nobody needs.
#[rstest]
#[case::answered_as_anybody_is(Role::UnauthorizedAccount, "554 5.7.1 relaying denied", Verdict::Conformant)]
#[case::cannot_authenticate(Role::WrongPassword, "553 5.7.1 not yours", Verdict::Conformant)]
#[tokio::test]
async fn what_tells_enough_is_not_tried_locally(
    #[case] role: Role,
    #[case] refusal: &'static str,
    #[case] expected: Verdict,
) {
    let answer: Box<Answer> = Box::new(move |heard, line| {
        let was_in = heard.lines.iter().any(|line| line == "AUTH LOGIN");
        // `printf sesame-alice | base64`
        let is_alice = heard.lines.iter().any(|line| line == "c2VzYW1lLWFsaWNl");
        match line {
            REMOTE if is_alice => take_all(heard, line),
            REMOTE if was_in => refusal.to_owned(),
            REMOTE => "554 5.7.1 relaying denied".to_owned(),
            _ => take_all(heard, line),
        }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let evidence = bench.evidence(&name, &[role]).await;
    assert_eq!(evidence.of(role, Destination::Local).count(), 0);
    assert_eq!(StandardRules.relay(role, &evidence).verdict(), expected);
}

/// Mail that is no evidence has no controls either.
#[tokio::test]
async fn what_is_no_evidence_is_not_tried_locally() {
    let (folder, server) = (secrets(), Scripted::open("220 a", binding("robert@inside.example")).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    bench.attempt_as(&name, &Errand::new(Role::UnauthorizedAccount, Destination::Remote)).await.unwrap();
    assert!(!of_bob(&server).lines.iter().any(|line| line == LOCAL));
}
