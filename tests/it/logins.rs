//! A login that AUTH turned down is not tried again in the same run: servers lock accounts. Seen by a server with a fixed
//! script, since only the other end can tell what was really sent.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rstest::rstest;
use smtpspec::feature::{DeploymentName, FeatureText, Scope, StandIn, built_in};
use smtpspec::harness::TargetName;
use smtpspec::judge::{CaseResult, Verdict};

use crate::lab::judge;

/// What AUTH LOGIN makes of `sesame`, `alice` and `bob` (`printf sesame | base64`).
const SESAME: &str = "c2VzYW1l";
const ALICE: &str = "YWxpY2U=";
const BOB: &str = "Ym9i";

/// What `judged` gives as bob's password (`printf seasme | base64`).
const SEASME: &str = "c2Vhc21l";

/// A server that lets people in with the right password, and relays for alice alone. It has AUTH LOGIN and nothing else.
struct Scripted {
    address: SocketAddr,
    said: Arc<Mutex<Said>>,
}

/// What it was told at AUTH, in order: the mechanism it has not, or the user and the password.
#[derive(Debug, Default)]
struct Said {
    all: Vec<String>,
    failed: Vec<String>,
}

impl Scripted {
    fn open(accounts: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let said: Arc<Mutex<Said>> = Arc::default();
        let kept = Arc::clone(&said);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || attend(stream, accounts, &kept));
            }
        });
        Self { address, said }
    }

    fn failed(&self) -> Vec<String> {
        self.said.lock().unwrap().failed.clone()
    }
}

/// One session. A connection that breaks is over.
fn attend(stream: TcpStream, accounts: &[(&str, &str)], said: &Mutex<Said>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).ok();
    let keep = |login: String, is_let_in: bool| {
        let mut said = said.lock().unwrap();
        said.all.push(login.clone());
        if !is_let_in {
            said.failed.push(login);
        }
    };
    let mut is_alice = false;
    say("220 mail.inside.example ESMTP")?;
    while let Some(Ok(line)) = lines.next() {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match (verb.as_str(), line.as_str()) {
            ("EHLO", _) => say("250-mail.inside.example\r\n250-CHUNKING\r\n250 AUTH LOGIN")?,
            ("AUTH", "AUTH LOGIN") => {
                say("334 VXNlcm5hbWU6")?;
                let user = lines.next()?.ok()?;
                say("334 UGFzc3dvcmQ6")?;
                let password = lines.next()?.ok()?;
                let is_let_in = accounts.contains(&(user.as_str(), password.as_str()));
                is_alice = is_let_in && user == ALICE;
                keep(format!("{user} {password}"), is_let_in);
                say(if is_let_in { "235 2.7.0 ok" } else { "535 5.7.8 no" })?;
            }
            ("AUTH", other) => {
                keep(other.to_owned(), false);
                say("504 5.5.4 no such mechanism")?;
            }
            ("RCPT", path) if path.contains("@elsewhere.example") && !is_alice => say("554 5.7.1 relaying denied")?,
            ("DATA", _) => {
                say("354 go on")?;
                lines.by_ref().map_while(Result::ok).find(|line| line == ".")?;
                say("250 2.0.0 taken")?;
            }
            ("QUIT", _) => return say("221 bye"),
            ("HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP", _) => say("250 ok")?,
            _ => say("502 5.5.1 no")?,
        }
    }
    None
}

/// What the built-in cases of this scope come to, by their ids.
fn judged(server: &Scripted, more: &str, scope: impl Fn(TargetName) -> Scope) -> BTreeMap<String, CaseResult> {
    judged_by(built_in(), server, more, scope)
}

fn judged_by(
    cases: Vec<FeatureText>,
    server: &Scripted,
    more: &str,
    scope: impl Fn(TargetName) -> Scope,
) -> BTreeMap<String, CaseResult> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("alice"), "sesame\n").unwrap();
    std::fs::write(folder.path().join("bob"), "seasme\n").unwrap();
    let text = format!(
        "address: {}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: postmaster@inside.example\nlimits: {{ witness: 50ms }}\n{more}\
         roles:\n  \
         authorized-account: {{ user: alice, secret: {{ file: alice }}, sender: alice@inside.example }}\n  \
         unauthorized-account: {{ user: bob, secret: {{ file: bob }}, sender: bob@inside.example }}\n",
        server.address
    );
    let name = folder.path().join("lab.yaml").display().to_string();
    let results = judge((&name, &text), cases, scope);
    results.into_iter().map(|result| (result.requirement.id.0.clone(), result)).collect()
}

