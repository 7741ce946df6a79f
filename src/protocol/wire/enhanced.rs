//! Enhanced status codes (RFC 3463, RFC 2034).

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
    /// When the text does not begin with `class.subject.detail` followed by a space or the end.
    pub fn at_start_of(text: &[u8]) -> Result<Self, EnhancedStatusCodeError> {
        let _ = text;
        todo!()
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
