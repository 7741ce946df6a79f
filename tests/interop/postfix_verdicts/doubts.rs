//! What looks like safety or like a flaw and is neither: inconclusive, with the reason and a remedy.

use std::collections::BTreeMap;

use rstest::rstest;

use super::{
    ANY_AUTHENTICATED, AUTHORIZED_ONLY, CLOSED_TO_THE_ACCOUNT, INCONCLUSIVE, TRUSTED, UNAUTHORIZED, expect,
    expect_said, settled_log, target,
};
use crate::postfix::{NONEXISTENT_RECIPIENT, Policy, UNRESOLVED_LATER_RECIPIENT, UNRESOLVED_RECIPIENT};
use crate::server::INSIDE_SOURCE;
use crate::verifier::Target;
use crate::{Failure, postfix_is_wanted};

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

/// Whoever authenticates may relay, but not with the sender that the file gives: nobody's, or the other account's.
#[rstest]
#[case::nobodys("unauthorised@inside.example", "554 5.7.1")]
#[case::anothers("authorized@inside.example", "553 5.7.1")]
fn a_slip_in_the_unauthorized_accounts_sender_never_looks_like_safety(
    #[case] sender: &'static str,
    #[case] without_login: &str,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    for policy in [Policy::AnyAuthenticatedAsItself, Policy::AuthorizedOnlyAsItself] {
        let (postfix, target) = target(policy)?;
        let verified = Target { sender, ..target }.verify(&postfix, &[])?;
        let roles = verified.roles();
        let of = |role: &str| roles.get(role).map(String::as_str);
        let with_login = "accepted 235; refused at rcpt 553 5.7.1; inconclusive";
        assert_eq!(of("unauthorized-account"), Some(with_login), "{}", verified.stdout);
        let without_login = format!("refused 535; refused at rcpt {without_login}; conformant");
        assert_eq!(of("wrong-password"), Some(without_login.as_str()), "{}", verified.stdout);
        assert_eq!(verified.exit, INCONCLUSIVE, "{}", verified.stdout);
        let why = format!("it may have been refused for its sender {sender}");
        expect_said(
            &verified,
            &["relay/unauthorized-account"],
            &[&why, "check the `sender` of `unauthorized-account`"],
        );
    }
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

/// The one who may relay passes, and still nobody's rights were asked: with a recipient that DNS has, anybody's mail goes out.
#[test]
fn an_open_relay_that_refuses_for_reasons_of_dns_never_looks_like_safety() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::OpenBehindDns)?;
    let verified = target.verify(&postfix, &[])?;
    let put_off = "deferred at rcpt 450 4.1.2; inconclusive";
    let rows = BTreeMap::from([
        ("anonymous", format!("not-tried; {put_off}")),
        ("wrong-password", format!("refused 535; {put_off}")),
        ("null-session", "not-tried; not-tried; not-applicable".to_owned()),
        ("guest", format!("refused 535; {put_off}")),
        ("unauthorized-account", format!("accepted 235; {put_off}")),
        ("authorized-account", "accepted 235; arrived; conformant".to_owned()),
    ]);
    assert_eq!(verified.roles(), rows, "{}", verified.stdout);
    assert_eq!(verified.exit, INCONCLUSIVE, "{}", verified.stdout);
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
