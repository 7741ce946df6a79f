//! Text in columns.

use anstyle::Style;

use super::palette::paint;
use crate::diagnostic::text::{width, wrap};

/// A cell: a text of one style, already harmless.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) style: Style,
    pub(super) text: String,
}

impl Cell {
    pub(super) fn new(style: Style, text: impl Into<String>) -> Self {
        Self { style, text: text.into() }
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::new(Style::new(), text)
    }
}

/// One row as the lines it takes: each cell is wrapped in its column, two spaces stand between two columns.
pub(super) fn row(cells: &[(usize, Cell)]) -> Vec<String> {
    let wrapped: Vec<(usize, Style, Vec<String>)> =
        cells.iter().map(|(columns, cell)| (*columns, cell.style, wrap(&cell.text, *columns))).collect();
    let height = wrapped.iter().map(|(_, _, lines)| lines.len()).max().unwrap_or(0);
    (0..height)
        .map(|index| {
            let mut drawn = String::new();
            // Spaces owed before the next text, so that no line ends in spaces.
            let mut owed = 0;
            for (columns, style, lines) in &wrapped {
                let text = lines.get(index).map_or("", String::as_str);
                if text.is_empty() {
                    owed += columns + 2;
                    continue;
                }
                drawn.push_str(&" ".repeat(owed));
                drawn.push_str(&paint(*style, text));
                owed = columns.saturating_sub(width(text)) + 2;
            }
            drawn
        })
        .collect()
}

/// A text behind a label, wrapped, its further lines standing under the first.
pub(super) fn hanging(label: &str, text: &str, columns: usize) -> Vec<String> {
    let indent = width(label);
    wrap(text, columns.saturating_sub(indent))
        .into_iter()
        .enumerate()
        .map(|(index, line)| if index == 0 { format!("{label}{line}") } else { format!("{:indent$}{line}", "") })
        .collect()
}

/// `1 case`, `2 cases`.
pub(super) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    // What does not fit 64 bits is never counted.
    let count = count.try_into().unwrap_or(u64::MAX);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_wrapped_and_no_line_ends_in_spaces() {
        let lines = row(&[(4, Cell::plain("one two")), (5, Cell::plain("")), (3, Cell::plain("x"))]);
        assert_eq!(lines, ["one          x", "two"]);
    }

    #[test]
    fn further_lines_hang_under_the_first() {
        assert_eq!(hanging("why: ", "one two", 8), ["why: one", "     two"]);
    }
}
