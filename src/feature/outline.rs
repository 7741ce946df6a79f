//! Outlines written out, a scenario a row, in time that grows with the rows: the engine's own way copies the whole
//! table into each.

use cucumber::gherkin::{Scenario, Step};

use super::lines::{Line, Look};

/// One row of an `Examples` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its line, from 1.
    pub(super) line: usize,
    /// Column and value, in the table's order.
    pub(super) values: Vec<(String, String)>,
}

/// A scenario without outlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
    /// The tags of the row's `Examples`.
    pub(super) tags: Vec<String>,
    pub(super) row: Option<Row>,
}

/// A scenario's rows, each with the tags of its table. Empty for a scenario that is no outline.
pub(super) fn rows(scenario: &Scenario, lines: &[Line<'_>]) -> Vec<(Row, Vec<String>)> {
    let mut found = Vec::new();
    for examples in &scenario.examples {
        let Some(table) = &examples.table else { continue };
        let Some((header, rows)) = table.rows.split_first() else { continue };
        let first = lines.partition_point(|line| line.span.start < examples.span.start);
        let mut numbers = lines
            .get(first..)
            .unwrap_or_default()
            .iter()
            .filter(|line| matches!(line.look, Look::Row { .. }))
            .map(|line| line.number)
            .skip(1);
        for row in rows {
            let values = header.iter().cloned().zip(row.iter().cloned()).collect();
            let line = numbers.next().unwrap_or(examples.position.line);
            found.push((Row { line, values }, examples.tags.clone()));
        }
    }
    found
}

/// The scenario with the row's values in it.
pub(super) fn expand(name: &str, steps: &[Step], row: Option<(Row, Vec<String>)>) -> Expanded {
    let Some((row, tags)) = row else {
        return Expanded { name: name.to_owned(), steps: steps.to_vec(), tags: Vec::new(), row: None };
    };
    let fill = |text: &str| fill(text, &row.values);
    let steps = steps
        .iter()
        .map(|step| {
            let mut step = step.clone();
            step.value = fill(&step.value);
            step.docstring = step.docstring.as_deref().map(fill);
            for cell in step.table.iter_mut().flat_map(|table| &mut table.rows).flatten() {
                *cell = fill(cell);
            }
            step
        })
        .collect();
    Expanded { name: fill(name), steps, tags, row: Some(row) }
}

fn fill(text: &str, values: &[(String, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        match values.iter().find(|(column, _)| column == name) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.push('<');
                filled.push_str(name);
                filled.push('>');
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The names of the placeholders in a text. `<user@example.com>` is none: it holds a character that no column has here.
pub(super) fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_placeholder(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// What stands before the next placeholder, its name, and what stands behind it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text.get(from..)?.find('<').map(|at| from + at) {
        let inside = text.get(open + 1..)?;
        if let Some(close) = inside.find(['<', '>']) {
            let name = inside.get(..close)?;
            if inside.get(close..)?.starts_with('>') && is_column(name) {
                return Some((text.get(..open)?, name, inside.get(close + 1..)?));
            }
        }
        from = open + 1;
    }
    None
}

fn is_column(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::{fill, placeholders};
    use proptest::prelude::*;
    use rstest::rstest;

    fn values() -> Vec<(String, String)> {
        vec![("role".to_owned(), "<fate>".to_owned()), ("fate".to_owned(), "refused".to_owned())]
    }

    #[rstest]
    #[case::in_its_place("mail of <role> is <fate>", "mail of <fate> is refused")]
    #[case::unknown("<rolle>", "<rolle>")]
    #[case::address("MAIL FROM:<a@b.example>", "MAIL FROM:<a@b.example>")]
    #[case::null_path("MAIL FROM:<> for <fate>", "MAIL FROM:<> for refused")]
    #[case::open("a < b and <fate", "a < b and <fate")]
    #[case::nested("<<fate>>", "<refused>")]
    fn values_are_put_in_once(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(fill(text, &values()), expected);
    }

    #[test]
    fn names_are_found_in_order() {
        assert_eq!(placeholders("<a> <b@c> <the role><d-e>"), ["a", "the role", "d-e"]);
    }

    proptest! {
        #[test]
        fn text_without_placeholders_stays(text in "[^<]{0,40}") {
            prop_assert_eq!(fill(&text, &values()), text);
        }
    }
}
