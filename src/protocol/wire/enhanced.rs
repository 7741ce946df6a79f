//! Enhanced status codes (RFC 3463, RFC 2034).

use super::octets::number;

/// A class, a subject and a detail: `5.7.1` is "Delivery not authorized, message refused" (RFC 3463 3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnhancedStatusCode {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u8,
    /// What the status is about: 1 addressing, 5 protocol, 7 security or policy.
    pub subject: u16,
    /// The precise condition.
    pub detail: u16,
}

/// The text does not begin with an enhanced status code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an enhanced status code")]
pub struct EnhancedStatusCodeError;

impl EnhancedStatusCode {
    /// Reads the code at the start of a reply text, as RFC 2034 4 places it.
    ///
    /// # Errors
    /// When the text does not begin with `class.subject.detail` followed by a space or the end, the class being 2, 4
    /// or 5, the others one to three digits without a leading zero (RFC 3463 2).
    pub fn at_start_of(text: &[u8]) -> Result<Self, EnhancedStatusCodeError> {
        let code = text.split(|octet| *octet == b' ').next().unwrap_or_default();
        let mut parts = code.split(|octet| *octet == b'.');
        let (Some([class @ (b'2' | b'4' | b'5')]), Some(subject), Some(detail), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(EnhancedStatusCodeError);
        };
        Ok(Self { class: class - b'0', subject: sub_code(subject)?, detail: sub_code(detail)? })
    }

    /// Whether this is `x.7.1`: delivery not authorized (RFC 3463 3.8).
    pub fn is_not_authorized(self) -> bool {
        self.subject == 7 && self.detail == 1
    }
}

impl std::fmt::Display for EnhancedStatusCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

fn sub_code(digits: &[u8]) -> Result<u16, EnhancedStatusCodeError> {
    match (digits, number(digits)) {
        ([b'0', _, ..], _) => Err(EnhancedStatusCodeError),
        (_, Ok(Some(value @ 0..=999))) => u16::try_from(value).map_err(|_| EnhancedStatusCodeError),
        _ => Err(EnhancedStatusCodeError),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// RFC 3463 2 and the examples of RFC 2034 4 and RFC 4954 6.
    #[rstest]
    #[case(b"2.1.0 Originator <moore@cs.utk.edu> ok", (2, 1, 0))]
    #[case(b"5.1.1 Mailbox \"nosuchuser\" does not exist", (5, 1, 1))]
    #[case(b"5.7.1", (5, 7, 1))]
    #[case(b"4.7.12 A password transition is needed", (4, 7, 12))]
    #[case(b"5.999.999 x", (5, 999, 999))]
    fn a_code_at_the_start_is_read(#[case] text: &[u8], #[case] (class, subject, detail): (u8, u16, u16)) {
        let code = EnhancedStatusCode { class, subject, detail };
        assert_eq!(EnhancedStatusCode::at_start_of(text), Ok(code));
        assert!(text.starts_with(code.to_string().as_bytes()));
    }

    #[rstest]
    #[case::nothing(b"")]
    #[case::text(b"Unable to relay for secure@microsoft.com")]
    #[case::behind_a_space(b" 5.7.1 x")]
    #[case::class_of_no_meaning(b"3.7.1 x")]
    #[case::class_of_two_digits(b"55.7.1 x")]
    #[case::two_parts(b"5.7 x")]
    #[case::four_parts(b"5.7.1.1 x")]
    #[case::address(b"5.0.2195.4905 Microsoft")]
    #[case::four_digits(b"5.1000.1 x")]
    #[case::overflow(b"5.99999999999999999999999.1 x")]
    #[case::leading_zero(b"5.07.1 x")]
    #[case::empty_part(b"5..1 x")]
    #[case::sign(b"5.+7.1 x")]
    #[case::comma_behind(b"5.7.1, x")]
    fn anything_else_is_none(#[case] text: &[u8]) {
        assert_eq!(EnhancedStatusCode::at_start_of(text), Err(EnhancedStatusCodeError));
    }

    /// RFC 3463 3.8: X.7.1 is "Delivery not authorized, message refused".
    #[rstest]
    #[case(b"5.7.1 Unable to relay", true)]
    #[case(b"4.7.1 Relay access denied", true)]
    #[case(b"5.7.8 Authentication credentials invalid", false)]
    #[case(b"5.1.1 x", false)]
    fn x_7_1_is_not_authorized(#[case] text: &[u8], #[case] expected: bool) {
        assert_eq!(EnhancedStatusCode::at_start_of(text).map(EnhancedStatusCode::is_not_authorized), Ok(expected));
    }
}
