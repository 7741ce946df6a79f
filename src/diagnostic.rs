//! An error with its place: name, line, column, excerpt, remedy. One look for YAML, Gherkin, captures and arguments.
//!
//! ```text
//! error: unknown key `relais`
//!  --> scenarios/deployments/windows-2000.yaml:7:5
//!   |
//! 7 |     relais: true
//!   |     ^^^^^^ not a key of `listener`
//!   |
//!   = note: the keys of `listener` are `port`, `product`, `relay`
//!   = help: did you mean `relay`?
//! ```

mod excerpt;
mod nearest;
mod render;
mod several;
pub mod text;

pub use excerpt::Excerpt;
pub use nearest::nearest;
pub use several::Diagnostics;

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Goes on, but is probably not what was meant.
    Warning,
    /// Cannot go on.
    Error,
}

impl Severity {
    /// Its name in front of a title: `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something to tell the user about what they gave us, with its place where it has one.
///
/// Texts may be anything, input of strangers included: what a terminal would obey is made visible when it is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: a clause that starts in lower case and has no final stop.
    pub title: String,
    /// Where. Boxed, so that a `Result` with a diagnostic in it stays small.
    pub source: Option<Box<Excerpt>>,
    /// A few words under the marked text.
    pub label: Option<String>,
    /// More to know, each a clause or a few.
    pub notes: Vec<String>,
    /// What the user can do about it.
    pub remedy: Option<String>,
}

impl Diagnostic {
    /// One without a place.
    pub fn new(severity: Severity, title: impl Into<String>) -> Self {
        Self { severity, title: title.into(), source: None, label: None, notes: Vec::new(), remedy: None }
    }

    /// An error.
    pub fn error(title: impl Into<String>) -> Self {
        Self::new(Severity::Error, title)
    }

    /// A warning.
    pub fn warning(title: impl Into<String>) -> Self {
        Self::new(Severity::Warning, title)
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, source: Excerpt) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Puts a few words under the marked text. Without a place they are shown as a note.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// "did you mean `nearest`?" as the remedy, where a candidate is near enough; otherwise leaves the remedy as it was.
    #[must_use]
    pub fn did_you_mean<'a>(self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(word, candidates) {
            Some(candidate) => self.remedy(format!("did you mean `{candidate}`?")),
            None => self,
        }
    }

    /// The whole of it for a person, ending in a line feed. Titles, notes and the excerpt keep to `width` columns (at least
    /// 40 are taken); only a path or a single word longer than that sticks out. Colour is ANSI escape sequences.
    pub fn render(&self, colour: bool, width: usize) -> String {
        render::render(self, colour, width)
    }
}

impl fmt::Display for Diagnostic {
    /// One line: `name:line:column: error: title: label`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}: ")?;
        }
        write!(f, "{}: {}", self.severity, text::printable(&self.title))?;
        match &self.label {
            Some(label) => write!(f, ": {}", text::printable(label)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests;
