//! Servers on sockets.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use rstest::rstest;

use super::scripted::{Answer, Heard, Scripted};
use super::*;
use crate::harness::nonces::Nonces;
use crate::harness::server::{ModelServer, NextHop, Outbox, ServerOptions};
use crate::judge::{Authentication, Fate, Presence, Rules, Stage, StandardRules, Verdict};
use crate::protocol::sasl::AccountSecret;
use crate::protocol::secret::Secret;
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::model::{Account, Directory, Model};
use crate::transport::listen;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A port that was free a moment ago.
pub(in crate::harness::bench) async fn free_port() -> SocketAddr {
    listen(SocketAddr::new(LOOPBACK, 0)).await.unwrap().address().unwrap()
}

/// A folder with the secrets of alice, who may relay, and of bob.
pub(in crate::harness::bench) fn secrets() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("alice.secret"), "sesame-alice\n").unwrap();
    std::fs::write(folder.path().join("bob.secret"), "sesame-bob\n").unwrap();
    folder
}

/// Two accounts, the second with one key more.
fn accounts(of_bob: &str) -> String {
    format!(
        "  authorized-account: {{ user: alice, secret: {{ file: alice.secret }}, sender: alice@inside.example }}\n  \
         unauthorized-account: {{ user: bob, secret: {{ file: bob.secret }}, sender: bob@inside.example{of_bob} }}\n"
    )
}

