//! `smtpspec list facts`: a line each where it fits, otherwise the text below its key.

use std::io::{self, Write};

use crate::diagnostic::text::{cut, printable, width};
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::deployment::facts::Confidence;

/// What stands in front of a text below its key, and one level further in front of the rest of a line that is too long.
const INDENT: &str = "      ";

pub(super) fn write(out: &mut impl Write, catalogue: &Catalogue, columns: usize) -> io::Result<()> {
    let mut product = String::new();
    for fact in catalogue.facts() {
        if fact.product != product {
            writeln!(out, "{}{}", if product.is_empty() { "" } else { "\n" }, printable(&fact.product))?;
            product.clone_from(&fact.product);
        }
        let sources = if fact.sources.is_empty() { String::new() } else { format!("[{}]", fact.sources.join(", ")) };
        let known = confidence(fact.confidence);
        for line in lines(&printable(&fact.key), known, &fact.text, &printable(&sources), columns) {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Recorded => "recorded",
        Confidence::Code => "code",
        Confidence::Documented => "documented",
        Confidence::Inferred => "inferred",
        Confidence::Hearsay => "hearsay",
        Confidence::Chosen => "CHOSEN",
    }
}

fn lines(key: &str, known: &str, text: &str, sources: &str, columns: usize) -> Vec<String> {
    let whole = format!("  {key:<34} {known:<11} {}  {sources}", printable(text));
    if width(whole.trim_end()) <= columns && !text.trim_end().contains('\n') {
        return vec![whole];
    }
    let mut lines = folded(&format!("  {key:<34} {known:<11} "), sources, columns);
    lines.extend(text.lines().flat_map(|line| folded(INDENT, &printable(line), columns)));
    lines
}

/// A text behind `label`, on as many lines as it takes. Nothing in it is changed: it may be what a server says.
fn folded(label: &str, text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![label.to_owned()];
    let mut is_begun = false;
    for piece in text.split_inclusive([' ', ',']) {
        let rest = format!("{INDENT}  ");
        let room = columns.saturating_sub(width(&rest)).max(1);
        for piece in if width(piece.trim_end()) > room { cut(piece, room) } else { vec![piece] } {
            match lines.last_mut() {
                Some(line) if !is_begun || width(line) + width(piece.trim_end()) <= columns => line.push_str(piece),
                _ => lines.push(format!("{rest}{piece}")),
            }
            is_begun = true;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::fits("quit", "221 Bye", "[A]", &["  quit                               recorded    221 Bye  [A]"])]
    #[case::of_two_lines("help", "214-A\n214 B", "", &["  help                               recorded", "      214-A", "      214 B"])]
    #[case::too_long(
        "verbs",
        "[\"HELO\",\"EHLO\",\"MAIL\",\"RCPT\",\"DATA\",\"BDAT\",\"RSET\",\"VRFY\",\"HELP\",\"NOOP\",\"QUIT\"]",
        "[A, B]",
        &[
            "  verbs                              recorded    [A, B]",
            "      [\"HELO\",\"EHLO\",\"MAIL\",\"RCPT\",\"DATA\",\"BDAT\",\"RSET\",\"VRFY\",\"HELP\",\"NOOP\",",
            "        \"QUIT\"]",
        ]
    )]
    fn a_fact_fits_80_columns(#[case] key: &str, #[case] text: &str, #[case] sources: &str, #[case] expected: &[&str]) {
        let lines = lines(key, "recorded", text, sources, 80);
        let trimmed: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        assert_eq!(trimmed, expected);
    }
}
