//! The command line: arguments, the files a user names, exit codes. One file a subcommand.

mod advise;
mod arguments;
mod cases;
mod exit;
mod files;
mod kind;
mod lint;
mod list;
mod new;
mod scenario;
mod terminal;
mod verify;
mod witness;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::{Arguments, Subcommand};
use clap::Parser as _;
use exit::Exit;

/// Runs the command the arguments ask for. Everything printed and written happens in here.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(mut error) => {
            arguments::name_nearest_flag(&mut error, &given);
            // Help and version are printed by the same call; a broken pipe behind it is nobody's error.
            let asked_for = !error.use_stderr();
            let _ = error.print();
            return if asked_for { Exit::Conformant } else { Exit::WrongInput }.into();
        }
    };
    let terminal = terminal::Terminal::new(arguments.colour);
    let scenarios = &arguments.scenarios;
    let outcome = match &arguments.subcommand {
        Subcommand::Verify(arguments) => verify::verify(arguments, scenarios, &terminal),
        Subcommand::Advise(arguments) => advise::advise(arguments, scenarios, &terminal),
        Subcommand::List(arguments) => list::list(arguments, scenarios, &terminal),
        Subcommand::Witness(arguments) => witness::witness(arguments),
        Subcommand::New(arguments) => new::new(arguments, &terminal),
        Subcommand::Lint(arguments) => lint::lint(arguments, scenarios, &terminal),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            terminal.failure(&failure);
            failure.exit().into()
        }
    }
}
