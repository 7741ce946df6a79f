//! Text for a terminal: made harmless, measured, wrapped.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// The text with everything made visible that a terminal would obey: control characters become their Unicode pictures
/// (ESC: `␛`), C1 controls and the characters that turn the direction of writing become `�`, a tab becomes four spaces.
/// Line feeds become spaces: the result is one line.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        match replacement(c) {
            None => printable.push(c),
            Some(Replacement::Text(text)) => printable.push_str(text),
            Some(Replacement::Character(c)) => printable.push(c),
        }
    }
    Cow::Owned(printable)
}

enum Replacement {
    Text(&'static str),
    Character(char),
}

fn replacement(c: char) -> Option<Replacement> {
    match c {
        '\t' => Some(Replacement::Text("    ")),
        '\n' => Some(Replacement::Text(" ")),
        // The pictures of U+0000..U+001F stand in the same order from U+2400 on.
        '\0'..='\u{1f}' => {
            Some(Replacement::Character(char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        '\u{7f}' => Some(Replacement::Character('\u{2421}')),
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some(Replacement::Character(char::REPLACEMENT_CHARACTER)),
        _ => None,
    }
}

/// How many columns a text takes. Summed over characters, so that it is never less than what a terminal takes.
pub fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn width_of(c: char) -> usize {
    c.width().unwrap_or(1)
}

/// The text if it fits `columns`, otherwise as much of it as does, ending in `…`.
pub fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    match columns.checked_sub(1) {
        Some(columns) => Cow::Owned(format!("{}…", split_at(text, columns).0)),
        None => Cow::Borrowed(""),
    }
}

/// The text as lines of at most `columns`, broken at spaces; a word that is longer stays whole and sticks out, so that a
/// path or a command can be copied. Line feeds break too. Never empty.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// The text as pieces of at most `columns`, cut anywhere: for what must not be reflowed. Never empty. A character wider
/// than `columns` has a piece of its own.
pub fn cut(text: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = split_at(rest, columns);
        let first = rest.chars().next().map_or(rest.len(), char::len_utf8);
        let (piece, after) = if piece.is_empty() { rest.split_at(first) } else { (piece, after) };
        pieces.push(piece);
        rest = after;
    }
    if pieces.is_empty() {
        pieces.push("");
    }
    pieces
}

/// The longest beginning that fits `columns`, and the rest.
pub(super) fn split_at(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (offset, c) in text.char_indices() {
        taken += width_of(c);
        if taken > columns {
            return text.split_at(offset);
        }
    }
    (text, "")
}

/// The beginning without which the rest fits `columns`, and the rest: [`split_at`] from the other end.
pub(super) fn split_at_from_end(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (offset, c) in text.char_indices().rev() {
        taken += width_of(c);
        if taken > columns {
            return text.split_at(offset + c.len_utf8());
        }
    }
    ("", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    // Pictures: The Unicode Standard, block "Control Pictures" U+2400..U+243F.
    #[rstest]
    #[case::escape("\u{1b}[31m", "␛[31m")]
    #[case::bell_and_delete("a\u{7}\u{7f}", "a␇␡")]
    #[case::control_sequence_introducer("\u{9b}31m", "\u{fffd}31m")]
    #[case::right_to_left_override("a\u{202e}b", "a\u{fffd}b")]
    #[case::tab_and_line_feed("a\tb\nc", "a    b c")]
    #[case::as_it_is("Grüße 日本", "Grüße 日本")]
    fn what_a_terminal_would_obey_is_made_visible(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(printable(text), expected);
    }

    // Widths: UAX #11, ideographs take two columns.
    #[rstest]
    #[case("abc", 3, "abc")]
    #[case("abcd", 3, "ab…")]
    #[case("日本語", 4, "日…")]
    #[case("abc", 0, "")]
    fn shortens(#[case] text: &str, #[case] columns: usize, #[case] expected: &str) {
        assert_eq!(shorten(text, columns), expected);
    }

    #[test]
    fn wraps_at_spaces_and_keeps_long_words() {
        assert_eq!(
            wrap("run smtpspec verify --on a-long-path.yaml again", 12),
            ["run smtpspec", "verify --on", "a-long-path.yaml", "again"]
        );
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in any::<String>()) {
            let printable = printable(&text);
            prop_assert!(!printable.chars().any(char::is_control));
        }

        #[test]
        fn pieces_fit_and_are_the_text(text in any::<String>(), columns in 2_usize..20) {
            let pieces = cut(&text, columns);
            prop_assert_eq!(pieces.concat(), text.as_str());
            prop_assert!(pieces.iter().all(|piece| width(piece) <= columns));
        }

        #[test]
        fn shortened_fits(text in any::<String>(), columns in 0_usize..20) {
            prop_assert!(width(&shorten(&text, columns)) <= columns);
        }

        #[test]
        fn wrapping_loses_no_word(text in "[a-z \n]{0,80}", columns in 0_usize..20) {
            let lines = wrap(&text, columns);
            let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
            prop_assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
