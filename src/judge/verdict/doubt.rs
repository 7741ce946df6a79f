//! What stands between evidence and a verdict.

use super::Judgement;
use crate::judge::{Attempt, Authentication, NoAnswer, OpenReason};

/// Why nothing can be concluded: the reason, and the remedy where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    kind: Kind,
    reason: String,
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open(OpenReason),
    Unavailable,
}

impl Doubt {
    /// It cannot be told: leads to [`super::Verdict::Inconclusive`].
    pub fn open(open: OpenReason, reason: impl Into<String>) -> Self {
        Self { kind: Kind::Open(open), reason: reason.into(), remedy: None }
    }

    /// The same because of what became of this mail.
    pub fn over(attempt: &Attempt, reason: impl Into<String>) -> Self {
        Self::open(OpenReason::of_attempt(attempt), reason)
    }

    /// The same because of what AUTH said.
    pub fn over_login(authentication: &Authentication, reason: impl Into<String>) -> Self {
        Self::open(OpenReason::of_authentication(authentication), reason)
    }

    /// The same because no answer came.
    pub fn over_silence(why: &NoAnswer, reason: impl Into<String>) -> Self {
        Self::open(OpenReason::of_silence(why, None), reason)
    }

    /// It cannot be had at this target: leads to [`super::Verdict::Skipped`].
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Unavailable, reason: reason.into(), remedy: None }
    }

    /// The same with something the user can do, in the place of the reason's own advice.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The judgement it leads to.
    pub fn into_judgement(self) -> Judgement {
        let judgement = match self.kind {
            Kind::Open(open) => Judgement::inconclusive(open, self.reason),
            Kind::Unavailable => Judgement::skipped(self.reason),
        };
        match self.remedy {
            Some(remedy) => judgement.with_remedy(remedy),
            None => judgement,
        }
    }
}
