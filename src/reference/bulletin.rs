//! What MS02-011 and MS02-012 say of a host, from its identity alone.

mod date;
mod files;
mod rules;

pub use date::{DateError, check_date};

use include_dir::{Dir, include_dir};

use self::files::BulletinFile;
use self::rules::Subject;
use super::deployment::identity::{HostIdentity, ListenerIdentity, PatchId};
use super::yaml::Source;
use crate::diagnostic::Diagnostic;

static BULLETINS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios/bulletins");

/// A version of a bulletin's text: the truth about a product depends on its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// MS02-011 1.0, 27 February 2002: Windows 2000 and Exchange 5.5.
    #[serde(rename = "ms02-011-1.0")]
    Ms02011V1,
    /// MS02-011 2.0, 13 April 2004: NT 4.0 added, advice for Exchange 5.0.
    #[serde(rename = "ms02-011-2.0")]
    Ms02011V2,
    /// MS02-012.
    #[serde(rename = "ms02-012")]
    Ms02012,
}

/// What an edition says of one listener.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Which text.
    pub edition: Edition,
    /// Whether this listener, as it stands, has the flaw and answers.
    pub affected: bool,
    /// Why, in a sentence of ours.
    pub why: String,
    /// Where the bulletin says so.
    pub citation: String,
}

/// Something to do about it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "action")]
pub enum Action {
    /// Install a patch.
    Install {
        /// Which.
        patch: PatchId,
        /// For which of the bulletins.
        editions: Vec<Edition>,
        /// Why this one.
        why: String,
    },
    /// Change a setting.
    Set {
        /// The setting, in the words of the product's own dialog.
        setting: String,
        /// Why.
        why: String,
    },
}

/// Advice for one listener.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Advice {
    /// The listener's name.
    pub listener: String,
    /// What each edition says.
    pub findings: Vec<Finding>,
    /// What to do, first things first; empty: nothing.
    pub actions: Vec<Action>,
}

/// The rules, read from `scenarios/bulletins/`.
#[derive(Clone, Debug, Default)]
pub struct Bulletins {
    /// In the order of their editions.
    texts: Vec<BulletinFile>,
}

impl Bulletins {
    /// The built-in ones.
    ///
    /// # Errors
    /// When a built-in file is wrong; the tests keep that from being shipped.
    pub fn built_in() -> Result<Self, Vec<Diagnostic>> {
        let files = BULLETINS.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "yaml"));
        let sources: Vec<Source> = files
            .map(|file| {
                let name = format!("scenarios/bulletins/{}", file.path().display());
                Source::new(name, file.contents_utf8().unwrap_or_default())
            })
            .collect();
        Self::read(&sources)
    }

    /// Reads bulletin files.
    ///
    /// # Errors
    /// All that is wrong with them, each with file, line, column and a remedy.
    pub fn read(sources: &[Source]) -> Result<Self, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut texts = Vec::new();
        for source in sources {
            match files::read(source) {
                Ok(text) => texts.push(text),
                Err(found) => wrong.extend(found),
            }
        }
        texts.sort_by_key(|text: &BulletinFile| text.edition);
        if wrong.is_empty() { Ok(Self { texts }) } else { Err(wrong) }
    }

    /// The editions known, each with its title and the first day it was in force (`2002-02-27`).
    pub fn editions(&self) -> impl Iterator<Item = (Edition, &str, &str)> {
        self.texts.iter().map(|text| (text.edition, text.title.as_str(), text.in_force_from.value.as_str()))
    }

    /// Advice for each listener of a host, by the editions in force on the given date (`2002-03-01`; `None`: today's).
    ///
    /// A date of another form is no error here: see [`check_date`].
    pub fn advise(
        &self,
        host: &HostIdentity,
        listeners: &[(String, &ListenerIdentity)],
        on: Option<&str>,
    ) -> Vec<Advice> {
        let in_force = self.in_force(on);
        listeners
            .iter()
            .map(|(name, listener)| rules::advice(&in_force, name.clone(), &Subject { host, listener }))
            .collect()
    }

    /// Of each bulletin the latest text that was there on that day.
    fn in_force(&self, on: Option<&str>) -> Vec<&BulletinFile> {
        let there = || self.texts.iter().filter(|text| on.is_none_or(|day| text.in_force_from.value.as_str() <= day));
        there()
            .filter(|text| {
                let others = there().filter(|other| other.bulletin == text.bulletin);
                let latest = others.max_by_key(|other| &other.in_force_from.value);
                latest.is_some_and(|latest| latest.edition == text.edition)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
