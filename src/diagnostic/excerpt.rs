//! A place in a text.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::text;

/// A place in a named text. A span that does not fit the text is moved to the nearest place that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The path, or what stands for one: `<argument>`.
    pub name: String,
    /// The whole text. Shared, so that many diagnostics of one file hold it once.
    pub text: Arc<str>,
    /// What is marked, in bytes from 0. Empty: the place before a character, or the end.
    pub span: Range<usize>,
}

impl Excerpt {
    /// A place by its span in bytes.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>, span: Range<usize>) -> Self {
        Self { name: name.into(), text: text.into(), span }
    }

    /// A place by line and column, both from 1, the column in characters; the word that begins there is marked, or the one
    /// character where no word does.
    pub fn at(name: impl Into<String>, text: impl Into<Arc<str>>, line: usize, column: usize) -> Self {
        let text = text.into();
        let Range { start: line_start, end: line_end } = line_range(&text, line);
        let content = text.get(line_start..line_end).unwrap_or_default();
        let offset = content.char_indices().nth(column.saturating_sub(1)).map_or(content.len(), |(offset, _)| offset);
        let rest = content.get(offset..).unwrap_or_default();
        let word: usize = rest.chars().take_while(|c| is_of_a_word(*c)).map(char::len_utf8).sum();
        let length = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
        let start = line_start + offset;
        Self::new(name, text, start..start + length)
    }

    /// A whole line, from 1, without its indentation.
    pub fn line_of(name: impl Into<String>, text: impl Into<Arc<str>>, line: usize) -> Self {
        let text = text.into();
        let Range { start, end } = line_range(&text, line);
        let content = text.get(start..end).unwrap_or_default();
        let indentation = content.len() - content.trim_start().len();
        let length = content.trim().len();
        Self::new(name, text, start + indentation..start + indentation + length)
    }

    /// The line of the marked text, from 1.
    pub fn line(&self) -> usize {
        1 + self.before().bytes().filter(|byte| *byte == b'\n').count()
    }

    /// The column of the marked text, in characters from 1.
    pub fn column(&self) -> usize {
        1 + self.before().rsplit('\n').next().unwrap_or_default().chars().count()
    }

    /// The line it is in, cut in three: before the marked text, the marked text as far as it stays in the line, after it.
    pub(super) fn line_in_three(&self) -> (&str, &str, &str) {
        let Range { start, end } = self.clamped();
        let line_start = self.before().rfind('\n').map_or(0, |at| at + 1);
        let rest = self.text.get(start..).unwrap_or_default();
        let line_end = start + rest.find('\n').unwrap_or(rest.len());
        let end = end.clamp(start, line_end);
        let after = self.text.get(end..line_end).unwrap_or_default();
        (
            self.text.get(line_start..start).unwrap_or_default(),
            self.text.get(start..end).unwrap_or_default(),
            after.strip_suffix('\r').unwrap_or(after),
        )
    }

    fn before(&self) -> &str {
        self.text.get(..self.clamped().start).unwrap_or_default()
    }

    /// The span moved into the text and outwards to whole characters.
    fn clamped(&self) -> Range<usize> {
        let length = self.text.len();
        let start = floor(&self.text, self.span.start.min(length));
        let end = self.span.end.clamp(start, length);
        let end = (end..=length).find(|at| self.text.is_char_boundary(*at)).unwrap_or(length);
        start..end
    }
}

impl fmt::Display for Excerpt {
    /// `name:line:column`, as editors understand it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", text::printable(&self.name), self.line(), self.column())
    }
}

/// The nearest character boundary at or before an offset.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A line by its number from 1, without its line feed; the end of the text where there is no such line.
fn line_range(text: &str, line: usize) -> Range<usize> {
    let mut start = 0;
    for content in text.split('\n').take(line.saturating_sub(1)) {
        start += content.len() + 1;
    }
    let Some(rest) = text.get(start..) else { return text.len()..text.len() };
    let content = rest.split('\n').next().unwrap_or_default();
    start..start + content.strip_suffix('\r').unwrap_or(content).len()
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@')
}
