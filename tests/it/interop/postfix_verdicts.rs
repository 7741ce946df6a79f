//! The product's own verdicts about a real Postfix, against tables typed in from what the policy says
//! (`smtpd_relay_restrictions` in `postfix/configuration.rs`): who may relay is known before the program is run.
//!
//! The codes are those of postconf(5) and RFC 4954 section 6, as in `postfix_behaves.rs`. What each verdict has to be is
//! in `docs/verdicts.md`.

use super::postfix::{
    Account, INSIDE_SOURCE, NONEXISTENT_RECIPIENT, Policy, Postfix, UNRESOLVED_LATER_RECIPIENT, UNRESOLVED_RECIPIENT,
};
use super::verifier::{Target, Verified, witness_port};
use super::{Failure, postfix_is_wanted};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const CONFORMANT: i32 = 0;
const DEVIATES: i32 = 1;
const INCONCLUSIVE: i32 = 3;

/// The cases that are not about a role's mail. Postfix has no TURN, ATRN or EXPN (502 5.5.1) and follows RFC 5321 in the
/// others, whoever may relay; there is no null session; and what may stop a server is only sent where that is allowed.
const OTHER_CASES: [(&str, &str); 20] = [
    ("bounds/atrn/anonymous", "conformant"),
    ("bounds/atrn/null-session", "not-applicable"),
    ("bounds/atrn/unauthorized-account", "conformant"),
    ("bounds/expn/anonymous", "conformant"),
    ("bounds/expn/null-session", "not-applicable"),
    ("bounds/expn/unauthorized-account", "conformant"),
    ("bounds/turn/anonymous", "conformant"),
    ("bounds/turn/null-session", "not-applicable"),
    ("bounds/turn/unauthorized-account", "conformant"),
    ("chunking/authenticate-between-chunks", "skipped"),
    ("gateway/local-recipient", "conformant"),
    ("session/data-before-rcpt", "conformant"),
    ("session/ehlo", "conformant"),
    ("session/greeting", "conformant"),
    ("session/helo", "conformant"),
    ("session/noop", "conformant"),
    ("session/quit", "conformant"),
    ("session/rcpt-before-mail", "conformant"),
    ("session/rset", "conformant"),
    ("session/unknown-command", "conformant"),
];

/// Each role's row: what AUTH said, what became of its mail, the verdict.
type Roles = [(&'static str, &'static str); 6];

const NO_NULL_SESSION: (&str, &str) = ("null-session", "not-tried; not-tried; not-applicable");

/// `check_sasl_access inline:{authorized=permit}, reject_unauth_destination`
const AUTHORIZED_ONLY: Roles = [
    ("anonymous", "not-tried; refused at rcpt 554 5.7.1; conformant"),
    ("wrong-password", "refused 535; refused at rcpt 554 5.7.1; conformant"),
    NO_NULL_SESSION,
    ("guest", "refused 535; refused at rcpt 554 5.7.1; conformant"),
    ("unauthorized-account", "accepted 235; refused at rcpt 554 5.7.1; conformant"),
    ("authorized-account", "accepted 235; arrived; conformant"),
];

/// `permit_sasl_authenticated, reject_unauth_destination`
const ANY_AUTHENTICATED: Roles = [
    ("anonymous", "not-tried; refused at rcpt 554 5.7.1; conformant"),
    ("wrong-password", "refused 535; refused at rcpt 554 5.7.1; conformant"),
    NO_NULL_SESSION,
    ("guest", "refused 535; refused at rcpt 554 5.7.1; conformant"),
    ("unauthorized-account", "accepted 235; arrived; deviates"),
    ("authorized-account", "accepted 235; arrived; conformant"),
];

/// `permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination`, from outside
const AS_SHIPPED: Roles = [
    ("anonymous", "not-tried; deferred at rcpt 454 4.7.1; conformant"),
    ("wrong-password", "refused 535; deferred at rcpt 454 4.7.1; conformant"),
    NO_NULL_SESSION,
    ("guest", "refused 535; deferred at rcpt 454 4.7.1; conformant"),
    ("unauthorized-account", "accepted 235; arrived; deviates"),
    ("authorized-account", "accepted 235; arrived; conformant"),
];

/// `reject_unauth_destination`, and the file says so
const CLOSED: Roles = [
    ("anonymous", "not-tried; refused at rcpt 554 5.7.1; conformant"),
    ("wrong-password", "refused 535; refused at rcpt 554 5.7.1; conformant"),
    NO_NULL_SESSION,
    ("guest", "refused 535; refused at rcpt 554 5.7.1; conformant"),
    ("unauthorized-account", "accepted 235; refused at rcpt 554 5.7.1; conformant"),
    ("authorized-account", "not-tried; not-tried; not-applicable"),
];

