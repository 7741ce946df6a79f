//! A witness in a process of its own, and runs that follow it: two processes on loopback.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use rstest::rstest;
use smtpspec::judge::{RunEvent, Verdict};
use smtpspec::report::ndjson;

use super::late::{ALICE, BOB, NOBODY, Server, State};
use super::run::{Ended, Folder, PROGRAM, run};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A witness at work. One that a test leaves behind is ended.
struct Standing {
    child: Child,
    log: BufReader<ChildStdout>,
    /// What its first line says.
    listening: serde_json::Value,
}

impl Drop for Standing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Standing {
    fn begin(folder: &Folder) -> Self {
        let mut command = folder.command(PROGRAM);
        command.args(["witness", "--listen", "127.0.0.1:0", "--inside", "127.0.0.1:0", "--control", "127.0.0.1:0"]);
        command.args(["--key-env", "WITNESS_KEY", "--log", "ndjson"]).env("WITNESS_KEY", KEY);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap());
        let listening = line(&mut log);
        assert_eq!(listening["event"], "listening");
        Self { child, log, listening }
    }

    fn at(&self, port: &str) -> SocketAddr {
        self.listening[port].as_str().unwrap().parse().unwrap()
    }

    /// Ends it as the user does, and gives what was left in its log.
    fn end(mut self, signal: &str) -> (Option<i32>, Vec<serde_json::Value>) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let left = std::iter::from_fn(|| {
            let mut line = String::new();
            (self.log.read_line(&mut line).unwrap() > 0).then(|| serde_json::from_str(&line).unwrap())
        });
        (code, left.collect())
    }
}

fn line(log: &mut impl std::io::BufRead) -> serde_json::Value {
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

/// A run against a server that takes mail from some and drops that of others.
fn verify(folder: Folder, witness: &str, outside: SocketAddr, takes: &'static [&'static str]) -> (Folder, Ended) {
    let server = Server { witness: outside, takes, holds: &[BOB], at_once: 0, state: Mutex::new(State::default()) };
    let (address, _server) = server.open();
    let target = format!(
        "address: {address}\nname: lab\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: postmaster@inside.example\nwitness: {witness}\n\
         limits: {{ witness: 200ms, deferred: 10ms }}\nroles:\n  null-session: absent\n  guest: absent\n  \
         wrong-password: absent\n  \
         authorized-account: {{ user: alice, secret: {{ file: alice }}, sender: alice@inside.example }}\n  \
         unauthorized-account: {{ user: bob, secret: {{ file: bob }}, sender: bob@inside.example }}\n"
    );
    let folder = folder.with("server.yaml", target).with("alice", "sesame\n").with("bob", "sesame\n").with("key", KEY);
    let ended = folder.run(&["verify", "relay", "--on", "server.yaml", "--report", "ndjson=run.ndjson"]);
    (folder, ended)
}

/// The last verdict of each case.
fn verdicts(folder: &Folder) -> BTreeMap<String, Verdict> {
    let recording = ndjson::read("run.ndjson", &folder.read("run.ndjson")).unwrap();
    let verdict = |event: RunEvent| match event {
        RunEvent::CaseFinished { result, .. } => Some((result.requirement.id.0.clone(), result.judgement.verdict)),
        _ => None,
    };
    recording.events.into_iter().filter_map(verdict).collect()
}

#[rstest]
#[case::safe(&[ALICE])]
#[case::drops_bobs(&[ALICE, BOB])]
#[case::open_to_all(&[ALICE, BOB, NOBODY])]
#[case::serves_nobody(&[])]
fn the_verdicts_are_those_with_a_witness_in_the_run(#[case] takes: &'static [&'static str]) {
    // Taken and given back.
    let here = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let (folder, ended) = verify(Folder::new(), &format!("{{ listen: {here} }}"), here, takes);
    let expected = (ended.code, verdicts(&folder));
    let folder = Folder::new();
    let standing = Standing::begin(&folder);
    let witness = format!("{{ at: {}, key: {{ file: key }}, sees-inside: true }}", standing.at("control"));
    let (folder, ended) = verify(folder, &witness, standing.at("outside"), takes);
    assert!(!ended.stdout.contains(KEY) && !folder.read("run.ndjson").contains(KEY));
    let ended = ended.fits();
    assert_eq!((ended.code, verdicts(&folder)), expected, "{}", ended.stdout);
    let (code, log) = standing.end("INT");
    assert_eq!(code, Some(0));
    let events: Vec<&str> = log.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events.first(), Some(&"run-joined"), "{log:?}");
    assert_eq!(events.contains(&"received"), !takes.is_empty(), "{log:?}");
}

#[rstest]
#[case::by_the_user("INT")]
#[case::by_a_supervisor("TERM")]
fn a_witness_that_is_ended_ends_with_0(#[case] signal: &str) {
    assert_eq!(Standing::begin(&Folder::new()).end(signal), (Some(0), Vec::new()));
}

#[test]
fn a_run_with_another_key_says_so_and_sends_nothing() {
    let folder = Folder::new();
    let standing = Standing::begin(&folder);
    let witness = format!("{{ at: {}, key: {{ env: ANOTHER_KEY }} }}", standing.at("control"));
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = format!("address: {}\nservice: mx\nwitness: {witness}\n", server.local_addr().unwrap());
    let folder = folder.with("server.yaml", target);
    let mut command = folder.command(PROGRAM);
    command.args(["verify", "--on", "server.yaml"]).env("ANOTHER_KEY", "another key of some length");
    let ended = Ended::of(command).fits().with(2);
    assert!(ended.stderr.contains("it does not hold the same key"), "{}", ended.stderr);
    assert!(ended.stderr.contains("server.yaml:3:"), "{}", ended.stderr);
    server.set_nonblocking(true).unwrap();
    assert!(server.accept().is_err(), "the server was connected to");
    let (_, log) = standing.end("INT");
    assert_eq!(log[0]["event"], "turned-away", "{log:?}");
}

#[rstest]
#[case::open_to_the_network(&["--listen", "0.0.0.0:0", "--key-env", "WITNESS_KEY"], "--allow-address 0.0.0.0")]
#[case::no_key(&["--listen", "127.0.0.1:0", "--key-env", "NO_SUCH_KEY"], "`NO_SUCH_KEY` is not set")]
#[case::short_key(&["--listen", "127.0.0.1:0", "--key-file", "short"], "the key has 5 octets, and 16 are the least")]
#[case::no_file(&["--listen", "127.0.0.1:0", "--key-file", "missing"], "missing cannot be read")]
fn what_is_wrong_is_told_before_anything_listens(#[case] arguments: &[&str], #[case] told: &str) {
    let folder = Folder::new().with("short", "short\n");
    let mut command = folder.command(PROGRAM);
    command.args(["witness", "--control", "127.0.0.1:0"]).args(arguments).env("WITNESS_KEY", KEY);
    let ended = Ended::of(command).fits().with(2);
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let folder = Folder::new().with("key", KEY);
    let ended = folder.run(&["witness", "--listen", &at, "--control", "127.0.0.1:0", "--key-file", "key"]).with(2);
    assert!(ended.stderr.contains(&format!("cannot listen on {at}")), "{}", ended.stderr);
    run(&["witness", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]).with(2);
}
