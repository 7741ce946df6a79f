//! The reports of one run: the terminal, and the files the user asked for.

use std::fs::File;
use std::io::{self, BufWriter, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::arguments::{ReportArgument, ReportFormat};
use crate::cli::exit::Failure;
use crate::cli::terminal::Terminal;
use crate::harness::EventSink;
use crate::judge::RunEvent;
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
pub(super) struct RunReports(Arc<Mutex<Vec<Destination>>>);

impl RunReports {
    /// Opens the files before anything runs, so that a path that cannot be written costs no run.
    ///
    /// # Errors
    /// When one cannot be written, is named twice, or holds something that is no report.
    pub(super) fn open(wanted: &[ReportArgument], terminal: &Terminal, verbose: bool) -> Result<Self, Failure> {
        let options =
            TerminalOptions { colour: terminal.colour, width: terminal.width, progress: terminal.progress, verbose };
        let on_screen = Box::new(report::Terminal::new(io::stdout(), options));
        let mut all = vec![Destination { path: None, report: on_screen, error: None }];
        for argument in wanted {
            if all.iter().any(|other| other.path.as_ref() == Some(&argument.path)) {
                let title = format!("two reports are to go to {}", argument.path.display());
                return Err(Failure::argument(title, "name a file for each"));
            }
            let out = create(argument)?;
            let report: Box<dyn Report> = match argument.format {
                ReportFormat::Junit => Box::new(Junit::new(out)),
                ReportFormat::Ndjson => Box::new(Ndjson::new(out)),
            };
            all.push(Destination { path: Some(argument.path.clone()), report, error: None });
        }
        Ok(Self(Arc::new(Mutex::new(all))))
    }

    /// Where the run's events go.
    pub(super) fn sink(&self) -> EventSink {
        let all = Arc::clone(&self.0);
        Arc::new(move |event: RunEvent| {
            for destination in all.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
                if destination.error.is_none() {
                    destination.error = destination.report.event(&event).err();
                }
            }
        })
    }

    /// Writes what is left, of a run that was broken off too.
    ///
    /// # Errors
    /// The first report that could not be written. A reader of standard output that went away is no error.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
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

fn create(argument: &ReportArgument) -> Result<BufWriter<File>, Failure> {
    let path = &argument.path;
    let beginning: &[u8] = match argument.format {
        ReportFormat::Junit => b"<?xml",
        ReportFormat::Ndjson => b"{\"event\"",
    };
    if holds_something_else(path, beginning) {
        let title = format!("{} exists and is no report", path.display());
        return Err(Failure::argument(title, "name another file, or remove this one"));
    }
    File::create(path).map(BufWriter::new).map_err(|error| Failure::Write { path: path.clone(), error })
}

/// Whether a file is there that an earlier report would not have begun like: it is somebody's and is left alone.
fn holds_something_else(path: &Path, beginning: &[u8]) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut found = Vec::new();
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file
        && file.take(beginning.len() as u64).read_to_end(&mut found).is_ok()
        && !found.is_empty()
        && found != beginning
}
