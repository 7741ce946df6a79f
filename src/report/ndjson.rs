//! A run for machines: one event a line, as JSON; and back. `docs/events.md` has the schema.

use std::io::{self, Write};
use std::sync::Arc;

use super::Report;
use crate::diagnostic::{Diagnostic, Excerpt};
use crate::judge::RunEvent;

/// The version of the schema that this program writes and reads.
pub const SCHEMA: u32 = 2;

/// Writes each event as a line, at once: what was written is kept whatever becomes of the run.
pub struct Ndjson<W> {
    out: W,
}

impl<W: Write + Send> Ndjson<W> {
    /// A report on `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write + Send> Report for Ndjson<W> {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        // In one piece, so that a reader of a growing file never sees half a line for long.
        self.out.write_all(&line)?;
        self.out.flush()
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

/// A stored run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Its events, in order.
    pub events: Vec<RunEvent>,
    /// The last line, where writing it was broken off. The events before it are whole.
    pub broken_off: Option<Diagnostic>,
}

/// Reads a stored run. Blank lines are passed over; a field that is not known is too.
///
/// # Errors
/// The first line that is no event, with its line and column; a recording that does not begin with `run-started`, or one
/// of another schema.
pub fn read(name: &str, text: &str) -> Result<Recording, Diagnostic> {
    let text: Arc<str> = text.into();
    let mut events: Vec<RunEvent> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let content = line.trim();
        if content.is_empty() {
            continue;
        }
        let place = Place { name, text: &text, start, content };
        match serde_json::from_str(content) {
            Ok(event) => {
                if events.is_empty() {
                    check_first(&event, &place)?;
                }
                events.push(event);
            }
            Err(error) if error.is_eof() && !line.ends_with('\n') => {
                let diagnostic = Diagnostic::warning("the last event is not whole")
                    .at(place.of(&error))
                    .note("writing it was broken off; the events before it are kept");
                return Ok(Recording { events, broken_off: Some(diagnostic) });
            }
            Err(error) => return Err(not_an_event(&error, &place)),
        }
    }
    if events.is_empty() {
        return Err(Diagnostic::error("there is no event in it").at(Excerpt::new(name, text, 0..0)).remedy(REMEDY));
    }
    Ok(Recording { events, broken_off: None })
}

const REMEDY: &str = "give a file that `smtpspec verify --report ndjson=FILE` wrote";

fn check_first(event: &RunEvent, place: &Place<'_>) -> Result<(), Diagnostic> {
    match event {
        RunEvent::RunStarted { schema: SCHEMA, .. } => Ok(()),
        RunEvent::RunStarted { schema, version, .. } => {
            Err(Diagnostic::error(format!("the recording has schema {schema}; this program reads schema {SCHEMA}"))
                .at(place.whole())
                .note(format!("it was written by smtpspec {version}"))
                .remedy("read it with the program that wrote it, or run again"))
        }
        RunEvent::TargetStarted { .. }
        | RunEvent::Attempted { .. }
        | RunEvent::WaitBegan { .. }
        | RunEvent::WaitEnded { .. }
        | RunEvent::CaseStarted { .. }
        | RunEvent::CaseFinished { .. }
        | RunEvent::CellFilled { .. }
        | RunEvent::RunFinished { .. } => {
            Err(Diagnostic::error("the recording does not begin with `run-started`").at(place.whole()).remedy(REMEDY))
        }
    }
}

fn not_an_event(error: &serde_json::Error, place: &Place<'_>) -> Diagnostic {
    let words = error.to_string();
    // serde_json adds the place in the line it was given, which is always line 1.
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    let title = if error.is_data() { "this is no event" } else { "this is no JSON" };
    Diagnostic::error(title)
        .at(place.of(error))
        .label(words)
        .note("each line has to be one event, as in docs/events.md")
}

/// A line of the recording.
struct Place<'a> {
    name: &'a str,
    text: &'a Arc<str>,
    /// Where the line starts in the text, in bytes.
    start: usize,
    content: &'a str,
}

impl Place<'_> {
    /// Where an error is: serde_json counts bytes from 1, and gives the last one it read.
    fn of(&self, error: &serde_json::Error) -> Excerpt {
        if error.is_data() && error.column() <= 1 {
            return self.whole();
        }
        let at = self.start + self.indentation() + error.column().saturating_sub(1);
        Excerpt::new(self.name, Arc::clone(self.text), at..at + 1)
    }

    fn whole(&self) -> Excerpt {
        let start = self.start + self.indentation();
        Excerpt::new(self.name, Arc::clone(self.text), start..start + self.content.len())
    }

    fn indentation(&self) -> usize {
        self.text.get(self.start..).map_or(0, |rest| rest.len() - rest.trim_start().len())
    }
}

#[cfg(test)]
mod tests;
