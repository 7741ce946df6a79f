//! From text to Gherkin's own types, with errors where they belong.

use cucumber::gherkin::{self, GherkinEnv};

use super::lint::layout;
use super::text::FeatureText;
use crate::diagnostic::Diagnostic;

/// A feature file, read.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) source: FeatureText,
    pub(super) feature: gherkin::Feature,
}

/// Reads one file.
///
/// # Errors
/// With everything that is wrong with its layout, or else with the place where Gherkin gave up.
pub(super) fn parse(source: FeatureText) -> Result<Parsed, Vec<Diagnostic>> {
    let wrong = layout(&source);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    match gherkin::Feature::parse(&*source.text, GherkinEnv::default()) {
        Ok(feature) => Ok(Parsed { source, feature }),
        Err(error) => Err(vec![unreadable(&source, &error.to_string())]),
    }
}

/// Gherkin reports the place it had looked ahead to, as text only: `Error at 5:1: {…}`. The line meant is the last one
/// with something on it at or before that place.
fn unreadable(source: &FeatureText, error: &str) -> Diagnostic {
    let reported = error
        .strip_prefix("Error at ")
        .and_then(|rest| rest.split(':').next())
        .and_then(|line| line.parse::<usize>().ok())
        .unwrap_or(1);
    let before = source.text.split('\n').take(reported).enumerate();
    let line = before.filter(|(_, line)| !line.trim().is_empty()).last().map_or(1, |(index, _)| index + 1);
    Diagnostic::error("this is not Gherkin any more")
        .at(source.line(line))
        .note(format!("read from the top, it cannot go on at line {reported}"))
        .remedy("look at this line and the ones above it; docs/writing-cases.md shows the form")
}
