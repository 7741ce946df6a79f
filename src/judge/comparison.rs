//! A target beside the model: the same client's words to both, where their answers part, and whether that matters.

use super::{Authentication, CaseId, Destination, Fate, Role};
use crate::protocol::transcript::{Parting, PartsIn, Turn};

/// Which dialogue is compared.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Compared {
    /// A role's mail.
    Attempt {
        /// The attempt, by its place in the run.
        order: u32,
        /// Who tried.
        role: Role,
        /// Whose reverse-path was used.
        sender_of: Role,
        /// Which of the two recipients it was for.
        destination: Destination,
    },
    /// A dialogue that a case led itself.
    Dialogue {
        /// The case.
        case: CaseId,
    },
}

/// What one side came to: what AUTH said, and what became of the mail.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answers {
    /// What AUTH said.
    pub authentication: Authentication,
    /// What became of the mail.
    pub fate: Fate,
}

/// Both sides' answers about one role's mail.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BothAnswers {
    /// The target's.
    pub target: Answers,
    /// The model's.
    pub model: Answers,
}

/// What a difference weighs. Ordered by weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// There is none.
    Same,
    /// Texts or keywords differ, and every code is the same.
    Wording,
    /// Codes differ, and it comes to the same.
    Codes,
    /// It comes to something else.
    Outcome,
}

impl Weight {
    /// Whether the difference matters.
    pub const fn matters(self) -> bool {
        match self {
            Self::Same | Self::Wording | Self::Codes => false,
            Self::Outcome => true,
        }
    }
}

/// A place where a name or a value of one side stands for another of the other side.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Substitution {
    /// What stands for both: `{host}`.
    pub placeholder: String,
    /// The target's; empty where a rule finds it by its form: dates, queue ids, challenges.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// The model's, likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
}

/// One dialogue with a target, beside the model's side of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Comparison {
    /// Which dialogue.
    pub of: Compared,
    /// The model's title.
    pub beside: String,
    /// What was said, turn by turn.
    pub turns: Vec<Turn>,
    /// Where the two part, in order.
    pub partings: Vec<Parting>,
    /// What was taken for the same, by which name.
    pub substitutions: Vec<Substitution>,
    /// Both answers, where it is a role's mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<BothAnswers>,
    /// The requirements that a parting of more than words touches.
    pub touches: Vec<CaseId>,
    /// What it weighs.
    pub weight: Weight,
}

impl Comparison {
    /// The first place where the two part in more than words; where there is none, the first at all.
    pub fn first_parting(&self) -> Option<&Parting> {
        self.partings.iter().find(|parting| parting.parts_in.is_told()).or(self.partings.first())
    }
}

/// What differences weigh: whether AUTH's answer and the mail's fate are of another kind decides where they are known, else
/// whether an answer is of another class, or missing.
pub fn weigh(partings: &[Parting], answers: Option<&BothAnswers>) -> Weight {
    let heaviest = partings.iter().map(|parting| parting.parts_in).max();
    let comes_to_the_same = match answers {
        Some(BothAnswers { target, model }) => {
            is_same_answer(&target.authentication, &model.authentication) && is_same_fate(&target.fate, &model.fate)
        }
        None => heaviest < Some(PartsIn::Class),
    };
    match heaviest {
        _ if !comes_to_the_same => Weight::Outcome,
        None => Weight::Same,
        Some(PartsIn::Text | PartsIn::Keywords) => Weight::Wording,
        Some(PartsIn::EnhancedCode | PartsIn::Code | PartsIn::Class | PartsIn::Silence) => Weight::Codes,
    }
}

/// Whether AUTH said the same, whatever the words: its kind.
pub fn is_same_answer(one: &Authentication, other: &Authentication) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Whether the same became of mail, at whichever command it was refused: its kind, and the door where it arrived.
pub fn is_same_fate(one: &Fate, other: &Fate) -> bool {
    match (one, other) {
        (Fate::Arrived { sighting: one }, Fate::Arrived { sighting: other }) => one.door == other.door,
        (Fate::Unsettled { otherwise: one, .. }, Fate::Unsettled { otherwise: other, .. }) => is_same_fate(one, other),
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}
