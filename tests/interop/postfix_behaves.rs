//! The fixture does what the later tests take for granted: who is relayed under which policy, with which code, and
//! what arrives. Raw dialogue and swaks only, so that nothing here can be wrong together with the product.
//!
//! The reply codes are those of postconf(5): 554 5.7.1 is `reject_unauth_destination`, 454 4.7.1 is
//! `defer_unauth_destination` (both by way of `relay_domains_reject_code`), 450 4.1.2 is
//! `reject_unknown_recipient_domain`; 535 5.7.8 is RFC 4954 section 6.

use super::dialogue::{Dialogue, Reply};
use super::postfix::{self, NONEXISTENT_RECIPIENT, Policy, UNRESOLVED_LATER_RECIPIENT, UNRESOLVED_RECIPIENT};
use super::receiver::Receiver;
use super::server::{Account, INSIDE_SOURCE, LOCAL_RECIPIENT, OUTSIDE_SOURCE, REMOTE_RECIPIENT, Server};
use super::{Failure, postfix_is_wanted};
use rstest::rstest;
use std::net::{IpAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const ARRIVAL_LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
enum Client {
    Anonymous,
    WrongPassword(Account),
    LoggedIn(Account),
}

/// A session of this client, after its login.
fn session(postfix: &Server, source: IpAddr, client: Client) -> Result<Dialogue, Failure> {
    let mut dialogue = Dialogue::greeted(source, postfix.address())?;
    let (reply, expected) = match client {
        Client::Anonymous => return Ok(dialogue),
        Client::WrongPassword(account) => {
            let typo = format!("{}x", postfix.password_of(account));
            (dialogue.authenticate_plain(account.name(), &typo)?, "535 5.7.8")
        }
        Client::LoggedIn(account) => {
            (dialogue.authenticate_plain(account.name(), postfix.password_of(account))?, "235 2.7.0")
        }
    };
    if reply.codes() == expected { Ok(dialogue) } else { Err(format!("AUTH as {client:?}: {reply:?}")) }
}

fn recipient(postfix: &Server, source: IpAddr, client: Client, forward_path: &str) -> Result<String, Failure> {
    let mut dialogue = session(postfix, source, client)?;
    Ok(dialogue.recipient("sender@sender.example", forward_path)?.codes())
}

fn queued(reply: &Reply) -> bool {
    reply.codes() == "250 2.0.0"
}

#[rstest]
#[case::authorized_only(Policy::AuthorizedOnly, ["554 5.7.1", "554 5.7.1", "554 5.7.1", "250 2.1.5"])]
#[case::any_authenticated(Policy::AnyAuthenticated, ["554 5.7.1", "554 5.7.1", "250 2.1.5", "250 2.1.5"])]
#[case::as_shipped(Policy::AsShipped, ["454 4.7.1", "454 4.7.1", "250 2.1.5", "250 2.1.5"])]
#[case::closed(Policy::Closed, ["554 5.7.1", "554 5.7.1", "554 5.7.1", "554 5.7.1"])]
fn each_policy_relays_for_whom_it_says(#[case] policy: Policy, #[case] replies: [&str; 4]) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let clients = [
        Client::Anonymous,
        Client::WrongPassword(Account::Unauthorized),
        Client::LoggedIn(Account::Unauthorized),
        Client::LoggedIn(Account::Authorized),
    ];
    let witness = Receiver::start()?;
    let postfix = postfix::start(policy, witness.port())?;

    let mut relayed = 0;
    for (client, expected) in clients.into_iter().zip(replies) {
        let mut dialogue = session(&postfix, OUTSIDE_SOURCE, client)?;
        let subject = format!("from {client:?}");
        let reply = dialogue.recipient("sender@sender.example", REMOTE_RECIPIENT)?;
        assert_eq!(reply.codes(), expected, "{client:?}: {reply:?}");
        if expected.starts_with("250") {
            let reply = dialogue.message(&subject)?;
            assert!(queued(&reply), "{client:?}: {reply:?}");
            let received = witness.wait_for(&subject, ARRIVAL_LIMIT)?;
            assert_eq!(received.reverse_path, "sender@sender.example");
            assert_eq!(received.forward_paths, [REMOTE_RECIPIENT]);
            relayed += 1;
        }

        dialogue.command("RSET")?;
        let reply = dialogue.recipient("sender@sender.example", LOCAL_RECIPIENT)?;
        assert_eq!(reply.codes(), "250 2.1.5", "{client:?}: mail for inside is taken from everybody: {reply:?}");
        let reply = dialogue.message("for inside")?;
        assert!(queued(&reply), "{client:?}: {reply:?}");
    }
    assert_eq!(witness.received().len(), relayed, "mail for inside went astray: {:?}", witness.received());
    Ok(())
}

