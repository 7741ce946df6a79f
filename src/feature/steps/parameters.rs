//! The words that vary in a step, each a type of its own: what is no such word is an error before anything runs.

use std::convert::Infallible;
use std::str::FromStr;

use cucumber::Parameter;

use crate::feature::case::DeploymentName;
use crate::judge::record::{ExpectedAuthentication, ExpectedFate, UnknownOutcome};
use crate::judge::{Destination, Role};
use crate::reference::deployment::identity::PatchId;

/// A word that is none of a parameter's. The expressions let none through; the types cannot know that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {what}")]
pub(in crate::feature) struct UnknownWord {
    word: String,
    what: &'static str,
}

/// A role, as a sentence says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(
    name = "role",
    regex = "an anonymous client|a client with a wrong password|the null session|the guest|the unauthorized account|\
             the authorized account|a POP3 or IMAP4 client|a MAPI client"
)]
pub(in crate::feature) struct RolePhrase(pub(in crate::feature) Role);

impl FromStr for RolePhrase {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let role = Role::ALL.into_iter().find(|role| role.phrase() == word);
        role.map(Self).ok_or_else(|| UnknownWord { word: word.to_owned(), what: "role" })
    }
}

/// What AUTH answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "authentication", regex = "accepted|refused|unavailable|not tried")]
pub(in crate::feature) struct AuthenticationWord(pub(in crate::feature) ExpectedAuthentication);

impl FromStr for AuthenticationWord {
    type Err = UnknownOutcome;

    fn from_str(word: &str) -> Result<Self, UnknownOutcome> {
        word.parse().map(Self)
    }
}

/// What becomes of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "fate", regex = "returned or refused|delivered inside|not relayed|relayed|refused|bounced")]
pub(in crate::feature) struct FateWord(pub(in crate::feature) ExpectedFate);

impl FromStr for FateWord {
    type Err = UnknownOutcome;

    fn from_str(word: &str) -> Result<Self, UnknownOutcome> {
        word.parse().map(Self)
    }
}

/// Which of the two recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "destination", regex = "remote|local")]
pub(in crate::feature) struct DestinationWord(pub(in crate::feature) Destination);

impl FromStr for DestinationWord {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "remote" => Ok(Self(Destination::Remote)),
            "local" => Ok(Self(Destination::Local)),
            _ => Err(UnknownWord { word: word.to_owned(), what: "recipient" }),
        }
    }
}

/// A deployment, with a listener behind a colon where it has several.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "deployment", regex = r"[a-z0-9][a-z0-9.\-]*(?::[a-z0-9][a-z0-9\-]*)?")]
pub(in crate::feature) struct DeploymentWord(pub(in crate::feature) DeploymentName);

impl FromStr for DeploymentWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(DeploymentName::read(word)))
    }
}

/// One of the two bulletins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "bulletin", regex = "MS02-011|MS02-012")]
pub(in crate::feature) enum BulletinWord {
    Ms02011,
    Ms02012,
}

impl BulletinWord {
    /// How a step says it.
    pub(in crate::feature) const fn word(self) -> &'static str {
        match self {
            Self::Ms02011 => "MS02-011",
            Self::Ms02012 => "MS02-012",
        }
    }
}

impl FromStr for BulletinWord {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "MS02-011" => Ok(Self::Ms02011),
            "MS02-012" => Ok(Self::Ms02012),
            _ => Err(UnknownWord { word: word.to_owned(), what: "bulletin" }),
        }
    }
}

/// Whether a bulletin's flaw is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "affected", regex = "not affected|affected")]
pub(in crate::feature) struct AffectedWord(pub(in crate::feature) bool);

impl FromStr for AffectedWord {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "affected" => Ok(Self(true)),
            "not affected" => Ok(Self(false)),
            _ => Err(UnknownWord { word: word.to_owned(), what: "finding" }),
        }
    }
}

/// Which patch advice names.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "patch", regex = "a patch|no patch|Q[0-9]{6}")]
pub(in crate::feature) enum PatchWord {
    Any,
    None,
    One(PatchId),
}

impl FromStr for PatchWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(match word {
            "a patch" => Self::Any,
            "no patch" => Self::None,
            article => Self::One(PatchId(article.to_owned())),
        })
    }
}

/// A patch by its article.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "article", regex = "Q[0-9]{6}")]
pub(in crate::feature) struct ArticleWord(pub(in crate::feature) PatchId);

impl FromStr for ArticleWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(PatchId(word.to_owned())))
    }
}

/// A day, `2002-03-01`.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "date", regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}")]
pub(in crate::feature) struct DateWord(pub(in crate::feature) String);

impl FromStr for DateWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(word.to_owned()))
    }
}

/// A parameter, for people: what may stand in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterForm {
    /// Its name, as it stands in braces in a step's form.
    pub name: &'static str,
    /// What may stand there, where that can be listed; alternatives with `|` between.
    pub words: Option<&'static str>,
    /// What it is.
    pub says: &'static str,
}

