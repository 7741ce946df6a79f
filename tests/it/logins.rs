//! A login that AUTH turned down is not tried again in the same run: servers lock accounts. Seen by a server with a fixed
//! script, since only the other end can tell what was really sent.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use smtpspec::feature::{DeploymentName, Scope, StandIn, built_in};
use smtpspec::harness::TargetName;
use smtpspec::judge::{CaseResult, Verdict};

use crate::lab::judge;

/// What AUTH LOGIN makes of `sesame`, `alice` and `bob` (`printf sesame | base64`).
const SESAME: &str = "c2VzYW1l";
const ALICE: &str = "YWxpY2U=";
const BOB: &str = "Ym9i";

/// A server that lets alice in with the right password, and relays for her alone. It has AUTH LOGIN and nothing else.
struct Scripted {
    address: SocketAddr,
    /// What failed, in order: the mechanism it has not, or the user and the password that it refused.
    failed: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let failed: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&failed);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || attend(stream, &kept));
            }
        });
        Self { address, failed }
    }

    fn failed(&self) -> Vec<String> {
        self.failed.lock().unwrap().clone()
    }
}

/// One session. A connection that breaks is over.
fn attend(stream: TcpStream, failed: &Mutex<Vec<String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).ok();
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
                is_alice = user == ALICE && password == SESAME;
                if is_alice {
                    say("235 2.7.0 ok")?;
                } else {
                    failed.lock().unwrap().push(format!("{user} {password}"));
                    say("535 5.7.8 no")?;
                }
            }
            ("AUTH", other) => {
                failed.lock().unwrap().push(other.to_owned());
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

/// What the built-in cases of this scope come to, by their ids. Bob's password has a slip in it.
fn judged(server: &Scripted, more: &str, scope: impl Fn(TargetName) -> Scope) -> BTreeMap<String, CaseResult> {
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
    let results = judge((&name, &text), built_in(), scope);
    results.into_iter().map(|result| (result.requirement.id.0.clone(), result)).collect()
}

#[test]
fn a_slip_in_a_password_fails_once_and_hides_nothing_else() {
    let server = Scripted::open();
    let results = judged(&server, "", |target| Scope::Requirements(vec![target]));
    let failed = server.failed();
    let [slip, mechanism, guest, wrong] = failed.as_slice() else { panic!("{failed:#?}") };
    assert_eq!(mechanism, "AUTH NTLM", "the null session, once for all cases about it");
    assert!(!guest.starts_with(BOB), "{guest}");
    // `printf seasme | base64`
    assert_eq!(*slip, format!("{BOB} c2Vhc21l"));
    assert!(wrong.starts_with(BOB) && wrong != slip, "the wrong password is the last: {wrong}");

    let verdict = |id: &str| results.get(&format!("requirements/{id}")).map(|result| result.judgement.verdict);
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

/// Nobody sees what goes inside: that it was not seen there says nothing.
#[test]
fn without_a_door_inside_it_is_left_open_what_was_delivered_there() {
    let server = Scripted::open();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let deployment = DeploymentName::read("windows-2000");
    let results = judged(&server, &format!("witness: {{ listen: {free} }}\n"), |target| Scope::Record {
        stands_in: Some(StandIn { target, deployment: deployment.clone() }),
    });
    for id in ["bulletin/gateway/inbound/windows-2000", "bulletin/protocol/ordinary-session/windows-2000"] {
        let judgement = &results.get(id).unwrap_or_else(|| panic!("{id} did not run")).judgement;
        assert_eq!(judgement.verdict, Verdict::Inconclusive, "{id}: {judgement:#?}");
        let remedy = judgement.remedy.as_deref().unwrap_or_default();
        assert!(remedy.contains("a door of the witness, `inside`"), "{id}: {judgement:#?}");
    }
}
