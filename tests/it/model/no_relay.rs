//! A law: no sequence of commands relays without authorization. Whoever gets no relay for a first message gets none by
//! anything else that is said, in whichever order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::model::stages::{RelayDecision, RelayPolicy, RelayRequest};
use smtpspec::reference::model::{Components, Hop, Mail, Model};

use super::product::all_by_name;
use super::role::Role;
use super::support::{Client, HOST, connection, directory};

/// Foreign, foreign behind a route, and hidden in addresses of the server's own domain (wire-facts 5.4 and 7).
const REMOTE: [&str; 4] = [
    "victim@outside.example",
    "@inside.example:victim@outside.example",
    "victim%outside.example@inside.example",
    "IMCEASMTP-victim+40outside+2Eexample@inside.example",
];
const LOCAL: [&str; 2] = ["somebody@inside.example", "somebody@branch.example"];
const SENDERS: [&str; 3] = ["authorized@inside.example", "sender@client.example", ""];
const MECHANISMS: [Mechanism; 4] = [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Ntlm];

/// One thing that a client does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Say(&'static str),
    Mail { sender: usize },
    Local { recipient: usize },
    Remote { recipient: usize },
    Data,
    Chunk { is_last: bool },
    SignIn { login: usize },
    StartTls,
}

fn act() -> impl Strategy<Value = Act> {
    // Rare acts would hardly ever meet in one sequence with a message before and a message behind them.
    prop_oneof![
        3 => prop::sample::select(LINES).prop_map(Act::Say),
        6 => any::<usize>().prop_map(|sender| Act::Mail { sender }),
        5 => any::<usize>().prop_map(|recipient| Act::Local { recipient }),
        5 => any::<usize>().prop_map(|recipient| Act::Remote { recipient }),
        5 => Just(Act::Data),
        4 => any::<bool>().prop_map(|is_last| Act::Chunk { is_last }),
        2 => any::<usize>().prop_map(|login| Act::SignIn { login }),
        1 => Just(Act::StartTls),
    ]
}

const LINES: &[&str] = &[
    "HELO c",
    "EHLO c",
    "EHLO inside.example",
    "RSET",
    "NOOP",
    "VRFY somebody",
    "EXPN somebody",
    "HELP",
    "TURN",
    "ETRN inside.example",
    "XEXCH50 2 2",
    "AUTH LOGIN\n*",
    "AUTH PLAIN =",
    "AUTH NTLM TlRM",
    "",
];

/// A listener that does not relay for whoever it has not authorized; what it was seen to refuse as the first message of a
/// connection.
#[derive(Clone)]
struct Closed {
    name: String,
    behaviours: Arc<Behaviours>,
    recipients: Vec<&'static str>,
    logins: Vec<(Role, Mechanism)>,
}

/// What a broken law prints: who broke it.
impl std::fmt::Debug for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

static CLOSED: LazyLock<Vec<Closed>> = LazyLock::new(|| {
    let closed = all_by_name().into_iter().map(|(name, behaviours)| {
        let behaviours = Arc::new(behaviours);
        let relays = |role: Role, mechanism, sender: &'static str, recipient: &'static str| {
            let mut client = connect(&behaviours, |_| {});
            client.say("EHLO c");
            role.sign_in(&mut client, mechanism);
            client.say(&format!("MAIL FROM:<{sender}>\nRCPT TO:<{recipient}>"));
            send_data(&mut client);
            client.mails.iter().any(is_relayed)
        };
        let is_refused = |recipient: &&'static str| {
            !SENDERS.into_iter().any(|sender| relays(Role::Anonymous, Mechanism::Login, sender, recipient))
        };
        let recipients: Vec<_> = REMOTE.into_iter().filter(is_refused).collect();
        let unauthorized = [Role::WrongPassword, Role::NullSession, Role::Guest, Role::Unauthorized];
        let all = unauthorized.into_iter().flat_map(|role| MECHANISMS.map(|mechanism| (role, mechanism)));
        let is_of_no_use = |(role, mechanism): &(Role, Mechanism)| !relays(*role, *mechanism, SENDERS[0], REMOTE[0]);
        let logins = all.filter(is_of_no_use).collect();
        Closed { name, recipients, logins, behaviours: Arc::clone(&behaviours) }
    });
    closed.filter(|closed| closed.recipients.contains(&REMOTE[0])).collect()
});

/// Whether it goes out, other than as a notice to its own sender.
fn is_relayed((hop, mail): &(Hop, Mail)) -> bool {
    let is_notice = mail.reverse_path.is_empty() && mail.forward_paths == [SENDERS[1].as_bytes()];
    *hop == Hop::Outside && !is_notice
}

fn connect(behaviours: &Arc<Behaviours>, change: impl FnOnce(&mut Components)) -> Client {
    let mut model = Model::new(Arc::clone(behaviours), Arc::new(directory()), HOST);
    change(&mut model.components);
    Client::greeted(model, connection()).0
}

fn send_data(client: &mut Client) {
    if client.say("DATA").starts_with("354") {
        client.say("Subject: x\n\nx\n.");
    }
}

