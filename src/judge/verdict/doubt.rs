//! What stands between evidence and a verdict.

use super::{Judgement, Verdict};

/// Why nothing can be concluded: the reason, and the remedy where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    kind: Kind,
    reason: String,
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Unavailable,
}

impl Doubt {
    /// It cannot be told: leads to [`Verdict::Inconclusive`].
    pub fn open(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Open, reason: reason.into(), remedy: None }
    }

    /// It cannot be had at this target: leads to [`Verdict::Skipped`].
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Unavailable, reason: reason.into(), remedy: None }
    }

    /// The same with something the user can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The judgement it leads to.
    pub fn into_judgement(self) -> Judgement {
        let verdict = match self.kind {
            Kind::Open => Verdict::Inconclusive,
            Kind::Unavailable => Verdict::Skipped,
        };
        let judgement = Judgement::new(verdict, self.reason);
        match self.remedy {
            Some(remedy) => judgement.with_remedy(remedy),
            None => judgement,
        }
    }
}
