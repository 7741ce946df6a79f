//! The way from evidence to a verdict: `docs/verdicts.md` has the same rules as prose.

use super::{Evidence, Role};

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

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, the deciding reason first; whole clauses without a final stop.
    pub reasons: Vec<String>,
    /// What the user can do about it, where there is something.
    pub remedy: Option<String>,
    /// The `order` of the attempt that decided.
    pub deciding_attempt: Option<u32>,
}

/// The rules by which evidence becomes a verdict, each rule a method of its own so that a wrong one can be put in its
/// place and be seen to fail.
pub trait Rules: Send + Sync {
    /// Whether an unauthorized role got further with mail for the remote recipient than anybody does.
    fn relay(&self, role: Role, evidence: &Evidence) -> Judgement;

    /// Whether mail for the local recipient is taken from an anonymous client, as a gateway has to (service `mx` only).
    fn local_mail(&self, evidence: &Evidence) -> Judgement;

    /// Whether the authorized account is served: authenticates, and its mail to the remote recipient goes out.
    fn authorized_account_is_served(&self, evidence: &Evidence) -> Judgement;
}

/// The rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandardRules;

impl Rules for StandardRules {
    fn relay(&self, role: Role, evidence: &Evidence) -> Judgement {
        let _ = (role, evidence);
        todo!()
    }

    fn local_mail(&self, evidence: &Evidence) -> Judgement {
        let _ = evidence;
        todo!()
    }

    fn authorized_account_is_served(&self, evidence: &Evidence) -> Judgement {
        let _ = evidence;
        todo!()
    }
}