#[test]
fn a_slip_in_a_password_fails_once_and_hides_nothing_else() {
    let server = Scripted::open(&[(ALICE, SESAME)]);
    let results = judged(&server, "", |target| Scope::Requirements(vec![target]));
    let failed = server.failed();
    let [slip, mechanism, guest, wrong] = failed.as_slice() else { panic!("{failed:#?}") };
    assert_eq!(mechanism, "AUTH NTLM", "the null session, once for all cases about it");
    assert!(!guest.starts_with(BOB), "{guest}");
    assert_eq!(*slip, format!("{BOB} {SEASME}"));
    assert!(wrong.starts_with(BOB) && wrong != slip, "the wrong password is the last: {wrong}");

    let verdict = |id: &str| results.get(&format!("requirements/{id}")).map(|result| result.judgement.verdict());
    for (id, expected) in [
        ("relay/anonymous", Verdict::Conformant),
        ("relay/wrong-password", Verdict::Conformant),
        ("relay/null-session", Verdict::Skipped),
        ("relay/guest", Verdict::Conformant),
        ("relay/unauthorized-account", Verdict::Inconclusive),
        ("bounds/turn/anonymous", Verdict::Conformant),
        ("bounds/turn/null-session", Verdict::Skipped),
        ("bounds/turn/unauthorized-account", Verdict::Skipped),
        ("bounds/expn/unauthorized-account", Verdict::Skipped),
    ] {
        assert_eq!(verdict(id), Some(expected), "{id}");
    }
    let slip = results.get("requirements/bounds/turn/unauthorized-account").unwrap();
    assert!(slip.judgement.reasons.join("; ").contains("535 5.7.8 no"), "{slip:#?}");
}

/// A server may lock the account at the first failure: nobody signs in to it any more behind a wrong password.
#[rstest]
#[case::as_they_stand(false)]
#[case::the_other_way_round(true)]
fn a_wrong_password_is_the_last_login_of_a_run(#[case] is_reversed: bool) {
    let server = Scripted::open(&[(ALICE, SESAME), (BOB, SEASME)]);
    let mut cases = built_in();
    if is_reversed {
        cases.reverse();
    }
    let results = judged_by(cases, &server, "", |target| Scope::Requirements(vec![target]));
    let said = server.said.lock().unwrap();
    let wrong: Vec<usize> = (0..said.all.len())
        .filter(|at| said.all[*at].starts_with(BOB) && said.all[*at] != format!("{BOB} {SEASME}"))
        .collect();
    assert_eq!(wrong, [said.all.len() - 1], "{said:#?}");
    assert!(said.all.iter().filter(|login| **login == format!("{BOB} {SEASME}")).count() > 1, "{said:#?}");
    let verdict = results["requirements/relay/wrong-password"].judgement.verdict();
    assert_eq!(verdict, Verdict::Conformant);
}

/// Nobody sees what goes inside: that it was not seen there says nothing.
#[test]
fn without_a_door_inside_it_is_left_open_what_was_delivered_there() {
    let server = Scripted::open(&[(ALICE, SESAME)]);
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let deployment = DeploymentName::read("windows-2000");
    let results = judged(&server, &format!("witness: {{ listen: {free} }}\n"), |target| Scope::Record {
        stands_in: Some(StandIn { target, deployment: deployment.clone() }),
    });
    for id in ["bulletin/gateway/inbound/windows-2000", "bulletin/protocol/ordinary-session/windows-2000"] {
        let judgement = &results.get(id).unwrap_or_else(|| panic!("{id} did not run")).judgement;
        assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{id}: {judgement:#?}");
        let remedy = judgement.remedy.as_deref().unwrap_or_default();
        assert!(remedy.contains("a door of the witness, `inside`"), "{id}: {judgement:#?}");
    }
}