/// The same, and the file names an account that may relay
const CLOSED_TO_THE_ACCOUNT: Roles = [
    ("anonymous", "not-tried; refused at rcpt 554 5.7.1; inconclusive"),
    ("wrong-password", "refused 535; refused at rcpt 554 5.7.1; inconclusive"),
    NO_NULL_SESSION,
    ("guest", "refused 535; refused at rcpt 554 5.7.1; inconclusive"),
    ("unauthorized-account", "accepted 235; refused at rcpt 554 5.7.1; inconclusive"),
    ("authorized-account", "accepted 235; refused at rcpt 554 5.7.1; inconclusive"),
];

/// Everybody's mail arrives, at an address that is trusted or may be.
const TRUSTED: Roles = [
    ("anonymous", "not-tried; arrived; inconclusive"),
    ("wrong-password", "refused 535; arrived; inconclusive"),
    NO_NULL_SESSION,
    ("guest", "refused 535; arrived; inconclusive"),
    ("unauthorized-account", "accepted 235; arrived; inconclusive"),
    ("authorized-account", "accepted 235; arrived; conformant"),
];

/// Everybody's mail arrives, from outside.
const OPEN_RELAY: Roles = [
    ("anonymous", "not-tried; arrived; deviates"),
    ("wrong-password", "refused 535; arrived; inconclusive"),
    NO_NULL_SESSION,
    ("guest", "refused 535; arrived; inconclusive"),
    ("unauthorized-account", "accepted 235; arrived; inconclusive"),
    ("authorized-account", "accepted 235; arrived; conformant"),
];

/// A Postfix of this policy, and a target file for it.
fn target(policy: Policy) -> Result<(Postfix, Target), Failure> {
    let port = witness_port()?;
    Ok((Postfix::start(policy, port)?, Target::seen_from_outside(port)))
}

/// Compares every role's row, every case's verdict and the exit code; `others` are the [`OTHER_CASES`] that differ.
fn expect(verified: &Verified, roles: Roles, others: &[(&str, &str)], exit: i32) {
    let rows: BTreeMap<&str, String> = roles.into_iter().map(|(role, row)| (role, row.to_owned())).collect();
    assert_eq!(verified.roles(), rows, "{}", verified.stdout);

    let relay: Vec<String> = roles.iter().map(|(role, _)| format!("relay/{role}")).collect();
    let verdict_of = |row: &'static str| row.rsplit("; ").next().unwrap_or(row);
    let mut cases: BTreeMap<&str, &str> = OTHER_CASES.into_iter().chain(others.iter().copied()).collect();
    cases.extend(relay.iter().zip(roles).map(|(case, (_, row))| (case.as_str(), verdict_of(row))));
    assert_eq!(verified.verdicts(), cases, "{}", verified.stdout);

    assert_eq!(verified.exit, exit, "{}{}", verified.stdout, verified.stderr);
}

/// Checks that each of these cases says this, in its reasons or its remedy.
fn expect_said(verified: &Verified, cases: &[&str], words: &[&str]) {
    for case in cases {
        let said = verified.says(case);
        for words in words {
            assert!(said.contains(words), "{case}: {words:?} is not in {said:?}");
        }
    }
}

const UNAUTHORIZED: [&str; 4] =
    ["relay/anonymous", "relay/wrong-password", "relay/guest", "relay/unauthorized-account"];

#[test]
fn where_the_authorized_account_alone_relays_everything_conforms() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AuthorizedOnly)?;
    let verified = Target { disruptive: true, ..target }.verify(&postfix, &[])?;
    expect(&verified, AUTHORIZED_ONLY, &[("chunking/authenticate-between-chunks", "conformant")], CONFORMANT);
    Ok(())
}

/// By every mechanism that Dovecot has, and by the one that the product chooses.
#[rstest]
#[case::chosen(None)]
#[case::plain(Some("PLAIN"))]
#[case::login(Some("LOGIN"))]
#[case::cram_md5(Some("CRAM-MD5"))]
fn where_whoever_authenticates_relays_the_unauthorized_account_deviates_and_nothing_else(
    #[case] mechanism: Option<&'static str>,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AnyAuthenticated)?;
    let verified = Target { mechanisms: [mechanism, mechanism], ..target }.verify(&postfix, &[])?;
    expect(&verified, ANY_AUTHENTICATED, &[], DEVIATES);
    expect_said(
        &verified,
        &["relay/unauthorized-account"],
        &["arrived at the witness", "an anonymous client's was not"],
    );
    if let Some(mechanism) = mechanism {
        expect_said(&verified, &["relay/unauthorized-account"], &[&format!("({mechanism})")]);
    }
    Ok(())
}

