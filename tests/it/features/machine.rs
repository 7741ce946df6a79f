//! A machine that stands for a deployment: the model on a socket, known only by a target file, as a real server would
//! be.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use rstest::rstest;
use smtpspec::feature::{DeploymentName, Outcome, Plan, Scope, StandIn, Suite, run};
use smtpspec::harness::clock::Clock;
use smtpspec::harness::nonces::Nonces;
use smtpspec::harness::server::{ModelServer, NextHop, Outbox, ServerOptions};
use smtpspec::harness::{BenchOptions, TargetFile, TargetName};
use smtpspec::judge::{CaseResult, Verdict};
use smtpspec::protocol::sasl::AccountSecret;
use smtpspec::reference::model::seams::{Channel, ChannelChange, Kept};
use smtpspec::reference::model::{Account, Components, Directory, Model};

use super::bench::rendered;
use super::{block_on, catalogue, plan, suite};

const HOST: &str = "mail.inside.example";

fn free_port() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

fn directory() -> Directory {
    let account = |name: &str, mail_right| Account {
        name: name.to_owned(),
        secret: AccountSecret::from_password(&format!("{name}'s own")),
        mail_right,
        administrator: false,
        mailbox: Some(format!("{name}@inside.example")),
    };
    Directory { accounts: vec![account("alice", true), account("bob", false)] }
}

/// What a deployment does, or the listener of one that is named behind a colon.
async fn serve(
    name: &str,
    change: fn(Components) -> Components,
    outside: SocketAddr,
    inside: SocketAddr,
) -> ModelServer {
    let catalogue = catalogue();
    let (deployment, named) = name.split_once(':').map_or((name, None), |(id, listener)| (id, Some(listener)));
    let listeners = catalogue.get(deployment).unwrap().listeners.iter();
    let meant: Vec<_> = listeners.filter(|listener| named.is_none_or(|named| named == listener.name)).collect();
    let [listener] = meant.as_slice() else { panic!("{name} is not one listener") };
    let behaviours = Arc::new(listener.behaviours.clone().unwrap());
    let mut model = Model::new(behaviours, Arc::new(directory()), HOST);
    model.components = change(model.components);
    let model = Arc::new(model);
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = ServerOptions { listen, sessions: 4, nonces: Nonces::System };
    let (outside, inside) = (NextHop::Address(outside), NextHop::Address(inside));
    let outbox = Outbox { outside, inside, host: HOST.to_owned(), clock: Clock::system() };
    ModelServer::open(options, model, outbox).await.unwrap()
}

/// What an administrator of the machine would write. On a patched one bob's login is refused, which only somebody who
/// knows that it is no slip of the password can say.
fn target_file(
    server: SocketAddr,
    outside: SocketAddr,
    inside: SocketAddr,
    secrets: &std::path::Path,
    login: &str,
) -> TargetFile {
    for name in ["alice", "bob"] {
        std::fs::write(secrets.join(name), format!("{name}'s own\n")).unwrap();
    }
    let role = |role: &str, name: &str| {
        let secret = secrets.join(name);
        format!(
            "  {role}:\n    mechanism: NTLM\n    user: {name}\n    secret: {{ file: {} }}\n    \
             sender: {name}@inside.example\n",
            secret.display()
        )
    };
    let text = format!(
        "address: {server}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: alice@inside.example\nremote-recipient: somebody@elsewhere.example\n\
         witness:\n  listen: {outside}\n  inside: {inside}\nfailed-logins: 10\ndisruptive: allowed\n\
         limits:\n  witness: 2s\n  deferred: 100ms\n\
         roles:\n  null-session: {{}}\n  guest: {{}}\n{}{}{login}",
        role("authorized-account", "alice"),
        role("unauthorized-account", "bob"),
    );
    TargetFile::read("lab.yaml", &text).unwrap_or_else(|wrong| panic!("{}", rendered(&wrong)))
}

/// What a plan comes to on a machine that runs this deployment.
fn on_machine(deployment: &str, scope: impl Fn(TargetName) -> Scope) -> Vec<CaseResult> {
    on_changed_machine(deployment, |parts| parts, suite(), scope)
}

/// The same of these cases, with other parts in the machine.
fn on_changed_machine(
    deployment: &str,
    change: fn(Components) -> Components,
    suite: &Suite,
    scope: impl Fn(TargetName) -> Scope,
) -> Vec<CaseResult> {
    let secrets = tempfile::tempdir().unwrap();
    let (outside, inside) = (free_port(), free_port());
    block_on(async {
        let server = serve(deployment, change, outside, inside).await;
        let login = if deployment.ends_with("patched") { "    login: refused\n" } else { "" };
        let file = target_file(server.address(), outside, inside, secrets.path(), login);
        let target = TargetName("lab".to_owned());
        let plan = Plan { decides: true, ..plan(BenchOptions::default(), scope(target.clone()), Arc::new(|_| {})) };
        plan.bench.add_external(target, file);
        plan.bench.prepare().await.unwrap_or_else(|wrong| panic!("{}", rendered(&wrong)));
        let Outcome { results, faults } = run(suite, &plan).await;
        assert!(faults.is_empty(), "{faults:#?}");
        results
    })
}

