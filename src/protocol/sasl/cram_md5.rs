//! CRAM-MD5 (RFC 2195).

use super::{Proof, keyed_digest::hmac_md5};

/// A challenge in the form of a message id (RFC 2195 section 2): `<random digits.time stamp@host>`.
pub(super) fn challenge(nonce: [u8; 8], unix_milliseconds: u64, host: &str) -> Vec<u8> {
    format!("<{}.{unix_milliseconds}@{host}>", u64::from_be_bytes(nonce)).into_bytes()
}

/// The digest of a challenge under a password.
pub(super) fn digest(challenge: &[u8], password: &[u8]) -> [u8; 16] {
    hmac_md5(password, &[challenge])
}

/// The client's response: user name, space, the digest in lower-case hexadecimal.
pub(super) fn response(user: &str, password: &[u8], challenge: &[u8]) -> Vec<u8> {
    let digest = u128::from_be_bytes(digest(challenge, password));
    format!("{user} {digest:032x}").into_bytes()
}

/// What a response offers. A user name may hold spaces; the digest is what stands behind the last one.
pub(super) fn proof(challenge: &[u8], response: &[u8]) -> Option<Proof> {
    let space = response.iter().rposition(|&octet| octet == b' ')?;
    let (user, digest) = response.split_at_checked(space)?;
    let digest = digest.strip_prefix(b" ")?;
    let lower_case_hexadecimal = |octet: &u8| matches!(octet, b'0'..=b'9' | b'a'..=b'f');
    if digest.len() != 32 || !digest.iter().all(lower_case_hexadecimal) {
        return None;
    }
    let digest = u128::from_str_radix(std::str::from_utf8(digest).ok()?, 16).ok()?;
    Some(Proof::CramMd5 {
        authentication_identity: user.to_vec(),
        challenge: challenge.to_vec(),
        digest: digest.to_be_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::sasl::AccountSecret;
    use rstest::rstest;

    // RFC 2195 section 2, the example.
    const CHALLENGE: &[u8] = b"<1896.697170952@postoffice.reston.mci.net>";
    const RESPONSE: &[u8] = b"tim b913a602c7eda7a495b4e6e7334d3890";

    #[test]
    fn the_example_of_rfc_2195_holds() {
        assert_eq!(response("tim", b"tanstaaftanstaaf", CHALLENGE), RESPONSE);
        let proof = proof(CHALLENGE, RESPONSE).unwrap();
        assert_eq!(proof.user(), Some(b"tim".to_vec()));
        assert!(proof.holds_for(&AccountSecret::from_password("tanstaaftanstaaf")));
        assert!(!proof.holds_for(&AccountSecret::from_password("tanstaaftanstaa")));
    }

    #[test]
    fn a_challenge_has_the_form_of_the_example() {
        let nonce = 1896u64.to_be_bytes();
        assert_eq!(challenge(nonce, 697_170_952, "postoffice.reston.mci.net"), CHALLENGE);
    }

    #[test]
    fn a_user_name_may_hold_spaces() {
        let proof = proof(CHALLENGE, b"Tim Tom b913a602c7eda7a495b4e6e7334d3890").unwrap();
        assert_eq!(proof.user(), Some(b"Tim Tom".to_vec()));
    }

    #[rstest]
    #[case(b"")]
    #[case(b"tim")]
    #[case(b"b913a602c7eda7a495b4e6e7334d3890")]
    #[case(b"tim b913a602c7eda7a495b4e6e7334d389")]
    #[case(b"tim b913a602c7eda7a495b4e6e7334d38900")]
    #[case(b"tim B913A602C7EDA7A495B4E6E7334D3890")]
    #[case(b"tim +913a602c7eda7a495b4e6e7334d3890")]
    fn refuses_what_is_no_response(#[case] response: &[u8]) {
        assert_eq!(proof(CHALLENGE, response), None);
    }
}