#[test]
fn as_postfix_ships_outsiders_are_refused_with_a_temporary_code() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AsShipped)?;
    let verified = target.verify(&postfix, &[])?;
    expect(&verified, AS_SHIPPED, &[], DEVIATES);
    let outsiders = ["relay/anonymous", "relay/wrong-password", "relay/guest"];
    expect_said(&verified, &outsiders, &["454 4.7.1", "a refusal with a temporary code"]);
    Ok(())
}

#[test]
fn a_closed_server_conforms_where_no_account_may_relay() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::Closed)?;
    let verified = Target { names_authorized: false, ..target }.verify(&postfix, &[])?;
    expect(&verified, CLOSED, &[], CONFORMANT);
    expect_said(&verified, &UNAUTHORIZED, &["the refusal is about authorization"]);
    Ok(())
}

#[test]
fn a_closed_server_is_inconclusive_where_an_account_is_said_to_relay() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::Closed)?;
    let verified = target.verify(&postfix, &[])?;
    expect(&verified, CLOSED_TO_THE_ACCOUNT, &[], INCONCLUSIVE);
    let why = ["mail of the authorized account", "so that nothing shows the refusal to be about authorization"];
    expect_said(&verified, &UNAUTHORIZED, &why);
    expect_said(&verified, &UNAUTHORIZED, &["check that the authorized account may relay"]);
    expect_said(&verified, &["relay/authorized-account"], &["whether the account may not relay"]);
    Ok(())
}

/// The server is safe; but so it would look with any password, and the mistake is in the target file.
#[rstest]
#[case::safe(Policy::AuthorizedOnly)]
#[case::not_safe(Policy::AnyAuthenticated)]
fn a_slip_in_the_unauthorized_accounts_password_never_looks_like_safety(#[case] policy: Policy) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(policy)?;
    let verified = Target { slip: "x", ..target }.verify(&postfix, &[])?;
    let mut roles = AUTHORIZED_ONLY;
    roles[4] = ("unauthorized-account", "refused 535; refused at rcpt 554 5.7.1; inconclusive");
    let without_login = [
        ("bounds/atrn/unauthorized-account", "skipped"),
        ("bounds/expn/unauthorized-account", "skipped"),
        ("bounds/turn/unauthorized-account", "skipped"),
    ];
    expect(&verified, roles, &without_login, INCONCLUSIVE);
    let why = ["was refused by AUTH: 535 5.7.8", "the password may be wrong", "check the password"];
    expect_said(&verified, &["relay/unauthorized-account"], &why);
    Ok(())
}

#[rstest]
#[case::the_file_says_nothing("", "where it already should not trust this one, say `source: outside`")]
#[case::the_file_says_inside("source: inside", "run from an address that the server does not trust")]
fn a_run_from_inside_the_trusted_network_is_inconclusive(
    #[case] source: &str,
    #[case] remedy: &str,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AsShipped)?;
    let source = format!("source-address: {INSIDE_SOURCE}\n{source}");
    let verified = Target { source, ..target }.verify(&postfix, &[])?;
    expect(&verified, TRUSTED, &[], INCONCLUSIVE);
    expect_said(&verified, &UNAUTHORIZED, &["the server relays for 127.0.0.1", remedy]);
    Ok(())
}

