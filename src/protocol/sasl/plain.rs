//! PLAIN (RFC 4616) and LOGIN, ANONYMOUS (RFC 4505) and EXTERNAL (RFC 4422 appendix A): messages that are mere fields.

use super::Proof;
use crate::protocol::secret::Secret;

/// The trace of ANONYMOUS at its longest, in characters (RFC 4505 section 2).
const TRACE_LIMIT: usize = 255;

/// A PLAIN message for a user and a password, no authorization identity (RFC 4616 section 2). `None` where it has no
/// such form: user and password are one character at least, in UTF-8, without NUL.
pub(super) fn plain_message(user: &str, password: &Secret) -> Option<Vec<u8>> {
    let mut message = vec![0];
    message.extend_from_slice(user.as_bytes());
    message.push(0);
    message.extend_from_slice(password.expose());
    plain_proof(&message).is_some().then_some(message)
}

/// What a PLAIN message offers (RFC 4616 section 2): `[authzid] NUL authcid NUL passwd`.
pub(super) fn plain_proof(message: &[u8]) -> Option<Proof> {
    std::str::from_utf8(message).ok()?;
    let mut fields = message.split(|&octet| octet == 0);
    let (Some(authorization_identity), Some(authentication_identity), Some(password), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return None;
    };
    if authentication_identity.is_empty() || password.is_empty() {
        return None;
    }
    Some(Proof::Password {
        authorization_identity: authorization_identity.to_vec(),
        authentication_identity: authentication_identity.to_vec(),
        password: Secret::new(password),
    })
}

/// What LOGIN's two answers offer. LOGIN has no grammar: any octets will do.
pub(super) fn login_proof(user: Vec<u8>, password: &[u8]) -> Proof {
    Proof::Password {
        authorization_identity: Vec::new(),
        authentication_identity: user,
        password: Secret::new(password),
    }
}

/// What an ANONYMOUS message offers: a trace of up to 255 characters (RFC 4505 section 2).
pub(super) fn anonymous_proof(message: &[u8]) -> Option<Proof> {
    let trace = std::str::from_utf8(message).ok()?;
    (trace.chars().count() <= TRACE_LIMIT).then(|| Proof::Anonymous { trace: message.to_vec() })
}

/// What an EXTERNAL message offers: an identity in UTF-8 without NUL, or nothing (RFC 4422 appendix A.1).
pub(super) fn external_proof(message: &[u8]) -> Option<Proof> {
    let identity = std::str::from_utf8(message).ok()?;
    (!identity.contains('\0')).then(|| Proof::External { authorization_identity: message.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // RFC 4616 section 4, both examples.
    #[case(b"\0tim\0tanstaaftanstaaf", b"", b"tim", b"tanstaaftanstaaf")]
    #[case(b"Ursel\0Kurt\0xipj3plmq", b"Ursel", b"Kurt", b"xipj3plmq")]
    fn reads_the_examples_of_rfc_4616(
        #[case] message: &[u8],
        #[case] authorization: &[u8],
        #[case] authentication: &[u8],
        #[case] password: &[u8],
    ) {
        let expected = Proof::Password {
            authorization_identity: authorization.to_vec(),
            authentication_identity: authentication.to_vec(),
            password: Secret::new(password),
        };
        assert_eq!(plain_proof(message), Some(expected));
    }

    #[rstest]
    // RFC 4616 section 2: two NULs exactly, authcid and passwd of one character at least, UTF-8.
    #[case(b"")]
    #[case(b"tim")]
    #[case(b"\0tim")]
    #[case(b"\0tim\0")]
    #[case(b"\0\0secret")]
    #[case(b"\0tim\0sec\0ret")]
    #[case(b"\0tim\0\xff")]
    fn refuses_what_is_no_plain_message(#[case] message: &[u8]) {
        assert_eq!(plain_proof(message), None);
    }

    #[rstest]
    #[case("tim", b"tanstaaftanstaaf", Some(b"\0tim\0tanstaaftanstaaf".as_slice()))]
    #[case("", b"secret", None)]
    #[case("tim", b"", None)]
    #[case("t\0m", b"secret", None)]
    #[case("tim", b"sec\0ret", None)]
    fn writes_only_plain_messages(#[case] user: &str, #[case] password: &[u8], #[case] message: Option<&[u8]>) {
        assert_eq!(plain_message(user, &Secret::new(password)).as_deref(), message);
    }

    #[test]
    fn a_trace_has_255_characters_at_most() {
        assert!(anonymous_proof("é".repeat(255).as_bytes()).is_some());
        assert_eq!(anonymous_proof("é".repeat(256).as_bytes()), None);
        assert_eq!(anonymous_proof(b"\xff"), None);
    }

    #[test]
    fn an_external_identity_has_no_nul() {
        assert_eq!(external_proof(b""), Some(Proof::External { authorization_identity: Vec::new() }));
        assert!(external_proof(b"fred@example.com").is_some());
        assert_eq!(external_proof(b"fr\0d"), None);
        assert_eq!(external_proof(b"\xff"), None);
    }
}
