//! YAML to values, with errors that name their place. All calls of the YAML crate stand in this room.
//!
//! Input may come from anyone: unknown and duplicate keys, tags, merges and several documents are errors, and so is
//! text that is nested or repeated beyond what any file of ours needs.

mod explain;
mod guided;
mod keys;
mod placed;
mod salvage;

pub use placed::Placed;
pub use salvage::{LeftOut, Salvaged};

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_yaml::{Location, MergeKeyPolicy, Options};

use crate::diagnostic::{Diagnostic, Excerpt};

/// Nodes of one file. The largest built-in file has some thousand.
const MOST_NODES: usize = 50_000;

/// Containers within containers.
const DEEPEST: usize = 32;

/// A named text, kept for excerpts.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: Arc<str>,
}

impl Source {
    /// A text under the name that errors show, mostly its path.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file's name without folders and ending: the id of what it describes.
    pub fn id(&self) -> &str {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml")).unwrap_or(file)
    }

    /// Reads the whole text as one value.
    ///
    /// # Errors
    /// With file, line, column and, where there is one, a remedy.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        if is_blank(&self.text) {
            return Err(Diagnostic::error("the file is empty")
                .at(Excerpt::at(&self.name, Arc::clone(&self.text), 1, 1))
                .remedy("write at least its `title:`"));
        }
        serde_yaml::from_str_with_options(&self.text, options()).map_err(|error| explain::explain(self, &error))
    }

    /// The same with all errors and not the first alone: up to where the text is no YAML any more.
    ///
    /// # Errors
    /// As [`Source::read`], in the order of the text.
    pub fn read_all<T: DeserializeOwned>(&self) -> Result<T, Vec<Diagnostic>> {
        let Salvaged { value, wrong, .. } = self.salvage();
        value.filter(|_| wrong.is_empty()).ok_or(wrong)
    }

    /// The same with what could be read beside the errors, so that what it means can be checked too.
    pub fn salvage<T: DeserializeOwned>(&self) -> Salvaged<T> {
        salvage::salvage(self)
    }

    /// The outermost keys, each once, up to where the text is no YAML any more.
    pub fn outermost_keys(&self) -> Vec<String> {
        let keys = keys::Keys::of(self);
        keys.names.into_iter().filter(|(path, _)| path.len() == 1).map(|(_, name)| name).collect()
    }

    /// The place of a value that was read from this text, marked; without a place for a value that was not. Of a value
    /// over several lines its first word is marked.
    pub fn excerpt(&self, place: Option<Range<usize>>) -> Excerpt {
        let place = place.unwrap_or(0..0);
        let marked = self.text.get(place.clone()).unwrap_or_default();
        let whole = Excerpt::new(&self.name, Arc::clone(&self.text), place);
        if marked.chars().nth(1).is_some() && !marked.contains('\n') {
            return whole;
        }
        Excerpt::at(&self.name, Arc::clone(&self.text), whole.line(), whole.column())
    }

    /// An error about a value that was read from this text.
    pub fn error_at<T>(&self, placed: &Placed<T>, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(title).at(self.excerpt(placed.place()))
    }

    /// An error about a key that is not among the outermost.
    pub fn missing_key(&self, key: &str) -> Diagnostic {
        let begins = |line: &str| !is_blank(line) && !line.starts_with("---");
        let line = self.text.lines().position(begins).map_or(1, |index| index + 1);
        explain::missing(key).at(Excerpt::at(&self.name, Arc::clone(&self.text), line, 1))
    }

    fn excerpt_at(&self, location: Location) -> Excerpt {
        match bytes_of(location) {
            Some(range) => self.excerpt(Some(range)),
            None => {
                let (line, column) = (as_usize(location.line()), as_usize(location.column()));
                Excerpt::at(&self.name, Arc::clone(&self.text), line, column)
            }
        }
    }
}

/// A value as YAML, for a file that somebody will edit.
///
/// # Errors
/// When the value has no form in YAML.
pub fn write<T: serde::Serialize>(value: &T) -> Result<String, Diagnostic> {
    serde_yaml::to_string(value).map_err(|error| Diagnostic::error(format!("this cannot be written as YAML: {error}")))
}

fn options() -> Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_nodes: MOST_NODES,
            max_depth: DEEPEST,
        },
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        strict_booleans: true,
        strict_indentation: true,
        with_snippet: false,
    }
}

fn is_blank(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().all(|line| matches!(line.trim_start().chars().next(), None | Some('#')))
}

fn bytes_of(location: Location) -> Option<Range<usize>> {
    let start = as_usize(location.span().byte_offset()?);
    let length = as_usize(location.span().byte_len()?);
    Some(start..start.saturating_add(length))
}

fn as_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
