//! A feature file line by line, each by its own look. The Gherkin parser takes much for prose that was meant otherwise,
//! and reports what it cannot read too late: lints need the lines themselves.

use std::ops::Range;

/// The words that begin a part of a feature file, as Gherkin has them in English.
pub(super) const PARTS: [&str; 9] = [
    "Feature",
    "Rule",
    "Background",
    "Scenario",
    "Scenario Outline",
    "Scenario Template",
    "Example",
    "Examples",
    "Scenarios",
];

/// The words that begin a step.
pub(super) const STEP_WORDS: [&str; 6] = ["Given", "When", "Then", "And", "But", "*"];

/// A part of a feature file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Feature,
    Rule,
    Background,
    Scenario,
    Examples,
}

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look<'a> {
    Blank,
    /// With what follows `# language:`, where that is what it says.
    Comment {
        language: Option<&'a str>,
    },
    Tags,
    Part(Part),
    Step,
    /// A row of a table, with the number of its cells.
    Row {
        cells: usize,
    },
    /// The quotes that begin or end a doc string.
    Fence,
    InsideDocString,
    Text,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    /// The bytes of `text` in the file.
    pub(super) span: Range<usize>,
    /// Without indentation and without white space at the end.
    pub(super) text: &'a str,
    pub(super) look: Look<'a>,
}

/// All lines of a file.
pub(super) fn scan(text: &str) -> Vec<Line<'_>> {
    let mut fence: Option<&str> = None;
    let mut start = 0;
    let mut lines = Vec::new();
    for (index, raw) in text.split('\n').enumerate() {
        let content = raw.trim();
        let at = start + (raw.len() - raw.trim_start().len());
        let look = match fence {
            Some(quotes) if content.starts_with(quotes) => {
                fence = None;
                Look::Fence
            }
            Some(_) => Look::InsideDocString,
            None => {
                let look = look(content);
                if look == Look::Fence {
                    fence = content.get(..3);
                }
                look
            }
        };
        lines.push(Line { number: index + 1, span: at..at + content.len(), text: content, look });
        start += raw.len() + 1;
    }
    lines
}

fn look(content: &str) -> Look<'_> {
    if content.is_empty() {
        return Look::Blank;
    }
    if let Some(comment) = content.strip_prefix('#') {
        let language =
            comment.trim_start().strip_prefix("language").and_then(|rest| rest.trim_start().strip_prefix(':'));
        return Look::Comment { language: language.map(str::trim) };
    }
    if content.starts_with('@') {
        return Look::Tags;
    }
    if content.starts_with("\"\"\"") || content.starts_with("```") {
        return Look::Fence;
    }
    if content.starts_with('|') {
        return Look::Row { cells: cells(content) };
    }
    if let Some(part) = part(content) {
        return Look::Part(part);
    }
    if STEP_WORDS.iter().any(|word| content.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t']))) {
        return Look::Step;
    }
    Look::Text
}

fn part(content: &str) -> Option<Part> {
    let (word, _) = content.split_once(':')?;
    Some(match word {
        "Feature" => Part::Feature,
        "Rule" => Part::Rule,
        "Background" => Part::Background,
        "Scenario" | "Scenario Outline" | "Scenario Template" | "Example" => Part::Scenario,
        "Examples" | "Scenarios" => Part::Examples,
        _ => return None,
    })
}

/// The cells of a row: bars that no backslash stands before, less the first.
fn cells(content: &str) -> usize {
    let mut escaped = false;
    let bars = content.chars().filter(|c| {
        let counts = *c == '|' && !escaped;
        escaped = *c == '\\' && !escaped;
        counts
    });
    bars.count().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::{Look, Part, scan};

    #[test]
    fn each_line_has_its_look_and_its_bytes() {
        let text =
            "Feature: one\r\n  prose: with a colon\n\n  @a @b\n  Scenario: x\n    Given y\n      | a | b\\|c |\n";
        let lines = scan(text);
        let looks: Vec<Look<'_>> = lines.iter().map(|line| line.look).collect();
        assert_eq!(
            looks,
            [
                Look::Part(Part::Feature),
                Look::Text,
                Look::Blank,
                Look::Tags,
                Look::Part(Part::Scenario),
                Look::Step,
                Look::Row { cells: 2 },
                Look::Blank
            ]
        );
        assert!(lines.iter().all(|line| &text[line.span.clone()] == line.text));
    }

    #[test]
    fn a_doc_string_hides_what_stands_in_it() {
        let lines = scan("\"\"\"\nScenario: no\n```\n\"\"\"\n# language: fr\n");
        let looks: Vec<Look<'_>> = lines.iter().map(|line| line.look).collect();
        assert_eq!(
            looks,
            [
                Look::Fence,
                Look::InsideDocString,
                Look::InsideDocString,
                Look::Fence,
                Look::Comment { language: Some("fr") },
                Look::Blank
            ]
        );
    }
}
