//! Exit codes and the failures behind them.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::diagnostic::Diagnostic;

/// What the process ends with. `smtpspec help` and `docs/exit-codes.md` list the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: everything that decides conforms.
    Conformant,
    /// 1: something deviates.
    Deviates,
    /// 2: the user's input is wrong.
    WrongInput,
    /// 3: nothing deviates, but something could not be told.
    Inconclusive,
    /// 4: smtpspec itself failed.
    Failed,
    /// 5: a report or another output could not be written to its end; the verdicts on the terminal stand.
    NotWritten,
    /// 130: broken off by the user; results so far are kept.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::Deviates => 1,
            Self::WrongInput => 2,
            Self::Inconclusive => 3,
            Self::Failed => 4,
            Self::NotWritten => 5,
            Self::Interrupted => 130,
        }
    }

    /// For `smtpspec --help`.
    pub(super) const HELP: &'static str = "\
Exit codes:
  0    conformant
  1    something deviates
  2    wrong input: an argument, a file, a selector
  3    nothing deviates, but something could not be told
  4    smtpspec itself failed
  5    a report or another output could not be written to its end
  130  broken off; what was known by then is reported";
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The user's input is wrong; each with its place.
    #[error("wrong input")]
    Input(Vec<Diagnostic>),
    /// A file that could not be written to its end.
    #[error("cannot write {}: {error}", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Standard output is gone.
    #[error("cannot write to standard output: {0}")]
    Output(std::io::Error),
    /// A fault of ours.
    #[error("smtpspec failed: {0}")]
    Ours(String),
}

impl Failure {
    /// One complaint without a place in a file.
    pub(super) fn argument(title: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Input(vec![Diagnostic::error(title).remedy(remedy)])
    }

    /// What the process ends with.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Input(_) => Exit::WrongInput,
            Self::Write { .. } => Exit::NotWritten,
            // A reader that went away (`| head`) is no failure of the run.
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Conformant,
            Self::Output(_) => Exit::NotWritten,
            Self::Ours(_) => Exit::Failed,
        }
    }
}