/// A target file for a server, with what differs from the usual.
pub(in crate::harness::bench) fn file(
    folder: &tempfile::TempDir,
    address: SocketAddr,
    more: &str,
    roles: &str,
) -> TargetFile {
    let roles = if roles.contains("authorized-account") { roles.to_owned() } else { accounts("") + roles };
    let text = format!(
        "address: {address}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: postmaster@inside.example\n{more}\nroles:\n{roles}\n"
    );
    let name = folder.path().join("lab.yaml");
    TargetFile::read(name.to_str().unwrap(), &text).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

pub(super) fn bench_with(options: BenchOptions, file: TargetFile) -> (Bench, TargetName) {
    let bench = Bench::new(options, silent());
    let name = TargetName("lab".to_owned());
    bench.add_external(name.clone(), file);
    (bench, name)
}

pub(super) fn on_bench(file: TargetFile) -> (Bench, TargetName) {
    bench_with(BenchOptions::default(), file)
}

/// Everything is taken; AUTH LOGIN lets in alice and bob, and others where the answer says so.
pub(in crate::harness::bench) fn take_all(heard: &mut Heard, line: &str) -> String {
    match (heard.state.as_str(), line) {
        ("data", ".") => {
            heard.state.clear();
            "250 2.0.0 taken".to_owned()
        }
        ("data", _) => "\0".to_owned(),
        ("user", user) => {
            heard.state = format!("password of {user}");
            "334 UGFzc3dvcmQ6".to_owned()
        }
        (state, password) if state.starts_with("password of ") => {
            // `printf sesame-alice | base64`, `printf sesame-bob | base64`
            let is_right = ["c2VzYW1lLWFsaWNl", "c2VzYW1lLWJvYg=="].contains(&password);
            heard.state = if is_right { "in".to_owned() } else { String::new() };
            if is_right { "235 2.7.0 ok".to_owned() } else { "535 5.7.8 no".to_owned() }
        }
        (_, line) if line.starts_with("EHLO") => "250-a\r\n250 AUTH LOGIN".to_owned(),
        (_, "AUTH LOGIN") => {
            heard.state = "user".to_owned();
            "334 VXNlcm5hbWU6".to_owned()
        }
        (_, "DATA") => {
            heard.state = "data".to_owned();
            "354 go".to_owned()
        }
        (_, line) if line.starts_with("AUTH") => "504 5.5.4 no".to_owned(),
        (_, "QUIT") => "221 bye".to_owned(),
        _ => "250 2.0.0 ok".to_owned(),
    }
}

/// Takes what [`take_all`] does, and refuses recipients elsewhere with a reply.
pub(in crate::harness::bench) fn refusing(reply: &'static str) -> Box<Answer> {
    Box::new(move |heard, line| {
        if line.starts_with("RCPT TO:<somebody@elsewhere.example>") { reply.to_owned() } else { take_all(heard, line) }
    })
}

/// A deployment's first listener on a socket, which passes mail on to a witness.
pub(super) async fn serve(
    catalogue: &Catalogue,
    deployment: &str,
    outside: SocketAddr,
    inside: SocketAddr,
) -> ModelServer {
    let deployment = catalogue.get(deployment).unwrap();
    let behaviours = deployment.listeners.first().unwrap().behaviours.clone().unwrap();
    let account = |name: &str, mail_right| Account {
        name: name.to_owned(),
        secret: AccountSecret { password: Secret::new(format!("sesame-{name}")) },
        mail_right,
        administrator: false,
        mailbox: None,
    };
    let directory = Directory { accounts: vec![account("alice", true), account("bob", false)] };
    let model = Model::new(Arc::new(behaviours), Arc::new(directory), "mail.inside.example");
    let clock = Clock::system();
    let (outside, inside) = (NextHop::Address(outside), NextHop::Address(inside));
    let outbox = Outbox { outside, inside, host: "mail.inside.example".to_owned(), clock };
    let options = ServerOptions { listen: SocketAddr::new(LOOPBACK, 0), sessions: 4, nonces: Nonces::System };
    ModelServer::open(options, Arc::new(model), outbox).await.unwrap()
}

#[tokio::test]
async fn a_model_on_a_socket_gives_the_evidence_of_the_model_in_process() {
    let catalogue = Catalogue::built_in().unwrap();
    let folder = secrets();
    for (deployment, relays) in [("windows-2000", true), ("windows-2000-patched", false)] {
        let (outside, inside) = (free_port().await, free_port().await);
        let server = serve(&catalogue, deployment, outside, inside).await;
        let more = format!("source-address: 127.0.0.2\nwitness: {{ listen: {outside}, inside: {inside} }}");
        let (bench, name) =
            on_bench(file(&folder, server.address(), &more, &accounts(if relays { "" } else { ", login: refused" })));
        bench.prepare().await.unwrap();
        let evidence = bench.evidence(&name, &Role::MATRIX).await;
        let verdict = |role| StandardRules.relay(role, &evidence);
        let expected = if relays { Verdict::Deviates } else { Verdict::Conformant };
        assert_eq!(verdict(Role::NullSession).verdict(), expected, "{:?}", verdict(Role::NullSession));
        assert_eq!(verdict(Role::Anonymous).verdict(), Verdict::Conformant, "{:?}", verdict(Role::Anonymous));
        assert_eq!(verdict(Role::WrongPassword).verdict(), Verdict::Conformant, "{:?}", verdict(Role::WrongPassword));
        let served = StandardRules.authorized_account_is_served(&evidence);
        assert_eq!(served.verdict(), Verdict::Conformant, "{served:?}");
        assert_eq!(StandardRules.local_mail(&evidence).verdict(), Verdict::Conformant);
        assert_eq!(evidence.declaration.address, "127.0.0.2");
    }
}

#[tokio::test]
async fn the_server_sees_the_source_address_of_the_file() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("550 5.7.1 no")).await);
    let (bench, name) = on_bench(file(&folder, server.address, "source-address: 127.0.0.3", ""));
    bench.evidence(&name, &[Role::Anonymous]).await;
    let peers: BTreeSet<String> = server.connections().into_iter().map(|heard| heard.peer).collect();
    assert_eq!(peers, BTreeSet::from(["127.0.0.3".to_owned()]));
}

