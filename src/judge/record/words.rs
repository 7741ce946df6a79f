//! The plain words by which a feature file names outcomes.

use std::fmt;
use std::str::FromStr;

use super::{ExpectedAuthentication, ExpectedFate};

/// Words that name no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no outcome of {what}; there are: {}", known.join(", "))]
pub struct UnknownOutcome {
    /// What was written.
    pub word: String,
    /// What it should have named an outcome of: `AUTH`, `the mail`.
    pub what: &'static str,
    /// The outcomes that there are.
    pub known: &'static [&'static str],
}

impl ExpectedAuthentication {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Accepted, Self::Refused, Self::Unavailable, Self::NotTried, Self::NoAnswer, Self::CannotAuthenticate];

    /// The words for all of them, in the same order.
    pub const WORDS: &'static [&'static str] =
        &["accepted", "refused", "unavailable", "not tried", "no answer", "cannot authenticate"];

    /// How a feature file says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::NotTried => "not tried",
            Self::NoAnswer => "no answer",
            Self::CannotAuthenticate => "cannot authenticate",
        }
    }
}

impl FromStr for ExpectedAuthentication {
    type Err = UnknownOutcome;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| outcome.words() == word.trim()).ok_or_else(|| UnknownOutcome {
            word: word.to_owned(),
            what: "AUTH",
            known: Self::WORDS,
        })
    }
}

impl fmt::Display for ExpectedAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl ExpectedFate {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Relayed,
        Self::Refused,
        Self::Bounced,
        Self::ReturnedOrRefused,
        Self::DeliveredInside,
        Self::NoAnswer,
        Self::NotRelayed,
    ];

    /// The words for all of them, in the same order.
    pub const WORDS: &'static [&'static str] =
        &["relayed", "refused", "bounced", "returned or refused", "delivered inside", "no answer", "not relayed"];

    /// How a feature file says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Relayed => "relayed",
            Self::Refused => "refused",
            Self::Bounced => "bounced",
            Self::ReturnedOrRefused => "returned or refused",
            Self::DeliveredInside => "delivered inside",
            Self::NoAnswer => "no answer",
            Self::NotRelayed => "not relayed",
        }
    }
}

impl FromStr for ExpectedFate {
    type Err = UnknownOutcome;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| outcome.words() == word.trim()).ok_or_else(|| UnknownOutcome {
            word: word.to_owned(),
            what: "the mail",
            known: Self::WORDS,
        })
    }
}

impl fmt::Display for ExpectedFate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
