//! One run of the program in a folder of its own.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use smtpspec::diagnostic::text;
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_smtpspec");

/// Nothing here may hang. The slowest run takes a few seconds, and many times that on a machine that is busy.
pub(crate) const LONGEST: Duration = Duration::from_secs(300);

/// A folder that the program is run in, so that names in its messages are the names the test gave.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, the folders in its name included.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn with_folder(self, name: &str) -> Self {
        std::fs::create_dir_all(self.path(name)).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program as it is to be run here, what the test's own surroundings would change taken away.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).env_remove("NO_COLOR").env_remove("COLUMNS");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(PROGRAM);
        command.args(arguments);
        Ended::of(command)
    }
}

/// Runs the program where no file matters.
pub(crate) fn run(arguments: &[&str]) -> Ended {
    Folder::new().run(arguments)
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(command: Command) -> Self {
        let output = assert_cmd::Command::from_std(command).timeout(LONGEST).output().unwrap();
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every line of both streams is readable at 80 columns, which is what there is where no terminal says otherwise.
    #[track_caller]
    pub(crate) fn fits(self) -> Self {
        for line in self.stdout.lines().chain(self.stderr.lines()) {
            assert!(text::width(line) <= 80, "{} columns: {line}", text::width(line));
        }
        self
    }

    /// Ended with this code, and said what it had to say on the stream for it: mistakes on standard error alone.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert_eq!(self.stderr.is_empty(), code != 2, "{self:#?}");
        self
    }

    /// The last lines, behind the last rule.
    pub(crate) fn summary(&self) -> &str {
        self.stdout.rsplit_once("──\n").map_or("", |(_, summary)| summary)
    }
}

/// Compares with a snapshot, times taken out.
macro_rules! snapshot {
    ($name:expr, $text:expr) => {
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            omit_expression => true,
            filters => [(r"in \d+(\.\d+)? s:", "in TIME:"), (r"^smtpspec \d+\.\d+\.\d+", "smtpspec VERSION")],
        }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}
pub(crate) use snapshot;
