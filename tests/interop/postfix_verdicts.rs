//! The product's own verdicts about a real Postfix, against tables typed in from what the policy says
//! (`smtpd_relay_restrictions` in `postfix/configuration.rs`): who may relay is known before the program is run.
//!
//! The codes are those of postconf(5) and RFC 4954 section 6, as in `postfix_behaves.rs`. What each verdict has to be is
//! in `docs/verdicts.md`.

mod beside;
mod conduct;
mod doubts;
mod policies;
mod tokens;

use super::Failure;
use super::postfix::{self, Policy};
use super::server::Server;
use super::verifier::{STARTTLS_CASES, Target, Verified, witness_port};
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
fn target(policy: Policy) -> Result<(Server, Target), Failure> {
    let port = witness_port()?;
    Ok((postfix::start(policy, port)?, Target::seen_from_outside(port)))
}

/// Compares every role's row, every case's verdict and the exit code; `others` are the [`OTHER_CASES`] that differ.
fn expect(verified: &Verified, roles: Roles, others: &[(&str, &str)], exit: i32) {
    let rows: BTreeMap<&str, String> = roles.into_iter().map(|(role, row)| (role, row.to_owned())).collect();
    assert_eq!(verified.roles(), rows, "{}", verified.stdout);

    let relay: Vec<String> = roles.iter().map(|(role, _)| format!("relay/{role}")).collect();
    let verdict_of = |row: &'static str| row.rsplit("; ").next().unwrap_or(row);
    let of_starttls = STARTTLS_CASES.map(|case| (case, "skipped"));
    let mut cases: BTreeMap<&str, &str> =
        OTHER_CASES.into_iter().chain(of_starttls).chain(others.iter().copied()).collect();
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

/// Postfix's log once each of its sessions has written its last line.
fn settled_log(postfix: &Server) -> Result<String, Failure> {
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