/// `verify bulletin --on lab.yaml --as DEPLOYMENT`: on a machine that is what it is said to be, the record conforms.
#[rstest]
#[case("windows-2000")]
#[case("windows-2000-patched")]
#[case("exchange-5.5-on-nt4-restricted")]
fn the_record_conforms_on_a_machine_that_is_one(#[case] deployment: &str) {
    let results = on_machine(deployment, |target| Scope::Record {
        stands_in: Some(StandIn { target, deployment: DeploymentName::read(deployment) }),
    });
    let conformant = results.iter().filter(|result| result.judgement.verdict() == Verdict::Conformant).count();
    assert!(conformant > 3, "{results:#?}");
    for result in &results {
        let case = suite().cases().iter().find(|case| case.requirement.id == result.requirement.id).unwrap();
        let applies = !case.model_only && case.deployments().len() == 1;
        let expected = if applies { Verdict::Conformant } else { Verdict::NotApplicable };
        assert_eq!(result.judgement.verdict(), expected, "{}: {:#?}", result.requirement.id, result.judgement);
    }
}

/// A machine for one of a deployment's listeners stands for that one, and is not asked what is on record of the other.
#[rstest]
#[case("native")]
#[case("connector")]
fn a_machine_stands_for_one_listener(#[case] listener: &str) {
    let name = |listener: &str| format!("exchange-5.5-and-native-service:{listener}");
    let results = on_machine(&name(listener), |target| Scope::Record {
        stands_in: Some(StandIn { target, deployment: DeploymentName::read(&name(listener)) }),
    });
    let conformant = results.iter().filter(|result| result.judgement.verdict() == Verdict::Conformant).count();
    assert!(conformant > 0, "{results:#?}");
    for result in &results {
        let case = suite().cases().iter().find(|case| case.requirement.id == result.requirement.id).unwrap();
        let names: Vec<String> = case.deployments().iter().map(ToString::to_string).collect();
        assert!(names.contains(&name(listener)), "{} is about {names:?}", result.requirement.id);
        let is_asked = !case.model_only && names == [name(listener)];
        let expected = if is_asked { Verdict::Conformant } else { Verdict::NotApplicable };
        assert_eq!(result.judgement.verdict(), expected, "{}: {:#?}", result.requirement.id, result.judgement);
    }
}

/// A machine that has the flaw is not what the record says of a patched one.
#[test]
fn the_record_deviates_on_a_machine_that_is_another() {
    let results = on_machine("windows-2000", |target| Scope::Record {
        stands_in: Some(StandIn { target, deployment: DeploymentName::read("windows-2000-patched") }),
    });
    let verdict = |role: &str| {
        let id = format!("bulletin/patch/refuses/windows-2000-patched/{role}");
        results.iter().find(|result| result.requirement.id.0 == id).unwrap().judgement.verdict()
    };
    assert_eq!(verdict("null-session"), Verdict::Deviates);
    assert_eq!(verdict("unauthorized-account"), Verdict::Deviates);
    assert_eq!(verdict("anonymous"), Verdict::Conformant);
}

/// The requirements come to the same over a socket as in process.
#[rstest]
#[case("windows-2000")]
#[case("windows-2000-patched")]
#[case("reference-tls")]
fn the_requirements_come_to_the_same_on_a_socket(#[case] deployment: &str) {
    let on_socket = on_machine(deployment, |target| Scope::Requirements(vec![target]));
    let mut in_process = plan(BenchOptions::default(), Scope::Requirements(Vec::new()), Arc::new(|_| {}));
    in_process.scope = Scope::Requirements(in_process.bench.add_deployment(catalogue().get(deployment).unwrap()));
    let in_process = block_on(run(suite(), &in_process)).results;
    // What counts is the verdict of each case, not its turn.
    let verdicts = |results: &[CaseResult]| -> BTreeMap<String, Verdict> {
        results.iter().map(|result| (result.requirement.id.0.clone(), result.judgement.verdict())).collect()
    };
    assert_eq!(verdicts(&on_socket), verdicts(&in_process));
}

/// CVE-2011-0411: what came in the clear is run under TLS.
struct RunsWhatIsInjected;

impl ChannelChange for RunsWhatIsInjected {
    fn keeps(&self) -> Kept {
        Kept { octets: true, ..Kept::default() }
    }

    fn is_offered(&self, channel: Channel) -> bool {
        channel == Channel::Clear
    }
}

/// Whenever the reply to it comes, which on a socket nobody knows.
#[test]
fn what_is_injected_behind_starttls_is_found_on_a_socket() {
    let injection = suite().select(&["requirements/tls/injected-command".to_owned()]).unwrap();
    let change = |parts| Components { channel: Arc::new(RunsWhatIsInjected), ..parts };
    let results = on_changed_machine("reference-tls", change, &injection, |target| Scope::Requirements(vec![target]));
    let verdicts: Vec<_> = results.iter().map(|result| result.judgement.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Deviates], "{results:#?}");
}
