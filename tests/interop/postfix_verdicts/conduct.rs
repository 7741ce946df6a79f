//! How the program conducts itself: failed logins, repetition, secrets, the record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::{ANY_AUTHENTICATED, DEVIATES, INCONCLUSIVE, expect, expect_said, settled_log, target};
use crate::postfix::Policy;
use crate::server::Account;
use crate::verifier::{Target, Verified};
use crate::{Failure, postfix_is_wanted};

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
    for mechanisms in [
        [Some("PLAIN"), Some("LOGIN")],
        [Some("LOGIN"), Some("PLAIN")],
        [Some("CRAM-MD5"); 2],
        [Some("SCRAM-SHA-256"); 2],
    ] {
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