#[rstest]
#[case::trusted_network(Policy::AsShipped, INSIDE_SOURCE, "250 2.1.5")]
#[case::from_outside(Policy::AsShipped, OUTSIDE_SOURCE, "454 4.7.1")]
#[case::trusts_no_network(Policy::AuthorizedOnly, INSIDE_SOURCE, "554 5.7.1")]
fn the_trusted_network_relays_without_a_login_where_it_is_trusted(
    #[case] policy: Policy,
    #[case] source: IpAddr,
    #[case] expected: &str,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let witness = Receiver::start()?;
    let postfix = postfix::start(policy, witness.port())?;
    let mut dialogue = session(&postfix, source, Client::Anonymous)?;
    assert_eq!(dialogue.recipient("sender@sender.example", REMOTE_RECIPIENT)?.codes(), expected);
    if expected.starts_with("250") {
        assert!(queued(&dialogue.message("from the trusted network")?));
        witness.wait_for("from the trusted network", ARRIVAL_LIMIT)?;
    }
    Ok(())
}

#[test]
fn a_refusal_for_reasons_of_dns_looks_as_the_real_one_does() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let postfix = postfix::start(Policy::AuthorizedOnly, Receiver::start()?.port())?;
    let unauthorized = Client::LoggedIn(Account::Unauthorized);
    let authorized = Client::LoggedIn(Account::Authorized);
    for (forward_path, client, expected) in [
        (UNRESOLVED_RECIPIENT, Client::Anonymous, "450 4.1.2"),
        (UNRESOLVED_RECIPIENT, unauthorized, "450 4.1.2"),
        (UNRESOLVED_RECIPIENT, authorized, "450 4.1.2"),
        (NONEXISTENT_RECIPIENT, Client::Anonymous, "550 5.1.2"),
        (NONEXISTENT_RECIPIENT, unauthorized, "550 5.1.2"),
        (NONEXISTENT_RECIPIENT, authorized, "550 5.1.2"),
        (UNRESOLVED_LATER_RECIPIENT, Client::Anonymous, "554 5.7.1"),
        (UNRESOLVED_LATER_RECIPIENT, unauthorized, "554 5.7.1"),
        (UNRESOLVED_LATER_RECIPIENT, authorized, "450 4.1.2"),
    ] {
        let codes = recipient(&postfix, OUTSIDE_SOURCE, client, forward_path)?;
        assert_eq!(codes, expected, "{forward_path} from {client:?}");
    }
    Ok(())
}

#[test]
fn a_login_that_failed_leaves_the_session_anonymous_and_the_next_is_not_delayed() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let postfix = postfix::start(Policy::AnyAuthenticated, Receiver::start()?.port())?;
    let account = Account::Unauthorized;
    let mut dialogue = session(&postfix, OUTSIDE_SOURCE, Client::WrongPassword(account))?;
    let reply = dialogue.recipient("sender@sender.example", REMOTE_RECIPIENT)?;
    assert_eq!(reply.codes(), "554 5.7.1", "{reply:?}");

    let started = Instant::now();
    session(&postfix, OUTSIDE_SOURCE, Client::LoggedIn(account))?;
    assert!(started.elapsed() < Duration::from_secs(2), "a penalty of {:?}", started.elapsed());
    Ok(())
}

#[test]
fn the_mechanisms_are_those_that_the_accounts_can_use() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let postfix = postfix::start(Policy::AuthorizedOnly, Receiver::start()?.port())?;
    let (mut dialogue, _) = Dialogue::open(OUTSIDE_SOURCE, postfix.address())?;
    let reply = dialogue.command("EHLO client.example")?;
    let listed = reply.lines.iter().find_map(|line| line.strip_prefix("AUTH "));
    let mut listed: Vec<_> = listed.unwrap_or_default().split(' ').collect();
    listed.sort_unstable();
    assert_eq!(listed, ["CRAM-MD5", "LOGIN", "OAUTHBEARER", "PLAIN", "SCRAM-SHA-256", "XOAUTH2"], "{reply:?}");
    assert!(!reply.lines.iter().any(|line| line == "STARTTLS"), "{reply:?}");

    let reply = dialogue.command("AUTH NTLM")?;
    assert_eq!(reply.codes(), "535 5.7.8", "a mechanism that is not there is a failed login to Postfix: {reply:?}");
    let account = Account::Authorized;
    let reply = dialogue.authenticate_login(account.name(), postfix.password_of(account))?;
    assert_eq!(reply.codes(), "235 2.7.0", "{reply:?}");
    Ok(())
}