#[rstest]
#[case::as_it_is(false, Stage::Rcpt, 0)]
#[case::asked_for(true, Stage::EndOfData, 1)]
#[tokio::test]
async fn without_a_witness_no_message_data_is_sent_unless_asked(
    #[case] send_data_without_witness: bool,
    #[case] reached: Stage,
    #[case] messages: usize,
) {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let options = BenchOptions { send_data_without_witness, ..BenchOptions::default() };
    let (bench, name) = bench_with(options, file(&folder, server.address, "", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert_eq!(attempt.fate, Fate::AcceptedUnproven { at: reached });
    assert_eq!(server.lines("DATA").len(), messages);
    assert_eq!(server.lines("QUIT").len(), 1);
    let conversation = bench.converse(&name).await.unwrap().send_message().await;
    assert_eq!(conversation.is_err(), !send_data_without_witness);
}

/// Postfix as shipped: 454 4.7.1 to every relay attempt. One login a role is enough for the second try and for the mail
/// that tells it from greylisting.
#[tokio::test]
async fn deferred_mail_is_tried_again_on_the_same_connection() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("454 4.7.1 Relay access denied")).await);
    let limits = "limits: { deferred: 10ms }";
    let (bench, name) = on_bench(file(&folder, server.address, limits, ""));
    let evidence = bench.evidence(&name, &[Role::WrongPassword]).await;
    let attempt = evidence.of(Role::WrongPassword, Destination::Remote).next().unwrap();
    assert!(matches!(&attempt.fate, Fate::Deferred { at: Stage::Rcpt, retried: true, .. }), "{:?}", attempt.fate);
    assert!(matches!(attempt.authentication, Authentication::Refused { .. }));
    let fresh = evidence.attempts.iter().find(|other| other.role == Role::WrongPassword && other.fresh_sender).unwrap();
    assert_eq!((fresh.destination, &fresh.fate), (Destination::Local, &Fate::AcceptedUnproven { at: Stage::Rcpt }));
    assert_ne!(fresh.reverse_path, attempt.reverse_path);
    let with_login: Vec<Heard> = server
        .connections()
        .into_iter()
        .filter(|heard| heard.lines.iter().any(|line| line == "AUTH LOGIN"))
        .filter(|heard| heard.lines.iter().any(|line| line.contains("RCPT TO:<postmaster")))
        .collect();
    assert!(with_login.iter().all(|heard| heard.lines.iter().filter(|line| *line == "AUTH LOGIN").count() == 1));
    let tries = |heard: &Heard| heard.lines.iter().filter(|line| line.starts_with("RCPT TO:<somebody@")).count();
    assert!(with_login.iter().all(|heard| tries(heard) == 2));
}

