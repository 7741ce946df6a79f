//! The reports of one run: the terminal, and the files the user asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cli::arguments::{ReportArgument, ReportFormat};
use crate::cli::exit::Failure;
use crate::cli::files;
use crate::cli::terminal::Terminal;
use crate::harness::EventSink;
use crate::judge::{CaseId, RunEvent, Summary, Verdict};
use crate::report::{self, Junit, Ndjson, Report, TerminalOptions};

/// One report and where it goes.
struct Destination {
    /// `None`: standard output.
    path: Option<PathBuf>,
    report: Box<dyn Report>,
    /// The first thing that went wrong with it; nothing more is written then.
    error: Option<io::Error>,
}

/// All of them.
pub(super) struct RunReports {
    wanted: Vec<ReportArgument>,
    options: TerminalOptions,
    open: Arc<Mutex<Vec<Destination>>>,
    so_far: Arc<Mutex<SoFar>>,
}

/// What the cases came to so far, those that decide.
#[derive(Debug, Default)]
struct SoFar(BTreeMap<(CaseId, String), Verdict>);

impl SoFar {
    /// A case that begins again has come to nothing yet.
    fn record(&mut self, event: &RunEvent) {
        match event {
            RunEvent::CaseStarted { case, target } => {
                self.0.remove(&(case.clone(), target.clone()));
            }
            RunEvent::CaseFinished { result, decides: true } => {
                self.0.insert((result.requirement.id.clone(), result.target.clone()), result.judgement.verdict);
            }
            RunEvent::CaseFinished { decides: false, .. }
            | RunEvent::RunStarted { .. }
            | RunEvent::TargetStarted { .. }
            | RunEvent::Attempted { .. }
            | RunEvent::CellFilled { .. }
            | RunEvent::RunFinished { .. } => {}
        }
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for verdict in self.0.values() {
            summary.count(*verdict);
        }
        summary
    }
}

impl RunReports {
    /// Looks at what is wanted and changes nothing yet, so that a run that cannot begin leaves earlier reports as they are.
    ///
    /// # Errors
    /// When two are to go to one file, or a file holds something that is no report.
    pub(super) fn plan(wanted: &[ReportArgument], terminal: &Terminal, verbose: bool) -> Result<Self, Failure> {
        let mut places = BTreeSet::new();
        for argument in wanted {
            let path = &argument.path;
            if !places.insert(place(path)) {
                let title = format!("two reports are to go to {}", path.display());
                return Err(Failure::argument(title, "name a file for each"));
            }
            if holds_something_else(path, argument.format) {
                let title = format!("{} exists and is no such report", path.display());
                return Err(Failure::argument(title, "name another file, or remove this one"));
            }
        }
        let options =
            TerminalOptions { colour: terminal.colour, width: terminal.width, progress: terminal.progress, verbose };
        Ok(Self { wanted: wanted.to_vec(), options, open: Arc::default(), so_far: Arc::default() })
    }

    /// Opens the files, before anything is sent.
    ///
    /// # Errors
    /// When one cannot be written. The others are as they were then.
    pub(super) fn open(&self) -> Result<(), Failure> {
        let begin = |argument: &ReportArgument| {
            // Emptied only when all of them can be written.
            let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&argument.path);
            opened.map_err(|error| files::unwritable(&argument.path, &error))
        };
        let begun = self.wanted.iter().map(begin).collect::<Result<Vec<File>, _>>()?;
        let on_screen = Box::new(report::Terminal::new(io::stdout(), self.options));
        let mut all = vec![Destination { path: None, report: on_screen, error: None }];
        for (argument, file) in self.wanted.iter().zip(begun) {
            let path = argument.path.clone();
            if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                file.set_len(0).map_err(|error| files::unwritable(&path, &error))?;
            }
            let out = BufWriter::new(file);
            let report: Box<dyn Report> = match argument.format {
                ReportFormat::Junit => Box::new(Junit::new(out)),
                ReportFormat::Ndjson => Box::new(Ndjson::new(out)),
            };
            all.push(Destination { path: Some(path), report, error: None });
        }
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    /// Where the run's events go.
    pub(super) fn sink(&self) -> EventSink {
        let all = Arc::clone(&self.open);
        let so_far = Arc::clone(&self.so_far);
        Arc::new(move |event: RunEvent| {
            so_far.lock().unwrap_or_else(PoisonError::into_inner).record(&event);
            for destination in all.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
                if destination.error.is_none() {
                    destination.error = destination.report.event(&event).err();
                }
            }
        })
    }

    /// Says in each report that the user broke the run off, with what the cases had come to by then.
    pub(super) fn broken_off(&self, took: Duration) {
        let summary = self.so_far.lock().unwrap_or_else(PoisonError::into_inner).summary();
        self.sink()(RunEvent::RunFinished { summary, unjudged: Vec::new(), took, exit: RunEvent::BROKEN_OFF });
    }

    /// Writes what is left, of a run that was broken off too.
    ///
    /// # Errors
    /// The first report that could not be written. A reader of standard output that went away is no error.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let all = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        let mut outcome = Ok(());
        for Destination { path, report, error } in all {
            let Err(error) = error.map_or_else(|| report.finish(), Err) else { continue };
            let failure = match path {
                None if error.kind() == io::ErrorKind::BrokenPipe => continue,
                None => Failure::Output(error),
                Some(path) => Failure::Write { path, error },
            };
            outcome = outcome.and(Err(failure));
        }
        outcome
    }
}

/// A path in its one form, whether there is a file already or not.
fn place(path: &Path) -> PathBuf {
    let in_folder = || Some(files::folder_of(path).canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_path_buf())
}

/// Whether a file is there that an earlier report would not have begun like: it is somebody's and is left alone.
fn holds_something_else(path: &Path, format: ReportFormat) -> bool {
    let beginning: &[u8] = match format {
        ReportFormat::Junit => b"<?xml",
        ReportFormat::Ndjson => b"{\"event\"",
    };
    let Ok(file) = File::open(path) else { return false };
    let mut found = Vec::new();
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file
        && file.take(beginning.len() as u64).read_to_end(&mut found).is_ok()
        && !found.is_empty()
        && found != beginning
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{CaseResult, Judgement, Level, Requirement};

    /// docs/events.md, "A case may come again".
    #[test]
    fn a_case_that_begins_again_counts_when_it_ends_again() {
        let (case, target) = (CaseId("relay/guest".to_owned()), "lab".to_owned());
        let started = RunEvent::CaseStarted { case: case.clone(), target: target.clone() };
        let (sentence, place) = (String::new(), String::new());
        let requirement = Requirement { id: case, sentence, sources: Vec::new(), level: Level::Must, place };
        let finished = |verdict, decides| RunEvent::CaseFinished {
            result: Box::new(CaseResult {
                requirement: requirement.clone(),
                target: target.clone(),
                role: None,
                authentication: None,
                fate: None,
                judgement: Judgement::new(verdict, ""),
                transcript: None,
                deciding_entry: None,
                took: Duration::ZERO,
            }),
            decides,
        };
        let nothing = Summary::default();
        let mut so_far = SoFar::default();
        for (event, expected) in [
            (started.clone(), nothing),
            (finished(Verdict::Conformant, true), Summary { conformant: 1, ..nothing }),
            (started.clone(), nothing),
            (finished(Verdict::Deviates, true), Summary { deviates: 1, ..nothing }),
            (started, nothing),
            (finished(Verdict::Deviates, false), nothing),
        ] {
            so_far.record(&event);
            assert_eq!(so_far.summary(), expected, "{event:?}");
        }
    }
}
