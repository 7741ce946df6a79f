//! A token instead of a password: XOAUTH2 (as Google and Microsoft describe it) and OAUTHBEARER (RFC 7628). The server that
//! refuses one says why in a challenge first, and the client has to answer it before the refusal comes.

use super::Proof;
use super::scram::{escaped, unescaped};
use crate::protocol::secret::Secret;

/// What stands between the fields.
const SEPARATOR: char = '\x01';

/// What a client answers to the challenge in which a server says why it refuses: nothing.
pub(super) const XOAUTH2_ACKNOWLEDGEMENT: &[u8] = b"";

/// The same (RFC 7628 3.2.3).
pub(super) const OAUTHBEARER_ACKNOWLEDGEMENT: &[u8] = b"\x01";

/// What a server says that refuses a token, in the form of Google's documentation.
pub(super) const XOAUTH2_ERROR: &[u8] = br#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#;

/// The same (RFC 7628 3.2.2; `invalid_token` is of RFC 6750 3.1).
pub(super) const OAUTHBEARER_ERROR: &[u8] = br#"{"status":"invalid_token"}"#;

/// XOAUTH2's message: `user=…^Aauth=Bearer …^A^A`. `None` where there is no user, or a field has no form in it.
pub(super) fn xoauth2_message(user: &str, token: &Secret) -> Option<Vec<u8>> {
    let token = readable(token)?;
    let is_user = !user.is_empty() && !user.contains(SEPARATOR);
    is_user.then(|| format!("user={user}{SEPARATOR}auth=Bearer {token}{SEPARATOR}{SEPARATOR}").into_bytes())
}

/// OAUTHBEARER's message (RFC 7628 3.1): `n,a=…,^Aauth=Bearer …^A^A`. Without a user the server takes the token's own.
pub(super) fn oauthbearer_message(user: &str, token: &Secret) -> Option<Vec<u8>> {
    let token = readable(token)?;
    let identity = if user.is_empty() { String::new() } else { format!("a={}", escaped(user)) };
    let is_user = !user.contains([SEPARATOR, '\0']);
    is_user.then(|| format!("n,{identity},{SEPARATOR}auth=Bearer {token}{SEPARATOR}{SEPARATOR}").into_bytes())
}

/// What an XOAUTH2 message offers.
pub(super) fn xoauth2_proof(message: &[u8]) -> Option<Proof> {
    let text = std::str::from_utf8(message).ok()?;
    let (user, fields) = text.strip_prefix("user=")?.split_once(SEPARATOR)?;
    (!user.is_empty()).then_some(())?;
    Some(Proof::Token { authorization_identity: user.as_bytes().to_vec(), token: token_in(fields)? })
}

/// What an OAUTHBEARER message offers.
pub(super) fn oauthbearer_proof(message: &[u8]) -> Option<Proof> {
    let text = std::str::from_utf8(message).ok()?;
    let (header, fields) = text.split_once(SEPARATOR)?;
    // Channel binding is not offered: `p=` has no place here.
    let identity = header.strip_prefix("n,").or_else(|| header.strip_prefix("y,"))?.strip_suffix(',')?;
    let user = match identity {
        "" => String::new(),
        named => unescaped(named.strip_prefix("a=")?)?,
    };
    Some(Proof::Token { authorization_identity: user.into_bytes(), token: token_in(fields)? })
}

/// The token of `auth=Bearer …`, one of the fields; the last one is followed by nothing.
fn token_in(fields: &str) -> Option<Secret> {
    let fields = fields.strip_suffix(SEPARATOR)?.strip_suffix(SEPARATOR)?;
    let value = fields.split(SEPARATOR).find_map(|field| field.strip_prefix("auth="))?;
    let (scheme, token) = value.split_once(' ')?;
    let token = Secret::new(token);
    (scheme.eq_ignore_ascii_case("Bearer") && readable(&token).is_some()).then_some(token)
}