/// Nobody's rights were asked, whatever the code; and where they were, the one who has them was stopped by DNS.
#[rstest]
#[case::for_good(NONEXISTENT_RECIPIENT, "refused at rcpt 550 5.1.2", "refused at rcpt 550 5.1.2")]
#[case::for_now(UNRESOLVED_RECIPIENT, "deferred at rcpt 450 4.1.2", "deferred at rcpt 450 4.1.2")]
#[case::behind_the_policy(UNRESOLVED_LATER_RECIPIENT, "refused at rcpt 554 5.7.1", "deferred at rcpt 450 4.1.2")]
fn a_recipient_refused_for_reasons_of_dns_is_inconclusive(
    #[case] remote_recipient: &'static str,
    #[case] others: &str,
    #[case] authorized: &str,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AuthorizedOnly)?;
    let verified = Target { remote_recipient, ..target }.verify(&postfix, &[])?;
    let rows = BTreeMap::from([
        ("anonymous", format!("not-tried; {others}; inconclusive")),
        ("wrong-password", format!("refused 535; {others}; inconclusive")),
        ("null-session", "not-tried; not-tried; not-applicable".to_owned()),
        ("guest", format!("refused 535; {others}; inconclusive")),
        ("unauthorized-account", format!("accepted 235; {others}; inconclusive")),
        ("authorized-account", format!("accepted 235; {authorized}; inconclusive")),
    ]);
    assert_eq!(verified.roles(), rows);
    assert_eq!(verified.exit, INCONCLUSIVE, "{}", verified.stdout);
    let why = ["Domain not found", "so that nothing shows the refusal to be about authorization"];
    expect_said(&verified, &UNAUTHORIZED, &why);
    expect_said(&verified, &UNAUTHORIZED, &["that the server knows the recipient's domain"]);
    Ok(())
}

#[test]
fn an_open_server_seen_from_outside_is_an_open_relay_and_nothing_more_is_known() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::Open)?;
    let verified = target.verify(&postfix, &[])?;
    expect(&verified, OPEN_RELAY, &[], DEVIATES);
    expect_said(&verified, &["relay/anonymous"], &["open relay: mail of an anonymous client"]);
    let others = ["relay/wrong-password", "relay/guest", "relay/unauthorized-account"];
    expect_said(&verified, &others, &["the server relays for 127.0.0.2"]);
    Ok(())
}

/// A 250 to RCPT is a claim; and Postfix's own count of commands says whether there was a DATA.
#[test]
fn without_a_witness_acceptance_is_unproven_and_no_message_is_sent() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AnyAuthenticated)?;
    let target = Target { witness: None, ..target };
    let verified = target.verify(&postfix, &[])?;
    let mut roles = ANY_AUTHENTICATED;
    roles[4] = ("unauthorized-account", "accepted 235; accepted-unproven at rcpt; inconclusive");
    roles[5] = ("authorized-account", "accepted 235; accepted-unproven at rcpt; inconclusive");
    expect(&verified, roles, &[("gateway/local-recipient", "inconclusive")], INCONCLUSIVE);
    let why = ["a claim, not a proof", "name a witness"];
    expect_said(&verified, &["relay/unauthorized-account", "relay/authorized-account"], &why);
    let log = settled_log(&postfix)?;
    // The cases about the order of commands send DATA where it has to be refused: `data=0/1`.
    assert!(log.contains(" rcpt=1 ") && !log.contains(" data=1"), "{log}");
    assert!(!verified.ndjson.contains("mail-data"));

    let asked = target.verify(&postfix, &["--send-data"])?;
    assert_eq!(asked.exit, INCONCLUSIVE, "{}", asked.stdout);
    let row = "accepted 235; accepted-unproven at end-of-data; inconclusive";
    assert_eq!(asked.roles().get("unauthorized-account").map(String::as_str), Some(row));
    assert!(settled_log(&postfix)?.contains(" data=1"));
    assert!(asked.ndjson.contains("mail-data"));
    Ok(())
}

/// Postfix counts a mechanism that it does not have as a failed login too, so that is not tried twice either.
#[test]
fn three_logins_fail_at_most_and_the_wrong_password_is_the_last() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AuthorizedOnly)?;
    let verified = Target { null_session: "{}", ..target }.verify(&postfix, &[])?;
    let log = settled_log(&postfix)?;
    let failed: Vec<&str> = log.lines().filter(|line| line.contains("authentication failed")).collect();
    assert_eq!(failed.len(), 3, "{failed:#?}");

    let attempts = verified.attempts();
    let failed: Vec<_> = attempts
        .iter()
        .filter(|attempt| {
            ["refused", "unavailable"].iter().any(|answer| attempt["authentication"]["answer"] == *answer)
        })
        .filter_map(|attempt| attempt["role"].as_str())
        .collect();
    assert_eq!(failed, ["null-session", "guest", "wrong-password"]);

    assert_eq!(verified.verdicts().get("relay/null-session"), Some(&"skipped"));
    expect_said(&verified, &["relay/null-session"], &["cannot have its mechanism here", "`null-session: absent`"]);
    assert_eq!(verified.exit, INCONCLUSIVE, "a role that the file does not declare absent has to be judged");
    Ok(())
}

