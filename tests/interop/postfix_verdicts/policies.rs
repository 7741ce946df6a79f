//! Known policies, each with the verdicts it has to get.

use rstest::rstest;

use super::{
    ANY_AUTHENTICATED, AS_SHIPPED, AUTHORIZED_ONLY, CLOSED, CONFORMANT, DEVIATES, OPEN_RELAY, UNAUTHORIZED, expect,
    expect_said, target,
};
use crate::postfix::Policy;
use crate::verifier::Target;
use crate::{Failure, postfix_is_wanted};

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

/// By every mechanism for a password that Dovecot has, and by the one that the product chooses.
#[rstest]
#[case::chosen(None)]
#[case::plain(Some("PLAIN"))]
#[case::login(Some("LOGIN"))]
#[case::cram_md5(Some("CRAM-MD5"))]
#[case::scram_sha_256(Some("SCRAM-SHA-256"))]
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

/// The anonymous client is told that it is not logged in as the owner of the account's sender, and the account that relaying
/// is denied: its mail for the local recipient, from the same sender, shows what it was denied for.
#[test]
fn where_senders_are_bound_to_logins_a_refusal_is_told_from_one_of_the_sender() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AuthorizedOnlyAsItself)?;
    let mut roles = AUTHORIZED_ONLY;
    roles[1] = ("wrong-password", "refused 535; refused at rcpt 553 5.7.1; conformant");
    expect(&target.verify(&postfix, &[])?, roles, &[], CONFORMANT);
    Ok(())
}

#[test]
fn where_whoever_authenticates_relays_with_his_own_sender_the_unauthorized_account_deviates() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(Policy::AnyAuthenticatedAsItself)?;
    let mut roles = ANY_AUTHENTICATED;
    roles[1] = ("wrong-password", "refused 535; refused at rcpt 553 5.7.1; conformant");
    expect(&target.verify(&postfix, &[])?, roles, &[], DEVIATES);
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
