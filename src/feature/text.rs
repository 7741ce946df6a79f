//! Feature files as they come: a name and a text.

use std::sync::Arc;

use include_dir::{Dir, include_dir};

use crate::diagnostic::Excerpt;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// A feature file that somebody has read. Whoever reads it names it; nothing here opens a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureText {
    /// Its path, as diagnostics and selectors show it.
    pub name: String,
    /// Its text, without a byte order mark.
    pub text: Arc<str>,
}

impl FeatureText {
    /// A feature file by its name; a byte order mark in front of the text is dropped.
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        Self { name: name.into(), text: text.strip_prefix('\u{feff}').unwrap_or(text).into() }
    }

    /// The place of these bytes.
    pub(super) fn at(&self, span: std::ops::Range<usize>) -> Excerpt {
        Excerpt::new(self.name.clone(), Arc::clone(&self.text), span)
    }

    /// A whole line, from 1, without its indentation.
    pub(super) fn line(&self, number: usize) -> Excerpt {
        Excerpt::line_of(self.name.clone(), Arc::clone(&self.text), number)
    }

    /// The first of these words in a line, or the line.
    pub(super) fn word(&self, number: usize, word: &str) -> Excerpt {
        let line = self.line(number);
        match self.text.get(line.span.clone()).and_then(|content| content.find(word)) {
            Some(offset) => {
                let start = line.span.start + offset;
                self.at(start..start + word.len())
            }
            None => line,
        }
    }
}

/// The features compiled into this program, in the order of their paths.
pub fn built_in() -> Vec<FeatureText> {
    let mut found = Vec::new();
    collect(&BUILT_IN, &mut found);
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn collect(folder: &Dir<'_>, found: &mut Vec<FeatureText>) {
    for file in folder.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "feature")) {
        // A file of ours that is no UTF-8 is found by the tests, which count what is there.
        if let Some(text) = file.contents_utf8() {
            found.push(FeatureText::new(format!("features/{}", file.path().display()), text));
        }
    }
    for inner in folder.dirs() {
        collect(inner, found);
    }
}
