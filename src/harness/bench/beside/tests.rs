use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use rstest::rstest;

use super::*;
use crate::harness::bench::tests::external::{file, free_port, refusing, secrets, take_all};
use crate::harness::bench::tests::scripted::Scripted;
use crate::harness::bench::tests::tls::{Manner, Server};
use crate::harness::bench::{Bench, BenchOptions};
use crate::harness::nonces::Nonces;
use crate::harness::server::{ModelServer, ServerOptions};
use crate::harness::{TargetFile, TargetName};
use crate::judge::{Authentication, Fate, RunEvent, Weight};
use crate::protocol::secret::Secret;
use crate::protocol::transcript::PartsIn;
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::deployment::facts::{ReplyKey, Template};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn behaviours(deployment: &str) -> Behaviours {
    let catalogue = Catalogue::built_in().unwrap();
    catalogue.get(deployment).unwrap().listeners[0].behaviours.clone().unwrap()
}

fn companion(deployment: &str) -> Companion {
    Companion::new(deployment, "unnamed.example", behaviours(deployment))
}

/// What came of asking a server about these roles beside a companion.
async fn beside(companion: Companion, file: TargetFile, roles: &[Role]) -> Vec<Comparison> {
    let events: Arc<Mutex<Vec<RunEvent>>> = Arc::default();
    let keeping = Arc::clone(&events);
    let options = BenchOptions { beside: Some(Arc::new(companion)), ..BenchOptions::default() };
    let bench = Bench::new(options, Arc::new(move |event| keeping.lock().unwrap().push(event)));
    let name = TargetName("lab".to_owned());
    bench.add_external(name.clone(), file);
    bench.expect_cases(
        &name,
        &[(Role::UnauthorizedAccount, CaseId("requirements/relay/unauthorized-account".to_owned()))],
    );
    bench.prepare().await.unwrap();
    bench.evidence(&name, roles).await;
    let events = std::mem::take(&mut *events.lock().unwrap());
    let compared = |event| match event {
        RunEvent::Compared { target: _, comparison } => Some(*comparison),
        _ => None,
    };
    events.into_iter().filter_map(compared).collect()
}

/// A role's own mail to the remote recipient.
fn of(comparisons: &[Comparison], wanted: Role) -> &Comparison {
    let is_it = |comparison: &&Comparison| {
        matches!(comparison.of, Compared::Attempt { order: _, role, sender_of, destination }
            if role == wanted && sender_of == wanted && destination == Destination::Remote)
    };
    comparisons.iter().find(is_it).unwrap()
}

/// A model on a socket, with alice and bob, its name not the companion's.
async fn served(deployment: &str, outside: SocketAddr, inside: SocketAddr) -> ModelServer {
    let account = |name: &str, mail_right| Account {
        name: name.to_owned(),
        secret: AccountSecret { password: Secret::new(format!("sesame-{name}")) },
        mail_right,
        administrator: false,
        mailbox: None,
    };
    let directory = Directory { accounts: vec![account("alice", true), account("bob", false)] };
    let model = Model::new(Arc::new(behaviours(deployment)), Arc::new(directory), "mx.inside.example");
    let (host, clock) = ("mx.inside.example".to_owned(), Clock::system());
    let outbox = Outbox { outside: NextHop::Address(outside), inside: NextHop::Address(inside), host, clock };
    let options = ServerOptions { listen: SocketAddr::new(LOOPBACK, 0), sessions: 4, nonces: Nonces::System };
    ModelServer::open(options, Arc::new(model), outbox).await.unwrap()
}

