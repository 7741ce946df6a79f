//! A role that the target has and about which nothing was judged leaves a run inconclusive; a role declared absent does
//! not. From end to end: a server that is safe in all that is asked of it, and a target file that names its roles or not.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use rstest::rstest;

/// A server that takes mail for its own recipients, sends nothing out and lets nobody in.
fn closed_server() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || attend(stream));
        }
    });
    address
}

/// One session. A connection that breaks is over.
fn attend(stream: TcpStream) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).ok();
    let (mut has_sender, mut has_recipient) = (false, false);
    say("220 mail.inside.example ESMTP")?;
    while let Some(Ok(line)) = lines.next() {
        match (line.split([' ', ':']).next().unwrap_or_default(), line.as_str()) {
            ("EHLO", _) => say("250-mail.inside.example\r\n250 AUTH LOGIN")?,
            ("AUTH", "AUTH LOGIN") => {
                say("334 VXNlcm5hbWU6")?;
                lines.next()?.ok()?;
                say("334 UGFzc3dvcmQ6")?;
                lines.next()?.ok()?;
                say("535 5.7.8 no")?;
            }
            ("MAIL", _) => {
                has_sender = true;
                say("250 2.1.0 ok")?;
            }
            ("RCPT", path) if has_sender && path.contains("@inside.example") => {
                has_recipient = true;
                say("250 2.1.5 ok")?;
            }
            ("RCPT", _) if has_sender => say("554 5.7.1 relaying denied")?,
            ("DATA", _) if has_recipient => {
                say("354 go on")?;
                lines.by_ref().map_while(Result::ok).find(|line| line == ".")?;
                say("250 2.0.0 taken")?;
            }
            ("RCPT" | "DATA", _) => say("503 5.5.1 bad sequence")?,
            ("RSET", _) => {
                (has_sender, has_recipient) = (false, false);
                say("250 2.0.0 ok")?;
            }
            ("HELO" | "NOOP", _) => say("250 2.0.0 ok")?,
            ("QUIT", _) => return say("221 2.0.0 bye"),
            _ => say("502 5.5.1 no")?,
        }
    }
    None
}

/// Runs all requirements against it.
fn verified(roles: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let target = format!(
        "address: {}\nservice: mx\nsource: outside\nsender: somebody@client.example\n\
         local-recipient: postmaster@inside.example\nauthorized: none\nroles:\n{roles}",
        closed_server()
    );
    std::fs::write(folder.path().join("server.yaml"), target).unwrap();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_smtpspec"));
    command.current_dir(folder.path()).args(["verify", "--send-data", "--on", "server.yaml"]);
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    // Wrapped lines are one text.
    (output.status.code(), stdout.split_whitespace().collect::<Vec<_>>().join(" "))
}

const ABSENT: &str = "  null-session: absent\n  wrong-password: absent\n  unauthorized-account: absent\n";

#[test]
fn a_server_whose_roles_are_all_judged_or_absent_conforms() {
    let (code, text) = verified(&format!("{ABSENT}  guest: {{}}\n"));
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("nothing was judged about"), "{text}");
}

#[rstest]
#[case("null-session", "the null session")]
#[case("wrong-password", "a client with a wrong password")]
#[case("unauthorized-account", "the unauthorized account")]
fn a_role_that_was_not_given_leaves_the_run_inconclusive(#[case] role: &str, #[case] phrase: &str) {
    let roles = ABSENT.replace(&format!("  {role}: absent\n"), "");
    let (code, text) = verified(&format!("{roles}  guest: {{}}\n"));
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains(&format!("nothing was judged about {phrase}")), "{text}");
}
