//! `smtpspec lint`.

use super::arguments::Lint;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

pub(super) fn lint(arguments: &Lint, terminal: &Terminal) -> Result<Exit, Failure> {
    let _ = (arguments, terminal);
    Err(Failure::Ours("not there yet".to_owned()))
}