fn perform(client: &mut Client, act: Act, closed: &Closed) {
    let one_of = |paths: &[&str], which: usize| paths[which % paths.len()].to_owned();
    match act {
        Act::Say(line) => drop(client.say(line)),
        Act::Mail { sender } => drop(client.say(&format!("MAIL FROM:<{}>", one_of(&SENDERS, sender)))),
        Act::Local { recipient } => drop(client.say(&format!("RCPT TO:<{}>", one_of(&LOCAL, recipient)))),
        Act::Remote { recipient } => drop(client.say(&format!("RCPT TO:<{}>", one_of(&closed.recipients, recipient)))),
        Act::Data => send_data(client),
        // A whole line, so that a server without BDAT reads the next command as one.
        Act::Chunk { is_last } => {
            drop(client.send(format!("BDAT 4{}\r\nab\r\n", if is_last { " LAST" } else { "" })));
        }
        Act::SignIn { login } => {
            let (role, mechanism) = closed.logins[login % closed.logins.len()];
            role.sign_in(client, mechanism);
        }
        Act::StartTls => {
            client.say("STARTTLS");
            if std::mem::take(&mut client.tls) {
                client.session().tls_established();
            }
        }
    }
}

/// The mail of a connection on which these things are done, up to its end.
fn mails(closed: &Closed, acts: &[Act], change: impl FnOnce(&mut Components)) -> Vec<(Hop, Mail)> {
    let mut client = connect(&closed.behaviours, change);
    client.say("EHLO c");
    for act in acts {
        perform(&mut client, *act, closed);
        if client.closed || client.failed {
            break;
        }
    }
    client.mails
}

/// Looks for a sequence that breaks the law on servers with this change; the same sequences each time.
fn look(change: impl Fn(&mut Components), seen: impl Fn(&[(Hop, Mail)])) -> Result<(), String> {
    let config = Config { cases: 2000, failure_persistence: None, max_shrink_time: 10_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let sequences = (prop::sample::select(CLOSED.as_slice()), vec(act(), 0..40));
    let test = |(closed, acts): (Closed, Vec<Act>)| -> TestCaseResult {
        let mails = mails(&closed, &acts, &change);
        seen(&mails);
        let relayed: Vec<_> = mails.iter().filter(|mail| is_relayed(mail)).collect();
        prop_assert!(relayed.is_empty(), "{} relayed {relayed:?}", closed.name);
        Ok(())
    };
    runner.run(&sequences, test).map_err(|broken| broken.to_string())
}

#[test]
fn no_sequence_of_commands_relays_without_authorization() {
    let several = AtomicUsize::new(0);
    let seen = |mails: &[(Hop, Mail)]| {
        several.fetch_add(usize::from(mails.len() > 1), Ordering::Relaxed);
    };
    look(|_| {}, seen).unwrap();
    let several = several.into_inner();
    assert!(several > 300, "only {several} of the sequences had several messages taken");
}

// The law says something of the systems of the record: c22, c04 and c06 of the claims, and the flawed ones before AUTH.
#[test]
fn the_law_is_about_flawed_and_mended_systems() {
    let logins = |name: &str| {
        let closed = CLOSED.iter().find(|closed| closed.name.starts_with(&format!("{name}:")));
        let closed = closed.unwrap_or_else(|| panic!("nothing is said of {name}"));
        closed.logins.iter().map(|(role, _)| *role).collect::<Vec<_>>()
    };
    for mended in ["windows-2000-patched", "nt4-option-pack-patched", "exchange-2000-on-windows-2000", "reference"] {
        assert_eq!(logins(mended).len(), 4 * MECHANISMS.len(), "{mended}");
    }
    assert!(!logins("windows-2000").contains(&Role::NullSession));
    assert!(logins("windows-2000").contains(&Role::Guest));
    assert!(!CLOSED.iter().any(|closed| closed.name.starts_with("exchange-5.0-rerouting:")));
}

/// Relays for anyone once it has been asked about so many recipients.
struct Forgets(Arc<dyn RelayPolicy>, AtomicUsize, usize);

impl RelayPolicy for Forgets {
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        match (self.0.decide(request), self.1.fetch_add(1, Ordering::Relaxed) >= self.2) {
            (RelayDecision::Refuse | RelayDecision::AcceptAndReturn, true) => RelayDecision::Outside,
            (decision, _) => decision,
        }
    }
}

// What it finds is small: the message before and the relayed one.
#[test]
fn a_server_that_forgets_breaks_the_law() {
    let forgets = |components: &mut Components| {
        components.relay_policy = Arc::new(Forgets(Arc::clone(&components.relay_policy), AtomicUsize::new(0), 1));
    };
    let broken = look(forgets, |_| {}).unwrap_err();
    let acts = ["Mail {", "Local {", "Remote {", "SignIn {", "Data", "Chunk {", "Say("];
    let count: usize = acts.iter().map(|act| broken.matches(act).count()).sum();
    assert!((4..=7).contains(&count), "{broken}");
}
