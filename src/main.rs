//! The `smtpspec` command: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    smtpspec::cli::run(std::env::args_os())
}
