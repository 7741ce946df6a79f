//! `smtpspec verify`.

use super::arguments::Verify;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

pub(super) fn verify(arguments: &Verify, terminal: &Terminal) -> Result<Exit, Failure> {
    let _ = (arguments, terminal);
    Err(Failure::Ours("not there yet".to_owned()))
}
