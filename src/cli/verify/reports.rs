//! The reports of one run: the terminal, and the files the user asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Stdout};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cli::arguments::{ReportArgument, ReportFormat};
use crate::cli::exit::{Exit, Failure};
use crate::cli::files;
use crate::cli::terminal::Terminal;
use crate::harness::EventSink;
use crate::judge::{CaseId, RunEvent, Summary, Verdict};
use crate::report::{self, Junit, Ndjson, Report, TerminalOptions};

/// A report in a file.
struct InFile {
    path: PathBuf,
    /// `None` once it is written to its end, or cannot be.
    report: Option<Box<dyn Report>>,
    /// The first thing that went wrong with it.
    error: Option<io::Error>,
}

impl InFile {
    fn event(&mut self, event: &RunEvent) {
        if let Some(report) = &mut self.report
            && let Err(error) = report.event(event)
        {
            self.error = Some(error);
            self.report = None;
        }
    }

    fn finish(&mut self) {
        if let Some(report) = self.report.take() {
            self.error = report.finish().err();
        }
    }
}

/// The report on standard output.
struct OnScreen {
    report: Box<report::Terminal<Stdout>>,
    error: Option<io::Error>,
}

/// The reports under way.
#[derive(Default)]
struct Open {
    screen: Option<OnScreen>,
    files: Vec<InFile>,
}

impl Open {
    fn event(&mut self, event: &RunEvent) {
        self.files.iter_mut().for_each(|file| file.event(event));
        if let RunEvent::RunFinished { exit, .. } = event {
            self.end_files(*exit);
        }
        if let Some(screen) = self.screen.as_mut().filter(|screen| screen.error.is_none()) {
            screen.error = screen.report.event(event).err();
        }
    }

    /// Writes the files before the last lines on the screen, which name the code that the process ends with. A run that
    /// failed by itself ends with its own.
    fn end_files(&mut self, exit: u8) {
        self.files.iter_mut().for_each(InFile::finish);
        let has_verdict = matches!(exit, 0 | 1 | 3 | RunEvent::BROKEN_OFF);
        if let Some(screen) = &mut self.screen
            && has_verdict
            && self.files.iter().any(|file| file.error.is_some())
        {
            screen.report.not_written(Exit::NotWritten.code());
        }
    }
}

/// All of them.
pub(super) struct RunReports {
    wanted: Vec<ReportArgument>,
    options: TerminalOptions,
    open: Arc<Mutex<Open>>,
    so_far: Arc<Mutex<SoFar>>,
}

/// What the cases came to so far, those that decide; and whether a file lists them as expected to deviate.
#[derive(Debug, Default)]
struct SoFar(BTreeMap<(CaseId, String), (Verdict, bool)>);

impl SoFar {
    /// A case that begins again has come to nothing yet.
    fn record(&mut self, event: &RunEvent) {
        match event {
            RunEvent::CaseStarted { case, target } => {
                self.0.remove(&(case.clone(), target.clone()));
            }
            RunEvent::CaseFinished { result, decides: true, listed } => {
                let came_to = (result.judgement.verdict, listed.is_some());
                self.0.insert((result.requirement.id.clone(), result.target.clone()), came_to);
            }
            RunEvent::CaseFinished { decides: false, .. }
            | RunEvent::RunStarted { .. }
            | RunEvent::TargetStarted { .. }
            | RunEvent::Attempted { .. }
            | RunEvent::WaitBegan { .. }
            | RunEvent::WaitEnded { .. }
            | RunEvent::CellFilled { .. }
            | RunEvent::RunFinished { .. } => {}
        }
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for came_to in self.0.values() {
            match came_to {
                (Verdict::Deviates, true) => summary.count_expected(),
                (verdict, _) => summary.count(*verdict),
            }
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
        let mut all = Open { screen: Some(OnScreen { report: on_screen, error: None }), files: Vec::new() };
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
            all.files.push(InFile { path, report: Some(report), error: None });
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
            all.lock().unwrap_or_else(PoisonError::into_inner).event(&event);
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
        let Open { screen, mut files } = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        files.iter_mut().for_each(InFile::finish);
        if let Some(OnScreen { report, error }) = screen
            && let Err(error) = error.map_or_else(|| report.finish(), Err)
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            return Err(Failure::Output(error));
        }
        let failed = files.into_iter().find_map(|InFile { path, error, .. }| Some((path, error?)));
        failed.map_or(Ok(()), |(path, error)| Err(Failure::Write { path, error }))
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
            listed: None,
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
