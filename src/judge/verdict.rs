//! The way from evidence to a verdict: `docs/verdicts.md` has the same rules as prose.

mod cause;
mod controls;
mod doubt;
mod fate;
mod local_mail;
mod notice;
mod relay;
mod rules;
mod sender;
mod sentences;
mod served;
mod summary;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod table;

pub use controls::Anybody;
pub use doubt::Doubt;
pub use fate::NotRelayed;
pub use rules::{Rules, StandardRules};
pub use summary::{Conclusion, Exit};

pub(super) use controls::comparable;
pub(crate) use sender::is_what_anybody_gets;
pub(super) use sentences::{authenticate_answer, became, mail, stage};
pub(crate) use sentences::{duration, hinted, no_mechanism, no_tls};

use super::OpenReason;

/// What a case comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The requirement holds.
    Conformant,
    /// It does not.
    Deviates,
    /// It cannot be told.
    Inconclusive,
    /// It was not judged: something it needs was not given, or cannot be had here.
    Skipped,
    /// The target file says that this target has no such role or service.
    NotApplicable,
}

impl Verdict {
    /// Which of several verdicts on one question wins, the highest first: what was seen, then what stayed open, then
    /// what was shown. A mechanism that cannot be had decides only where no other one was judged.
    const fn weight(self) -> u8 {
        match self {
            Self::Deviates => 4,
            Self::Inconclusive => 3,
            Self::Conformant => 2,
            Self::Skipped => 1,
            Self::NotApplicable => 0,
        }
    }
}

/// A verdict with its reasons. An inconclusive one has its [`OpenReason`], and no other has: there is no way to make one
/// without.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Stored")]
pub struct Judgement {
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<OpenReason>,
    /// Why, the deciding reason first; whole clauses without a final stop.
    pub reasons: Vec<String>,
    /// What the user can do about it, where there is something. Always there where the verdict is inconclusive.
    pub remedy: Option<String>,
    /// The `order` of the attempt that decided.
    pub deciding_attempt: Option<u32>,
}

/// A judgement as a recording has it.
#[derive(serde::Deserialize)]
struct Stored {
    verdict: Verdict,
    #[serde(default)]
    open: Option<OpenReason>,
    reasons: Vec<String>,
    remedy: Option<String>,
    deciding_attempt: Option<u32>,
}

impl TryFrom<Stored> for Judgement {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let Stored { verdict, open, reasons, remedy, deciding_attempt } = stored;
        if (verdict == Verdict::Inconclusive) != open.is_some() {
            return Err("`open` stands beside the verdict `inconclusive` and no other".to_owned());
        }
        Ok(Self { verdict, open, reasons, remedy, deciding_attempt })
    }
}

impl Judgement {
    /// Conformant, for one reason, which no single attempt decided.
    pub fn conformant(reason: impl Into<String>) -> Self {
        Self::of(Verdict::Conformant, vec![reason.into()])
    }

    /// Deviates, likewise.
    pub fn deviates(reason: impl Into<String>) -> Self {
        Self::of(Verdict::Deviates, vec![reason.into()])
    }

    /// Inconclusive, likewise, with the advice that is given for it everywhere.
    pub fn inconclusive(open: OpenReason, reason: impl Into<String>) -> Self {
        let judgement = Self::of(Verdict::Inconclusive, vec![reason.into()]).with_remedy(open.advice());
        Self { open: Some(open), ..judgement }
    }

    /// Skipped, likewise.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self::of(Verdict::Skipped, vec![reason.into()])
    }

    /// Not applicable, likewise.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self::of(Verdict::NotApplicable, vec![reason.into()])
    }

    fn of(verdict: Verdict, reasons: Vec<String>) -> Self {
        Self { verdict, open: None, reasons, remedy: None, deciding_attempt: None }
    }

    /// The same with its reasons instead, the deciding one first.
    #[must_use]
    pub fn because(self, reasons: Vec<String>) -> Self {
        Self { reasons, ..self }
    }

    /// The same with something the user can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, decided by the attempt of this `order`.
    #[must_use]
    pub fn decided_by(mut self, order: u32) -> Self {
        self.deciding_attempt = Some(order);
        self
    }

    /// The verdict.
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why it is inconclusive; `None` where it is not.
    pub const fn open(&self) -> Option<OpenReason> {
        self.open
    }

    /// The judgement of one question that several attempts answered (one a mechanism, one a sender): the gravest
    /// decides, the earliest among equals; the reasons of its equals, and of mechanisms that cannot be had, follow its
    /// own.
    ///
    /// `None` where there is none.
    pub(super) fn gravest(judgements: Vec<Self>) -> Option<Self> {
        let gravest = judgements.iter().map(Self::verdict).max_by_key(|verdict| verdict.weight())?;
        let (equals, others): (Vec<Self>, Vec<Self>) =
            judgements.into_iter().partition(|judgement| judgement.verdict == gravest);
        let mut equals = equals.into_iter();
        let mut decisive = equals.next()?;
        let unavailable = others.into_iter().filter(|other| other.verdict == Verdict::Skipped);
        for reason in equals.chain(unavailable).flat_map(|judgement| judgement.reasons) {
            if !decisive.reasons.contains(&reason) {
                decisive.reasons.push(reason);
            }
        }
        Some(decisive)
    }
}