/// All parameters. The text in quotes, which cucumber expressions bring with them, is there too.
pub(in crate::feature) const PARAMETERS: [ParameterForm; 16] = [
    ParameterForm { name: "role", words: Some(RolePhrase::REGEX), says: "who the client is" },
    ParameterForm { name: "authentication", words: Some(AuthenticationWord::REGEX), says: "what AUTH answers" },
    ParameterForm { name: "fate", words: Some(FateWord::REGEX), says: "what becomes of the mail" },
    ParameterForm { name: "destination", words: Some(DestinationWord::REGEX), says: "which recipient" },
    ParameterForm {
        name: "deployment",
        words: None,
        says: "a deployment's id, and `:listener` behind it if it has several",
    },
    ParameterForm { name: "bulletin", words: Some(BulletinWord::REGEX), says: "one of the two bulletins" },
    ParameterForm { name: "affected", words: Some(AffectedWord::REGEX), says: "whether the flaw is there" },
    ParameterForm { name: "patch", words: None, says: "`a patch`, `no patch`, or one by its article: `Q313450`" },
    ParameterForm { name: "article", words: None, says: "a patch by its article: `Q313450`" },
    ParameterForm { name: "date", words: None, says: "a day: `2002-03-01`" },
    ParameterForm { name: "product", words: None, says: "a product's id: `exchange-2000`" },
    ParameterForm { name: "system", words: None, says: "an operating system's id: `windows-nt4`" },
    ParameterForm { name: "string", words: None, says: "any text between double quotes" },
    ParameterForm { name: "keyword", words: None, says: "a keyword of EHLO: `CHUNKING`" },
    ParameterForm { name: "code", words: None, says: "a reply code, three digits" },
    ParameterForm { name: "count", words: None, says: "a number from 1 to 999" },
];

/// The expression of a parameter, by its name.
pub(in crate::feature) fn expression(name: &str) -> Option<&'static str> {
    Some(match name {
        "role" => RolePhrase::REGEX,
        "authentication" => AuthenticationWord::REGEX,
        "fate" => FateWord::REGEX,
        "destination" => DestinationWord::REGEX,
        "deployment" => DeploymentWord::REGEX,
        "bulletin" => BulletinWord::REGEX,
        "affected" => AffectedWord::REGEX,
        "patch" => PatchWord::REGEX,
        "article" => ArticleWord::REGEX,
        "date" => DateWord::REGEX,
        "product" => ProductWord::REGEX,
        "system" => SystemWord::REGEX,
        "string" => r#""[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'"#,
        "keyword" => KeywordWord::REGEX,
        "code" => CodeWord::REGEX,
        "count" => CountWord::REGEX,
        _ => return None,
    })
}

/// A product's id.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "product", regex = r"[a-z0-9][a-z0-9.\-]*")]
pub(in crate::feature) struct ProductWord(pub(in crate::feature) String);

impl FromStr for ProductWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(word.to_owned()))
    }
}

/// An operating system's id.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "system", regex = r"[a-z0-9][a-z0-9.\-]*")]
pub(in crate::feature) struct SystemWord(pub(in crate::feature) String);

impl FromStr for SystemWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(word.to_owned()))
    }
}

/// A keyword of EHLO.
#[derive(Clone, Debug, PartialEq, Eq, Parameter)]
#[param(name = "keyword", regex = r"[A-Za-z0-9][A-Za-z0-9\-]*")]
pub(in crate::feature) struct KeywordWord(pub(in crate::feature) String);

impl FromStr for KeywordWord {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self(word.to_owned()))
    }
}

/// A reply code (RFC 5321 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "code", regex = "[2-5][0-9]{2}")]
pub(in crate::feature) struct CodeWord(pub(in crate::feature) u16);

impl FromStr for CodeWord {
    type Err = std::num::ParseIntError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        word.parse().map(Self)
    }
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "count", regex = "[1-9][0-9]{0,2}")]
pub(in crate::feature) struct CountWord(pub(in crate::feature) u16);

impl FromStr for CountWord {
    type Err = std::num::ParseIntError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        word.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{FateWord, PARAMETERS, Role, RolePhrase, expression};
    use cucumber::Parameter as _;

    #[test]
    fn every_role_has_its_phrase_in_the_expression() {
        let phrases: Vec<&str> = RolePhrase::REGEX.split('|').collect();
        assert_eq!(phrases, Role::ALL.map(Role::phrase));
        assert!(phrases.iter().all(|phrase| phrase.parse::<RolePhrase>().is_ok()));
    }

    #[test]
    fn every_fate_of_the_expression_is_known_to_the_judge() {
        assert!(FateWord::REGEX.split('|').all(|word| word.parse::<FateWord>().is_ok()));
    }

    #[test]
    fn every_parameter_has_an_expression() {
        assert!(PARAMETERS.iter().all(|parameter| expression(parameter.name).is_some()));
    }
}