/// The target's names, dates, ids and challenges are its own, drawn by the system; the companion is told them. By each
/// mechanism that has a challenge, and those that have none.
#[rstest]
#[case("PLAIN")]
#[case("LOGIN")]
#[case("CRAM-MD5")]
#[case("SCRAM-SHA-256")]
#[case("NTLM")]
#[tokio::test]
async fn a_model_on_a_socket_beside_itself_is_the_same(#[case] mechanism: &str) {
    let (folder, outside, inside) = (secrets(), free_port().await, free_port().await);
    let server = served("reference", outside, inside).await;
    let more = format!("source-address: 127.0.0.2\nwitness: {{ listen: {outside}, inside: {inside} }}");
    let roles = ["alice", "bob"].map(|user| {
        let role = if user == "alice" { "authorized-account" } else { "unauthorized-account" };
        let login = if user == "alice" { "" } else { ", login: refused" };
        format!(
            "  {role}: {{ user: {user}, secret: {{ file: {user}.secret }}, sender: {user}@inside.example, \
             mechanism: {mechanism}{login} }}"
        )
    });
    let file = file(&folder, server.address(), &more, &roles.join("\n"));
    let comparisons = beside(companion("reference"), file, &Role::MATRIX).await;
    assert!(comparisons.len() > 6, "{}", comparisons.len());
    for comparison in &comparisons {
        assert_eq!((comparison.weight, &*comparison.partings), (Weight::Same, &[][..]), "{comparison:#?}");
    }
    let accepted = &of(&comparisons, Role::AuthorizedAccount).answers.as_ref().unwrap().model;
    assert!(matches!(accepted.authentication, Authentication::Accepted { .. }), "{accepted:?}");
    assert!(matches!(accepted.fate, Fate::Arrived { .. }), "{accepted:?}");
    let refused = &of(&comparisons, Role::UnauthorizedAccount).answers.as_ref().unwrap().model;
    assert!(matches!(refused.authentication, Authentication::Refused { .. }), "{refused:?}");
}

#[tokio::test]
async fn one_server_parts_from_the_model_where_it_lets_anybody_relay() {
    let folder = secrets();
    // Lets bob relay; refuses those who did not sign in, as RFC 5321 7.9 has it.
    let server = Scripted::open(
        "220 mx.inside.example ready",
        Box::new(|heard, line| match (line.starts_with("RCPT TO:<somebody@elsewhere"), heard.state.as_str()) {
            (true, "") => "550 5.7.1 no relaying".to_owned(),
            _ => take_all(heard, line),
        }),
    )
    .await;
    let comparisons = beside(companion("reference"), file(&folder, server.address, "", ""), &Role::MATRIX).await;
    let bob = of(&comparisons, Role::UnauthorizedAccount);
    assert_eq!(bob.weight, Weight::Outcome);
    assert_eq!(bob.touches, [CaseId("requirements/relay/unauthorized-account".to_owned())]);
    // AUTH LOGIN is the third thing said, and the password the fifth: turn 0 is the greeting.
    let parting = bob.first_parting().unwrap();
    let turn = &bob.turns[parting.turn];
    assert_eq!((parting.parts_in, turn.said.len()), (PartsIn::Class, 1));
    assert!(matches!(turn.said[0].content, Content::Credential { .. }));
    let [target, model] = [&turn.target, &turn.model].map(|said| match &said[0].content {
        Content::Line { bytes, .. } => bytes.get(..3).unwrap().to_vec(),
        other => panic!("{other:?}"),
    });
    // RFC 4954 6: accepted; credentials invalid.
    assert_eq!((target, model), (b"235".to_vec(), b"535".to_vec()));
    let alice = of(&comparisons, Role::AuthorizedAccount);
    assert!(!alice.weight.matters(), "{alice:#?}");
    let host = alice.substitutions.iter().find(|substitution| substitution.placeholder == "{host}").unwrap();
    assert_eq!((host.target.as_str(), host.model.as_str()), ("mx.inside.example", "mx.inside.example"));
}

