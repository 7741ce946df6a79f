//! What people and machines read. Everything here hangs off the one stream of [`RunEvent`]s, so that a recorded run
//! replays through the same reports. Whether there is a terminal, how wide it is and whether it has colour is told by the
//! caller, never asked here.

mod beside;
pub mod claims;
mod describe;
mod dialogue;
mod junit;
mod layout;
pub mod ndjson;
mod palette;
mod run;
mod terminal;

#[cfg(test)]
mod fixture;

pub use junit::Junit;
pub use ndjson::Ndjson;
pub use terminal::Terminal;

use std::io;

use crate::judge::RunEvent;

/// A consumer of a run's events.
pub trait Report: Send {
    /// Takes the next event.
    ///
    /// # Errors
    /// Where writing failed.
    fn event(&mut self, event: &RunEvent) -> io::Result<()>;

    /// Writes what is left to be written. Without a [`RunEvent::RunFinished`] before it the run was broken off, and the
    /// report says so.
    ///
    /// # Errors
    /// Where writing failed.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// How the terminal is to be written to; decided by whoever knows the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Whether to use colour, as ANSI escape sequences.
    pub colour: bool,
    /// Columns. Less than 80 is taken as 80.
    pub width: usize,
    /// Whether to draw a bar on the standard error stream while the run lasts.
    pub progress: bool,
    /// Whether to print a line for every case as it ends, whole transcripts, and the cases that do not decide.
    pub verbose: bool,
}

impl TerminalOptions {
    /// The width that is laid out for.
    fn columns(&self) -> usize {
        self.width.max(80)
    }
}

/// Several reports of one run.
#[derive(Default)]
pub struct Reports<'a>(pub Vec<Box<dyn Report + 'a>>);

impl Report for Reports<'_> {
    /// Every report gets the event, those after one that failed too; the first error is returned.
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        let mut outcome = Ok(());
        for report in &mut self.0 {
            outcome = outcome.and(report.event(event));
        }
        outcome
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let mut outcome = Ok(());
        for report in self.0 {
            outcome = outcome.and(report.finish());
        }
        outcome
    }
}

#[cfg(test)]
mod tests;