#[tokio::test]
async fn mail_that_is_deferred_once_and_then_taken_is_taken() {
    let answer: Box<Answer> = Box::new(|heard, line| {
        let tries = heard.lines.iter().filter(|line| line.starts_with("RCPT")).count();
        if line.starts_with("RCPT") && tries == 1 { "451 4.7.1 come back".to_owned() } else { take_all(heard, line) }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { deferred: 10ms }", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert_eq!(attempt.fate, Fate::AcceptedUnproven { at: Stage::Rcpt });
}

/// Accepted and not seen counts only if the authorized account's mail, sent later, was seen: it is sent again where it
/// was not the later one.
#[tokio::test]
async fn the_authorized_account_mails_again_behind_what_was_not_seen() {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let more = format!("witness: {{ listen: {} }}\nlimits: {{ witness: 10ms }}", free_port().await);
    let (bench, name) = on_bench(file(&folder, server.address, &more, ""));
    let evidence = bench.evidence(&name, &[Role::WrongPassword]).await;
    let wrong = evidence.of(Role::WrongPassword, Destination::Remote).next().unwrap();
    assert_eq!(wrong.fate, Fate::AcceptedNotSeen { waited: Duration::from_millis(10) });
    let authorized: Vec<u32> =
        evidence.of(Role::AuthorizedAccount, Destination::Remote).map(|attempt| attempt.order).collect();
    assert_eq!(authorized.len(), 2);
    assert!(authorized.iter().any(|order| *order > wrong.order));
}

#[tokio::test]
async fn roles_that_the_file_does_not_give_are_not_tried() {
    let server = Scripted::open("220 a", refusing("550 5.7.1 no")).await;
    let text = format!("address: {}\nservice: submission\nroles: {{ null-session: absent }}\n", server.address);
    let (bench, name) = on_bench(TargetFile::read("lab.yaml", &text).unwrap());
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    let tried: BTreeSet<Role> = evidence.attempts.iter().map(|attempt| attempt.role).collect();
    assert_eq!(tried, BTreeSet::from([Role::Anonymous, Role::Guest]));
    assert_eq!(evidence.declaration.presence.get(&Role::NullSession), Some(&Presence::Absent));
    assert_eq!(bench.attempt(&name, Role::NullSession, Destination::Remote).await, None);
    assert_eq!(bench.attempt(&name, Role::Anonymous, Destination::Local).await, None);
}

/// A refused login leaves the session anonymous, and a mechanism that cannot be had is no reason to stop either.
#[tokio::test]
async fn mail_is_tried_whatever_auth_said() {
    let (folder, server) = (secrets(), Scripted::open("220 a", refusing("550 5.7.1 no")).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    for role in [Role::NullSession, Role::Guest, Role::UnauthorizedAccount, Role::WrongPassword] {
        let attempt = bench.attempt(&name, role, Destination::Remote).await.unwrap();
        assert!(matches!(attempt.fate, Fate::Refused { at: Stage::Rcpt, .. }), "{role}: {:?}", attempt.fate);
        let is_expected = match role {
            Role::NullSession => matches!(attempt.authentication, Authentication::Unavailable { .. }),
            Role::UnauthorizedAccount => matches!(attempt.authentication, Authentication::Accepted { .. }),
            _ => matches!(attempt.authentication, Authentication::Refused { .. }),
        };
        assert!(is_expected, "{role}: {:?}", attempt.authentication);
    }
}

#[tokio::test]
async fn a_server_that_turns_the_client_away_in_its_greeting_is_told_so() {
    let (folder, server) = (secrets(), Scripted::open("554 5.3.2 no service here", Box::new(take_all)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert!(matches!(&attempt.fate, Fate::NoAnswer(NoAnswer::TurnedAway { reply }) if reply.code == 554));
    assert_eq!(bench.converse(&name).await.unwrap().greeting().code().get(), 554);
}

/// RFC 5321 4.1.1: one reply to a command. The second reply to AUTH is none to MAIL, and nothing is concluded from it.
#[tokio::test]
async fn a_second_reply_to_auth_is_no_answer_to_mail() {
    let answer: Box<Answer> = Box::new(|heard, line| match take_all(heard, line) {
        reply if reply.starts_with("235") => format!("{reply}\r\n550 5.7.1 mailbox quota"),
        reply => reply,
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert!(matches!(attempt.authentication, Authentication::Accepted { .. }));
    let what = "unasked: 550 5.7.1 mailbox quota".to_owned();
    assert_eq!(attempt.fate, Fate::NoAnswer(NoAnswer::NoReply { what }));
    assert!(server.lines("MAIL").is_empty());
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    assert_eq!(StandardRules.relay(Role::UnauthorizedAccount, &evidence).verdict(), Verdict::Inconclusive);
}

#[tokio::test]
async fn a_server_that_hangs_up_at_auth_gives_no_answer() {
    let answer: Box<Answer> =
        Box::new(|heard, line| if line.starts_with("AUTH") { String::new() } else { take_all(heard, line) });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let attempt = bench.attempt(&name, Role::UnauthorizedAccount, Destination::Remote).await.unwrap();
    assert_eq!(attempt.authentication, Authentication::NoAnswer(NoAnswer::Closed));
    assert_eq!(attempt.fate, Fate::NoAnswer(NoAnswer::Closed));
}

/// The wrong password is tried with the sender of the account it belongs to: the anonymous client's attempt with that
/// sender then speaks for it too.
#[tokio::test]
async fn a_server_that_hangs_up_over_a_refused_login_is_judged_by_what_anybody_can_do() {
    let answer: Box<Answer> = Box::new(|heard, line| {
        let was_refused = heard.state == "refused";
        let reply = if line.starts_with("RCPT TO:<somebody@elsewhere.example>") && heard.state != "in" {
            "550 5.7.1 no".to_owned()
        } else {
            take_all(heard, line)
        };
        if reply.starts_with("535") {
            heard.state = "refused".to_owned();
        }
        if was_refused { String::new() } else { reply }
    });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", "  guest: { mechanism: LOGIN }\n"));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    for role in [Role::WrongPassword, Role::Guest] {
        let attempt = evidence.of(role, Destination::Remote).next().unwrap();
        assert!(matches!(attempt.fate, Fate::NoAnswer(_)), "{role}: {:?}", attempt.fate);
        let judgement = StandardRules.relay(role, &evidence);
        assert_eq!(judgement.verdict(), Verdict::Conformant, "{role}: {judgement:?}");
    }
}

#[tokio::test]
async fn a_question_that_is_dropped_leaves_the_bench_in_order() {
    let answer: Box<Answer> =
        Box::new(|heard, line| if line.starts_with("AUTH") { "\0".to_owned() } else { take_all(heard, line) });
    let (folder, server) = (secrets(), Scripted::open("220 a", answer).await);
    let (bench, name) = on_bench(file(&folder, server.address, "", ""));
    let asked = tokio::time::timeout(Duration::from_millis(200), bench.evidence(&name, &[Role::Guest])).await;
    assert!(asked.is_err());
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert_eq!((attempt.order, &attempt.fate), (0, &Fate::AcceptedUnproven { at: Stage::Rcpt }));
}

#[tokio::test]
async fn nothing_is_sent_once_the_run_is_over_its_time() {
    let (folder, server) = (secrets(), Scripted::open("220 a", Box::new(take_all)).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { run: 0s }", ""));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    let limit = NoAnswer::LimitReached { limit: "run".to_owned() };
    assert!(evidence.attempts.iter().all(|attempt| attempt.fate == Fate::NoAnswer(limit.clone())));
    assert!(server.connections().is_empty());
}

#[tokio::test]
async fn what_keeps_a_target_from_being_ready_is_in_its_evidence() {
    let server = Scripted::open("220 a", Box::new(take_all)).await;
    let text = format!(
        "address: {}\nservice: mx\nroles: {{ authorized-account: {{ user: a, secret: {{ env: SMTPSPEC_TEST_UNSET }} }} }}\n",
        server.address
    );
    let (bench, name) = on_bench(TargetFile::read("lab.yaml", &text).unwrap());
    assert_eq!(bench.prepare().await.map_err(|wrong| wrong.len()), Err(1));
    let evidence = bench.evidence(&name, &[Role::Anonymous]).await;
    let [attempt] = evidence.attempts.as_slice() else { panic!("{evidence:?}") };
    assert!(
        matches!(&attempt.fate, Fate::NoAnswer(NoAnswer::NotConnected { reason }) if reason.contains("SMTPSPEC_TEST_UNSET"))
    );
    assert!(server.connections().is_empty());
}

#[tokio::test]
async fn a_host_named_by_a_name_shows_its_address_once_it_is_known() {
    let server = Scripted::open("220 a", Box::new(take_all)).await;
    let named = format!("localhost:{}", server.address.port());
    let text = format!("address: {named}\nservice: mx\nsource-address: 127.0.0.1\n");
    let (bench, name) = on_bench(TargetFile::read("lab.yaml", &text).unwrap());
    assert_eq!(bench.kind(&name), Some(TargetKind::External { address: named.clone(), title: None, tls: None }));
    bench.prepare().await.unwrap();
    assert_eq!(
        bench.kind(&name),
        Some(TargetKind::External { address: format!("{named} (127.0.0.1)"), title: None, tls: None })
    );
}

#[tokio::test]
async fn nobody_listening_is_no_answer_in_the_systems_words() {
    let folder = secrets();
    let (bench, name) = on_bench(file(&folder, free_port().await, "", ""));
    let attempt = bench.attempt(&name, Role::Anonymous, Destination::Remote).await.unwrap();
    assert!(matches!(&attempt.fate, Fate::NoAnswer(NoAnswer::NotConnected { reason }) if !reason.is_empty()));
    assert_eq!(attempt.transcript.entries.len(), 1);
}
