//! A diagnostic drawn for a person.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use super::text::{self, printable};
use super::{Diagnostic, Excerpt, Severity};

/// Narrower than this nothing can be laid out.
const LEAST_WIDTH: usize = 40;

/// The arrow in front of a place, and the line numbers.
const ARROW: Style = AnsiColor::BrightBlue.on_default().bold();

pub(super) fn render(diagnostic: &Diagnostic, colour: bool, width: usize) -> String {
    let width = width.max(LEAST_WIDTH);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let excerpt = diagnostic.source.as_deref();
    let gutter = excerpt.map_or(0, |excerpt| excerpt.line().to_string().len());
    let message_width = |name: &str| width.saturating_sub(gutter + "  = : ".len() + name.len());

    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut label = diagnostic.label.as_deref().map(printable);
    if let Some(excerpt) = excerpt {
        let view = View::of(excerpt, width.saturating_sub(gutter + " | ".len()));
        let fits = label.as_deref().is_some_and(|label| view.has_room_for(label));
        let under = if fits { label.take() } else { None };
        let annotation = AnnotationKind::Primary.span(view.span()).label(under);
        elements.push(Snippet::source(view.line()).line_start(excerpt.line()).annotation(annotation).into());
    }
    for note in label.as_deref().into_iter().chain(diagnostic.notes.iter().map(String::as_str)) {
        elements.push(Level::NOTE.message(wrapped(note, message_width("note"))).into());
    }
    if let Some(remedy) = &diagnostic.remedy {
        elements.push(Level::HELP.message(wrapped(remedy, message_width("help"))).into());
    }

    let title = wrapped(&diagnostic.title, width.saturating_sub(diagnostic.severity.name().len() + ": ".len()));
    let title_lines = title.split('\n').count();
    let group = Group::with_title(level.primary_title(title)).elements(elements);
    let renderer = if colour { Renderer::styled().line_num(ARROW) } else { Renderer::plain() };
    let drawn = renderer.term_width(width).render(&[group]);

    let arrow = if colour { format!("{ARROW}-->{ARROW:#}") } else { "-->".to_owned() };
    let mut lines: Vec<String> = drawn.lines().map(str::to_owned).collect();
    if let Some(excerpt) = excerpt {
        // Not left to the library: it would count the column in the line as it was cut.
        lines.insert(title_lines.min(lines.len()), format!("{:gutter$}{arrow} {excerpt}", ""));
    }
    lines.join("\n") + "\n"
}

fn wrapped(text: &str, columns: usize) -> String {
    let harmless: Vec<_> = text.split('\n').map(printable).collect();
    text::wrap(&harmless.join("\n"), columns).join("\n")
}

/// The part of a line that is shown, cut here to what fits: the drawing library may then leave it as it is.
struct View {
    before: String,
    marked: String,
    after: String,
    columns: usize,
}

impl View {
    fn of(excerpt: &Excerpt, columns: usize) -> Self {
        let (before, marked, after) = excerpt.line_in_three();
        let (before, marked, after) = (printable(before), printable(marked), printable(after));
        // At the end of a line the mark stands one column behind it.
        if text::width(&before) + (text::width(&marked) + text::width(&after)).max(1) <= columns {
            return Self {
                before: before.into_owned(),
                marked: marked.into_owned(),
                after: after.into_owned(),
                columns,
            };
        }
        // A third for what stands before, so that the marked text has company on both sides.
        let room_before = columns / 3;
        let before = match text::split_at_from_end(&before, room_before.saturating_sub(1)) {
            ("", _) => before.into_owned(),
            (_, kept) => format!("…{kept}"),
        };
        let room = columns.saturating_sub(text::width(&before));
        let marked = text::shorten(&marked, room).into_owned();
        let after = text::shorten(&after, room.saturating_sub(text::width(&marked))).into_owned();
        Self { before, marked, after, columns }
    }

    fn line(&self) -> String {
        format!("{}{}{}", self.before, self.marked, self.after)
    }

    fn span(&self) -> std::ops::Range<usize> {
        self.before.len()..self.before.len() + self.marked.len()
    }

    fn has_room_for(&self, label: &str) -> bool {
        let end = text::width(&self.before) + text::width(&self.marked).max(1);
        end + 1 + text::width(label) <= self.columns
    }
}
