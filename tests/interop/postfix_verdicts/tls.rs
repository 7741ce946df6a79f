//! Verdicts about a real Postfix under TLS: it lists AUTH only there (`smtpd_tls_auth_only`), so that every role that
//! authenticates shows that TLS stood.

use rstest::rstest;

use super::{
    ANY_AUTHENTICATED, AUTHORIZED_ONLY, CONFORMANT, DEVIATES, INCONCLUSIVE, OPEN_RELAY, Roles, expect, expect_said,
};
use crate::postfix::{Policy, Postfix};
use crate::verifier::{Target, Verified, witness_port};
use crate::{Failure, postfix_is_wanted};

/// A Postfix of this policy with TLS, and a target file for it that says this of TLS.
fn verify(policy: Policy, tls: &str, is_wrapped: bool) -> Result<Verified, Failure> {
    let port = witness_port()?;
    let postfix = Postfix::start_with_tls(policy, port)?;
    let tls = tls.replace("{ca}", &postfix.directory().join("tls/ca.pem").display().to_string());
    let tls = tls.replace("{other}", &postfix.directory().join("tls/other.pem").display().to_string());
    Target { tls: Some((tls, is_wrapped)), ..Target::seen_from_outside(port) }.verify(&postfix, &[])
}

const VERIFIED: &str = "{ use: starttls, ca-file: {ca} }";
const WRAPPED: &str = "{ use: implicit, ca-file: {ca}, server-name: mx.inside.example }";

#[rstest]
#[case::secure(Policy::AuthorizedOnly, VERIFIED, false, AUTHORIZED_ONLY, CONFORMANT)]
#[case::secure_wrapped(Policy::AuthorizedOnly, WRAPPED, true, AUTHORIZED_ONLY, CONFORMANT)]
#[case::any_authenticated(Policy::AnyAuthenticated, VERIFIED, false, ANY_AUTHENTICATED, DEVIATES)]
#[case::any_authenticated_wrapped(Policy::AnyAuthenticated, WRAPPED, true, ANY_AUTHENTICATED, DEVIATES)]
#[case::open(Policy::Open, VERIFIED, false, OPEN_RELAY, DEVIATES)]
fn roles_are_judged_under_tls_as_they_are_in_clear(
    #[case] policy: Policy,
    #[case] tls: &str,
    #[case] is_wrapped: bool,
    #[case] roles: Roles,
    #[case] exit: i32,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let verified = verify(policy, tls, is_wrapped)?;
    expect(&verified, roles, &[], exit);
    for attempt in verified.attempts() {
        let entries = attempt["transcript"]["entries"].as_array().cloned().unwrap_or_default();
        let stands = entries.iter().position(|entry| entry["content"]["event"] == "tls-established");
        let listed = |entry: &serde_json::Value| {
            entry["content"]["bytes"].as_str().is_some_and(|line| line.starts_with("250-AUTH "))
        };
        let listed = entries.iter().position(listed);
        assert!(stands.is_some() && listed > stands, "AUTH is listed before TLS stands: {attempt}");
        let established = &entries[stands.unwrap_or_default()]["content"];
        assert_eq!(established["check"], "verified");
    }
    Ok(())
}

#[test]
fn any_certificate_is_accepted_where_the_file_says_so_and_reports_say_so_too() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let verified = verify(Policy::AuthorizedOnly, "{ use: starttls, certificate: any }", false)?;
    expect(&verified, AUTHORIZED_ONLY, &[], CONFORMANT);
    assert!(verified.stdout.contains("any certificate was accepted"), "{}", verified.stdout);
    assert!(verified.junit.contains("<property name=\"certificate\" value=\"any\"/>"), "{}", verified.junit);
    assert!(verified.ndjson.contains("\"any-certificate\":true"));
    Ok(())
}

/// Another authority's certificate, and a key `tls` that is not there: AUTH cannot be had in clear.
#[rstest]
#[case::another_authority(
    Some("{ use: starttls, ca-file: {other} }"),
    &["TLS is required here and not to be had", "is not trusted", "`ca-file` below `tls`"]
)]
#[case::another_name(
    Some("{ use: starttls, ca-file: {ca}, server-name: mail.elsewhere.example }"),
    &["is not for mail.elsewhere.example", "`server-name` below `tls`"]
)]
#[case::wrapped_and_not(
    Some("{ use: implicit, ca-file: {ca} }"),
    &["is in clear: 220 mx.inside.example"]
)]
fn where_tls_does_not_stand_nothing_is_known(#[case] tls: Option<&str>, #[case] words: &[&str]) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let verified = verify(Policy::AnyAuthenticated, tls.unwrap_or_default(), false)?;
    assert_eq!(verified.exit, INCONCLUSIVE, "{}{}", verified.stdout, verified.stderr);
    let roles = ["relay/anonymous", "relay/guest", "relay/unauthorized-account", "relay/authorized-account"];
    let verdicts = verified.verdicts();
    for role in roles {
        assert_eq!(verdicts.get(role), Some(&"inconclusive"), "{}", verified.stdout);
    }
    expect_said(&verified, &["relay/unauthorized-account"], words);
    Ok(())
}

#[test]
fn where_auth_is_only_had_under_tls_a_file_without_the_key_is_told_of_it() -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let port = witness_port()?;
    let postfix = Postfix::start_with_tls(Policy::AnyAuthenticated, port)?;
    let verified = Target::seen_from_outside(port).verify(&postfix, &[])?;
    assert_eq!(verified.exit, INCONCLUSIVE, "{}{}", verified.stdout, verified.stderr);
    expect_said(&verified, &["relay/unauthorized-account"], &["`tls: starttls`"]);
    Ok(())
}