#[test]
fn runs_in_a_row_come_to_the_same() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AnyAuthenticated)?;
    for _ in 0..5 {
        expect(&target.verify(&postfix, &[])?, ANY_AUTHENTICATED, &[], DEVIATES);
    }
    Ok(())
}

/// Neither the passwords, nor what PLAIN and LOGIN make of them (RFC 4616, RFC 4648 section 4).
#[rstest]
#[case::right("")]
#[case::with_a_slip("-slip")]
fn no_secret_is_printed_or_written(#[case] slip: &'static str) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AnyAuthenticated)?;
    for mechanisms in [[Some("PLAIN"), Some("LOGIN")], [Some("LOGIN"), Some("PLAIN")], [Some("CRAM-MD5"); 2]] {
        let verified = Target { mechanisms, slip, ..target.clone() }.verify(&postfix, &["--verbose"])?;
        let Verified { stdout, stderr, ndjson, junit, .. } = &verified;
        // `--verbose` shows whole dialogues, so there was something to hide.
        assert!(stdout.contains(if mechanisms[1] == Some("LOGIN") { "(password, " } else { "AUTH " }), "{stdout}");
        for account in [Account::Authorized, Account::Unauthorized] {
            let password = postfix.password_of(account);
            let name = account.name();
            let response = |password: &str| STANDARD.encode(format!("\0{name}\0{password}"));
            let with_slip = format!("{password}{slip}");
            // Without the end of what it encodes, base64 is the same up to the last group.
            let secrets = [
                password.to_owned(),
                STANDARD.encode(&password[..password.len() / 3 * 3]),
                STANDARD.encode(&with_slip),
                response(password),
                response(&with_slip),
            ];
            for (place, text) in [("stdout", stdout), ("stderr", stderr), ("NDJSON", ndjson), ("JUnit", junit)] {
                for secret in &secrets {
                    assert!(!text.contains(secret), "a secret of {name} is in {place}");
                }
            }
        }
    }
    Ok(())
}

/// Held against the record, a Postfix that relays for whoever authenticates is what Windows 2000 was, as far as it can be
/// compared: it has no null session, and nobody sees what it passes inside.
#[test]
fn the_record_can_be_held_against_a_postfix() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AnyAuthenticated)?;
    let verified = target.verify(&postfix, &["bulletin", "--as", "windows-2000"])?;
    let verdicts = verified.verdicts();
    for (case, expected) in [
        ("bulletin/windows-2000/relays/unauthorized-account", "conformant"),
        ("bulletin/windows-2000/relays/authorized-account", "conformant"),
        ("bulletin/windows-2000/relays/null-session", "not-applicable"),
        ("bulletin/windows-2000/refuses/anonymous", "conformant"),
        ("bulletin/windows-2000/refuses/wrong-password", "conformant"),
        ("bulletin/windows-2000/refuses/guest", "conformant"),
        ("bulletin/windows-2000/advice", "not-applicable"),
        ("bulletin/gateway/inbound/windows-2000", "inconclusive"),
        ("bulletin/protocol/ordinary-session/windows-2000", "inconclusive"),
        ("bulletin/patch/bdat-unpatched", "skipped"),
    ] {
        assert_eq!(verdicts.get(case), Some(&expected), "{case}: {}", verified.stdout);
    }
    assert!(verdicts.values().all(|verdict| *verdict != "deviates"), "{verdicts:#?}");
    let inside = ["gateway/inbound/windows-2000", "protocol/ordinary-session/windows-2000"];
    expect_said(&verified, &inside, &["a door of the witness, `inside`"]);
    assert_eq!(verified.exit, INCONCLUSIVE, "{}", verified.stdout);

    let patched = target.verify(&postfix, &["bulletin", "--as", "windows-2000-patched"])?;
    let case = "bulletin/patch/refuses/windows-2000-patched/unauthorized-account";
    assert_eq!(patched.verdicts().get(case), Some(&"deviates"), "{}", patched.stdout);
    assert_eq!(patched.exit, DEVIATES);
    Ok(())
}

/// Postfix's log once each of its sessions has written its last line.
fn settled_log(postfix: &Postfix) -> Result<String, Failure> {
    let path = postfix.directory().join("log");
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut before = String::new();
    loop {
        let log = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let count = |words: &str| log.matches(words).count();
        if log == before && count("]: connect from ") == count("]: disconnect from ") {
            return Ok(log);
        }
        if Instant::now() > deadline {
            return Err(format!("Postfix's sessions do not end:\n{log}"));
        }
        before = log;
        std::thread::sleep(Duration::from_millis(100));
    }
}