/// A token as it can be sent: printable ASCII without a space, and not empty. RFC 6750 2.1 allows less; what a server issues
/// is its own business.
fn readable(token: &Secret) -> Option<&str> {
    let text = std::str::from_utf8(token.expose()).ok()?;
    (!text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic())).then_some(text)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use rstest::rstest;

    use super::*;

    /// The example of Google's page "OAuth 2.0 Mechanism" (XOAUTH2), section "Initial client response".
    const XOAUTH2: &str = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMj\
        l0Q2cBAQ==";

    fn offered(user: &str, token: &str) -> Proof {
        Proof::Token { authorization_identity: user.as_bytes().to_vec(), token: Secret::new(token) }
    }

    #[test]
    fn xoauth2_is_as_google_writes_it() {
        let (user, token) = ("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg");
        assert_eq!(STANDARD.encode(xoauth2_message(user, &Secret::new(token)).unwrap()), XOAUTH2);
        assert_eq!(xoauth2_proof(&STANDARD.decode(XOAUTH2).unwrap()), Some(offered(user, token)));
    }

    /// RFC 7628 4.1, the example with host and port.
    const OAUTHBEARER: &[u8] = b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01\
        auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01";

    #[test]
    fn oauthbearer_is_as_rfc_7628_writes_it() {
        let (user, token) = ("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        assert_eq!(oauthbearer_proof(OAUTHBEARER), Some(offered(user, token)));
        // Host and port are for schemes that sign them (RFC 7628 3.1).
        let ours = b"n,a=user@example.com,\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01";
        assert_eq!(oauthbearer_message(user, &Secret::new(token)).as_deref(), Some(&ours[..]));
        let nobody = oauthbearer_message("", &Secret::new("t"));
        assert_eq!(nobody.as_deref(), Some(&b"n,,\x01auth=Bearer t\x01\x01"[..]));
        let escaped = oauthbearer_message("a,b=c", &Secret::new("t")).unwrap();
        assert_eq!(escaped, b"n,a=a=2Cb=3Dc,\x01auth=Bearer t\x01\x01");
        assert_eq!(oauthbearer_proof(&escaped), Some(offered("a,b=c", "t")));
    }

    #[rstest]
    #[case("", "t", false)]
    #[case("a\x01b", "t", false)]
    #[case("a", "", false)]
    #[case("a", "t t", false)]
    #[case("a", "t\x01", false)]
    #[case("a", "tö", false)]
    #[case("a", "t.t-t_t~t+t/t==", true)]
    fn what_would_end_a_field_is_not_sent(#[case] user: &str, #[case] token: &str, #[case] is_sent: bool) {
        assert_eq!(xoauth2_message(user, &Secret::new(token)).is_some(), is_sent);
        // Without a user OAUTHBEARER has a form of its own.
        assert_eq!(oauthbearer_message(user, &Secret::new(token)).is_some(), is_sent || user.is_empty());
    }

    #[rstest]
    #[case::empty(b"")]
    #[case::no_token(b"user=a\x01\x01")]
    #[case::one_separator_at_the_end(b"user=a\x01auth=Bearer t\x01")]
    #[case::no_user(b"user=\x01auth=Bearer t\x01\x01")]
    #[case::another_scheme(b"user=a\x01auth=Basic t\x01\x01")]
    #[case::no_text(b"user=a\x01auth=Bearer \xff\x01\x01")]
    fn refuses_what_is_no_xoauth2_message(#[case] message: &[u8]) {
        assert_eq!(xoauth2_proof(message), None);
    }

    #[rstest]
    #[case::empty(b"")]
    #[case::channel_binding(b"p=tls-unique,,\x01auth=Bearer t\x01\x01")]
    #[case::no_header(b"auth=Bearer t\x01\x01")]
    #[case::a_name_with_a_bare_sign(b"n,a=a=b,\x01auth=Bearer t\x01\x01")]
    #[case::no_token(b"n,,\x01host=a\x01\x01")]
    #[case::one_separator_at_the_end(b"n,,\x01auth=Bearer t\x01")]
    fn refuses_what_is_no_oauthbearer_message(#[case] message: &[u8]) {
        assert_eq!(oauthbearer_proof(message), None);
    }
}
