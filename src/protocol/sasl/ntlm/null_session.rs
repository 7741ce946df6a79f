//! The null session: authenticating as nobody (MS-NLMP 3.2.5.1.2, 3.3.1).

use super::flags;
use super::message::{Authenticate, FixedPart};
use crate::protocol::secret::Secret;

/// The forms a client may give its message 3. A server has to see the same thing in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NullSessionForm {
    /// An LM response of one zero octet, as MS-NLMP 3.3.1 says and the public probe does; bit J (ANONYMOUS) clear.
    OneZeroOctet,
    /// The same with bit J set, as Windows clients do (note 28).
    AnonymousFlag,
    /// No LM response at all.
    NoLmResponse,
}

/// A client's message 3 for the null session. That of [`NullSessionForm::OneZeroOctet`] is the public probe's, octet
/// by octet.
pub fn null_session_message(form: NullSessionForm) -> Vec<u8> {
    let (lm_response, flags) = match form {
        NullSessionForm::OneZeroOctet => (vec![0], flags::PROBE_AUTHENTICATE),
        NullSessionForm::AnonymousFlag => (vec![0], flags::PROBE_AUTHENTICATE | flags::ANONYMOUS),
        NullSessionForm::NoLmResponse => (Vec::new(), flags::PROBE_AUTHENTICATE),
    };
    let message = Authenticate {
        flags,
        lm_response: Secret::new(lm_response),
        nt_response: Secret::new([]),
        domain: String::new(),
        user: String::new(),
        workstation: String::new(),
        session_key: Secret::new([]),
        fixed_part: FixedPart::ToFlags,
    };
    message.encode()
}

/// Whether a message 3 asks for the null session: no user name, no NT response, and no LM response or one zero octet
/// of it. The domain, the workstation and the flags play no part (MS-NLMP 3.2.5.1.2).
pub fn is_null_session(message: &Authenticate) -> bool {
    message.user.is_empty() && message.nt_response.is_empty() && matches!(message.lm_response.expose(), [] | [0])
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_form_of_one_zero_octet_is_the_public_probe() {
        // The public check for CVE-2002-0054, its second message.
        let probe = "TlRMTVNTUAADAAAAAQABAEAAAAAAAAAAQQAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABBAAAABYIAAAA=";
        assert_eq!(STANDARD.encode(null_session_message(NullSessionForm::OneZeroOctet)), probe);
    }

    #[rstest]
    #[case(NullSessionForm::OneZeroOctet, false)]
    #[case(NullSessionForm::AnonymousFlag, true)]
    #[case(NullSessionForm::NoLmResponse, false)]
    fn every_form_is_the_null_session(#[case] form: NullSessionForm, #[case] flag: bool) {
        let message = Authenticate::decode(&null_session_message(form)).unwrap();
        assert!(is_null_session(&message));
        assert_eq!(message.flags & 0x0000_0800 != 0, flag);
    }

    #[rstest]
    // MS-NLMP 3.2.5.1.2, term by term.
    #[case("", b"", b"", true)]
    #[case("", b"\0", b"", true)]
    #[case("", b"\x01", b"", false)]
    #[case("", b"\0\0", b"", false)]
    #[case("", &[0; 24], b"", false)]
    #[case("", b"\0", b"\0", false)]
    #[case("", b"", &[7; 24], false)]
    #[case("Guest", b"\0", b"", false)]
    #[case("Guest", b"", b"", false)]
    fn is_seen_by_user_and_responses(
        #[case] user: &str,
        #[case] lm_response: &[u8],
        #[case] nt_response: &[u8],
        #[case] null: bool,
        #[values(0x0000_8205, 0x0000_8a05)] flags: u32,
        #[values("", "DOMAIN")] domain: &str,
    ) {
        let message = Authenticate {
            flags,
            lm_response: Secret::new(lm_response),
            nt_response: Secret::new(nt_response),
            domain: domain.to_owned(),
            user: user.to_owned(),
            workstation: String::new(),
            session_key: Secret::new([]),
            fixed_part: FixedPart::ToFlags,
        };
        assert_eq!(is_null_session(&message), null);
    }
}