/// RFC 3207: what is said under TLS is the same SMTP. The model is told it in clear, and follows whichever way TLS was begun.
#[rstest]
#[case::starttls(Manner::StartTls, "starttls")]
#[case::implicit(Manner::AtOnce, "implicit")]
#[tokio::test]
async fn the_model_goes_on_in_clear_where_the_target_does_not(#[case] manner: Manner, #[case] begin: &str) {
    let (folder, server) = (secrets(), Server::open(manner).await);
    std::fs::write(folder.path().join("ca.pem"), &server.anchor).unwrap();
    let more = format!("tls: {{ use: {begin}, ca-file: ca.pem }}\nlimits: {{ reply: 5s }}");
    let file = file(&folder, server.address, &more, "  null-session: absent\n");
    // Wants TLS before it says anything of passwords: what it is told counts as said under it.
    let mut wants_tls = behaviours("reference");
    wants_tls.passwords_need_tls = true;
    wants_tls.verbs_wanting_tls = vec!["AUTH".to_owned(), "MAIL".to_owned()];
    let companion = Companion::new("reference", "unnamed.example", wants_tls);
    let comparisons = beside(companion, file, &[Role::AuthorizedAccount]).await;
    let alice = of(&comparisons, Role::AuthorizedAccount);
    let model = &alice.answers.as_ref().unwrap().model;
    assert!(matches!(model.authentication, Authentication::Accepted { .. }), "{alice:#?}");
    let told = alice.partings.iter().find(|parting| parting.parts_in >= PartsIn::Code);
    assert_eq!(told, None, "{alice:#?}");
    assert!(!alice.weight.matters(), "{alice:#?}");
}

/// A model without AUTH takes responses for commands. One that says unknown commands again must not say a password.
#[tokio::test]
async fn no_response_is_said_again_by_a_model_that_did_not_ask_for_it() {
    let mut told = behaviours("exchange-5.0-not-rerouting");
    let wording = told.facts.replies.get_mut(&ReplyKey::UnknownCommand).unwrap();
    wording.lines = vec![Template::parse(ReplyKey::UnknownCommand, "500 {verb} is unknown").unwrap()];
    let folder = secrets();
    let server = Scripted::open("220 mx.inside.example ready", refusing("550 5.7.1 no")).await;
    let roles = [Role::AuthorizedAccount, Role::UnauthorizedAccount];
    let companion = Companion::new("without AUTH", "unnamed.example", told);
    let comparisons = beside(companion, file(&folder, server.address, "", ""), &roles).await;
    let all = format!("{comparisons:?}") + &serde_json::to_string(&comparisons).unwrap();
    assert!(all.to_ascii_lowercase().contains("{response}"), "the wording does not say commands again: {all}");
    // `printf sesame-alice | base64`, `printf sesame-bob | base64`; in any capitals, and no half of them either.
    for secret in ["c2vzyw1llwfsawnl", "c2vzyw1llwjvyg", "c2vzyw1l"] {
        assert!(!all.to_ascii_lowercase().contains(secret), "{secret} is in {all}");
    }
}

#[rstest]
#[case::all("500 c2VzYW1l again", "500 {response} again")]
#[case::other_capitals("500 C2VZYW1L", "500 {response}")]
#[case::cut_short("500 c2VzY", "500 {response}")]
#[case::twice("500 c2VzYW1l c2VzYW1l", "500 {response} {response}")]
#[case::not_there("500 5.5.2 c2V", "500 5.5.2 c2V")]
fn what_a_response_leaves_in_a_line(#[case] line: &str, #[case] expected: &str) {
    let kept = crate::harness::shadow::without_response(line.as_bytes().to_vec(), &Secret::new("c2VzYW1l"));
    assert_eq!(String::from_utf8(kept).unwrap(), expected);
}

/// The model's accounts are those of the target's file, with the rights that their roles have.
#[test]
fn the_model_knows_the_targets_accounts() {
    let login = |user: &str| {
        let (user, password) = (user.to_owned(), Secret::new("x"));
        let credentials = Credentials::Password { user, password, domain: None };
        Some(super::super::profile::Login { mechanism: None, credentials })
    };
    let target = super::super::model_target::make("a", "a.example", None, &BenchOptions::default());
    let mut profile = target.profile.clone();
    profile.roles.get_mut(&Role::AuthorizedAccount).unwrap().login = login("alice");
    profile.roles.get_mut(&Role::UnauthorizedAccount).unwrap().login = login("bob");
    let rights: Vec<(String, bool)> =
        directory(&profile).accounts.into_iter().map(|account| (account.name, account.mail_right)).collect();
    assert_eq!(rights, [("alice".to_owned(), true), ("bob".to_owned(), false)]);
}