#[rstest]
#[case::plain("PLAIN")]
#[case::login("LOGIN")]
#[case::cram_md5("CRAM-MD5")]
fn swaks_gets_the_same_answers(#[case] mechanism: &str) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let witness = Receiver::start()?;
    let postfix = postfix::start(Policy::AuthorizedOnly, witness.port())?;
    // The exit codes of swaks(1): 24 is "error in RCPT".
    for (account, exit) in [(Account::Unauthorized, 24), (Account::Authorized, 0)] {
        let output = Command::new("swaks")
            .args(["--server", &postfix.address().to_string(), "--local-interface", &OUTSIDE_SOURCE.to_string()])
            .args(["--helo", "client.example", "--from", "sender@sender.example", "--to", REMOTE_RECIPIENT])
            .args(["--auth", mechanism, "--auth-user", account.name(), "--header", "Subject: from swaks"])
            .env("SWAKS_OPT_auth_password", postfix.password_of(account))
            .output()
            .map_err(|error| format!("swaks does not start: {error}"))?;
        let transcript = String::from_utf8_lossy(&output.stdout);
        assert!(transcript.contains("235 2.7.0"), "{account:?}:\n{transcript}");
        assert_eq!(output.status.code(), Some(exit), "{account:?}:\n{transcript}");
    }
    let received = witness.wait_for("from swaks", ARRIVAL_LIMIT)?;
    assert_eq!(received.forward_paths, [REMOTE_RECIPIENT]);
    assert_eq!(witness.received().len(), 1);
    Ok(())
}

#[test]
fn instances_are_independent() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let witnesses = [Receiver::start()?, Receiver::start()?];
    let closed = postfix::start(Policy::Closed, witnesses[0].port())?;
    let open = postfix::start(Policy::AnyAuthenticated, witnesses[1].port())?;

    let account = Account::Authorized;
    assert_ne!(closed.password_of(account), open.password_of(account));
    let mut dialogue = Dialogue::greeted(OUTSIDE_SOURCE, closed.address())?;
    let reply = dialogue.authenticate_plain(account.name(), open.password_of(account))?;
    assert_eq!(reply.codes(), "535 5.7.8", "{reply:?}");

    let mut dialogue = session(&open, OUTSIDE_SOURCE, Client::LoggedIn(account))?;
    dialogue.recipient("sender@sender.example", REMOTE_RECIPIENT)?;
    assert!(queued(&dialogue.message("through the open one")?));
    witnesses[1].wait_for("through the open one", ARRIVAL_LIMIT)?;
    assert!(witnesses[0].received().is_empty());
    Ok(())
}

#[test]
fn nothing_is_left_of_an_instance() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let postfix = postfix::start(Policy::AuthorizedOnly, Receiver::start()?.port())?;
    let (address, directory) = (postfix.address(), postfix.directory().to_owned());
    // An smtpd and a Dovecot worker in the middle of a session must go too.
    let mut dialogue = session(&postfix, OUTSIDE_SOURCE, Client::LoggedIn(Account::Authorized))?;
    let postfix_daemons = processes_in(&directory.join("queue"));
    assert!(postfix_daemons.len() >= 3, "master, qmgr and smtpd live in the queue: {postfix_daemons:?}");
    let dovecot_daemons = processes_in(&directory.join("dovecot-run"));
    assert!(!dovecot_daemons.is_empty(), "Dovecot lives in its run directory");

    drop(postfix);
    let deadline = Instant::now() + Duration::from_secs(5);
    let left = || -> Vec<_> {
        postfix_daemons.iter().chain(&dovecot_daemons).copied().filter(|pid| cwd_of(*pid, &directory)).collect()
    };
    while !left().is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(left(), [0_u32; 0]);
    assert!(!directory.exists(), "{} is left", directory.display());
    assert!(TcpStream::connect(address).is_err(), "{address} still listens");
    assert!(dialogue.command("NOOP").is_err(), "the session still lives");
    Ok(())
}

fn processes_in(directory: &Path) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(|pid| cwd_of(*pid, directory)).collect()
}

/// Whether a process works in a directory, or in one under it, be it removed meanwhile. A zombie works nowhere.
fn cwd_of(pid: u32, directory: &Path) -> bool {
    std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(directory))
}
