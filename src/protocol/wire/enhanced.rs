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
