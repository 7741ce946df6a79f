//! What the process knows of its terminal, asked once.

use std::io::{IsTerminal as _, Write as _};

use terminal_size::terminal_size_of;

use super::arguments::ColourChoice;
use super::exit::Failure;
use crate::diagnostic::Diagnostic;

/// Columns where nobody can tell.
const DEFAULT_WIDTH: usize = 80;

/// Standard output and standard error as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// Whether standard output takes colour.
    pub(super) colour: bool,
    /// Whether standard error takes colour.
    pub(super) colour_on_stderr: bool,
    /// Whether standard error is a terminal on which progress can be drawn.
    pub(super) progress: bool,
    /// Columns of standard output.
    pub(super) width: usize,
    /// Columns of standard error.
    pub(super) width_of_stderr: usize,
}

impl Terminal {
    /// Looks at the streams and at `NO_COLOR` (<https://no-color.org>).
    pub(super) fn new(choice: ColourChoice) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour_on = |is_terminal: bool| match choice {
            ColourChoice::Auto => is_terminal && !no_color,
            ColourChoice::Always => true,
            ColourChoice::Never => false,
        };
        let stderr_is_terminal = std::io::stderr().is_terminal();
        // Each stream for itself: what goes to a file is not to depend on the terminal that it was started from.
        let columns = |size: Option<(terminal_size::Width, _)>| size.map_or(DEFAULT_WIDTH, |(width, _)| width.0.into());
        Self {
            colour: colour_on(std::io::stdout().is_terminal()),
            colour_on_stderr: colour_on(stderr_is_terminal),
            progress: stderr_is_terminal,
            width: columns(terminal_size_of(std::io::stdout())),
            width_of_stderr: columns(terminal_size_of(std::io::stderr())),
        }
    }

    /// Says on standard error what there is to say beside a verdict.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        let mut stderr = std::io::stderr().lock();
        for diagnostic in diagnostics {
            // Nobody is left to tell when standard error is gone too.
            let _ = writeln!(stderr, "{}", diagnostic.render(self.colour_on_stderr, self.width_of_stderr));
        }
    }

    /// Says on standard error why a command could not do what it was asked.
    pub(super) fn failure(&self, failure: &Failure) {
        match failure {
            Failure::Input(diagnostics) => self.diagnostics(diagnostics),
            Failure::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            other => {
                let _ = writeln!(std::io::stderr(), "error: {other}");
            }
        }
    }
}
