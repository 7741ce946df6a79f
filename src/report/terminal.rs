//! A run for a person at a terminal: a bar while it lasts, then the matrix, what needs attention, a summary.

mod findings;
mod matrix;
mod progress;
mod roles;
mod summary;

use std::io::{self, Write};

use self::progress::Progress;
use super::palette::{Palette, paint};
use super::run::{Run, Standing};
use super::{Report, TerminalOptions, describe, layout};
use crate::diagnostic::text::printable;
use crate::judge::{Awaited, CaseResult, RunEvent};

/// Writes a run to a terminal, or to what is read like one. The bar goes to the standard error stream, all else to `out`.
pub struct Terminal<W> {
    out: W,
    options: TerminalOptions,
    palette: Palette,
    run: Run,
    progress: Progress,
}

impl<W: Write + Send> Terminal<W> {
    /// A report on `out`.
    pub fn new(out: W, options: TerminalOptions) -> Self {
        let palette = Palette::new(options.colour);
        Self { out, options, palette, run: Run::default(), progress: Progress::hidden() }
    }

    /// Says that the process will end with this code, since another report could not be written.
    pub fn not_written(&mut self, exit: u8) {
        self.run.not_written = Some(exit);
    }

    fn write(&mut self, lines: &[String]) -> io::Result<()> {
        let Self { out, progress, .. } = self;
        progress.suspended(|| {
            for line in lines {
                writeln!(out, "{line}")?;
            }
            out.flush()
        })
    }

    /// `✓ relay/null-session on Windows 2000 (0.012 s)`; of a case that is judged a second time, that it is.
    fn case_lines(&self, result: &CaseResult, standing: Standing) -> Vec<String> {
        let case = printable(&result.requirement.id.0);
        let target = printable(self.run.title_of(&result.target));
        let is_again = self.run.again.contains(&(result.requirement.id.clone(), result.target.clone()));
        let again = if is_again { ", judged again" } else { "" };
        let text = format!("{case} on {target}{again} ({})", describe::duration(result.took));
        let lines = layout::hanging(&format!("{} ", describe::mark_of(standing)), &text, self.options.columns());
        lines.iter().map(|line| paint(self.palette.standing(standing), line)).collect()
    }
}

/// `waiting for 3 messages at the witness; mail: null session, guest`.
fn waiting(mail: &[Awaited]) -> String {
    let mut roles: Vec<&str> = Vec::new();
    for Awaited { role, .. } in mail {
        if !roles.contains(&role.phrase()) {
            roles.push(role.phrase());
        }
    }
    let count = layout::counted(u32::try_from(mail.len()).unwrap_or(u32::MAX), "message");
    format!("waiting for {count} at the witness; mail of {}", roles.join(", "))
}

impl<W: Write + Send> Report for Terminal<W> {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.run.record(event);
        match event {
            RunEvent::RunStarted { version, selectors, cases, schema: _ } => {
                self.progress = Progress::new(self.options.progress, *cases);
                let all = layout::counted(*cases, "case");
                let asked = match selectors.as_slice() {
                    [] => String::new(),
                    some => format!(" selected by {}", printable(&some.join(" "))),
                };
                let line = format!("smtpspec {}: {all}{asked}", printable(version));
                self.write(&layout::hanging("", &line, self.options.columns()))
            }
            RunEvent::CaseStarted { case, target } => {
                self.progress.case_started(&printable(&case.0), &printable(self.run.title_of(target)));
                Ok(())
            }
            RunEvent::CaseFinished { result, decides: _, listed } => {
                let standing = Standing::of(result.judgement.verdict, listed.is_some());
                self.progress.ended(self.run.ended.len(), &self.run.count(true));
                if self.options.verbose { self.write(&self.case_lines(result, standing)) } else { Ok(()) }
            }
            // A model answers at once: to show its roles would hide the case.
            RunEvent::Attempted { target, attempt } if self.run.is_external(target) => {
                self.progress.attempted(attempt.role);
                Ok(())
            }
            RunEvent::WaitBegan { target: _, mail, lasts } => {
                let waiting = waiting(mail);
                self.progress.waits(&waiting, *lasts);
                // Where the seconds cannot be seen passing, they are told once.
                if self.options.progress {
                    return Ok(());
                }
                let line = format!("{waiting}, at most {}", describe::duration(*lasts));
                self.write(&layout::hanging("", &line, self.options.columns()))
            }
            RunEvent::WaitEnded { .. } => {
                self.progress.waits_no_more();
                Ok(())
            }
            RunEvent::TargetStarted { .. }
            | RunEvent::Attempted { .. }
            | RunEvent::CellFilled { .. }
            | RunEvent::RunFinished { .. } => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.progress.clear();
        let columns = self.options.columns();
        let mut lines = match roles::only_target(&self.run) {
            Some(target) => roles::lines(&self.run, target, &self.palette, columns),
            None => matrix::lines(&self.run, &self.palette, columns),
        };
        lines.extend(findings::lines(&self.run, &self.palette, &self.options));
        lines.extend(summary::lines(&self.run, &self.palette, columns));
        self.write(&lines)
    }
}

#[cfg(test)]
mod tests;
