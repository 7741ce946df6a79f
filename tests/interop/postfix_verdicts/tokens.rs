//! XOAUTH2 and OAUTHBEARER, with tokens that Dovecot checks by itself (JSON Web Tokens, RFC 7519, HS256 of RFC 7515).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rstest::rstest;
use sha2::Sha256;

use super::{ANY_AUTHENTICATED, AUTHORIZED_ONLY, CONFORMANT, DEVIATES, Roles, expect, target};
use crate::postfix::Policy;
use crate::server::Account;
use crate::verifier::Target;
use crate::{Failure, postfix_is_wanted};

const KEY: &[u8] = b"a key that only these tests know";

/// Puts the key where `configuration::oauth2` has Dovecot look for it.
fn install_key(directory: &Path) -> Result<(), Failure> {
    let folder = directory.join("keys/default/HS256");
    let written =
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join("default"), STANDARD.encode(KEY)));
    written.map_err(|error| format!("{}: {error}", folder.display()))
}

/// A token for an account, valid up to the year 2100.
fn token(account: Account) -> String {
    let claims = format!(r#"{{"sub":"{}","iat":1700000000,"exp":4102444800}}"#, account.name());
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#), URL_SAFE_NO_PAD.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes a key of any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// The wrong password is a made-up token here: Dovecot says why it refuses it in a challenge first (RFC 7628 3.2.2).
#[rstest]
#[case::all_who_authenticate(Policy::AnyAuthenticated, ANY_AUTHENTICATED, DEVIATES)]
#[case::one_alone(Policy::AuthorizedOnly, AUTHORIZED_ONLY, CONFORMANT)]
fn who_relays_with_a_token_is_seen(
    #[case] policy: Policy,
    #[case] roles: Roles,
    #[case] exit: i32,
    #[values("XOAUTH2", "OAUTHBEARER")] mechanism: &'static str,
) -> Result<(), Failure> {
    if !postfix_is_wanted() {
        return Ok(());
    }
    let (postfix, target) = target(policy)?;
    install_key(postfix.directory())?;
    let tokens = [Account::Authorized, Account::Unauthorized].map(token);
    let mechanisms = [Some(mechanism); 2];
    let verified = Target { mechanisms, tokens: Some(tokens.clone()), ..target }.verify(&postfix, &[])?;
    expect(&verified, roles, &[], exit);
    for token in tokens {
        let signature = token.rsplit('.').next().unwrap_or_default();
        assert!(!format!("{verified:?}").contains(signature), "a token was shown");
    }
    Ok(())
}
