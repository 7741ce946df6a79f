//! `smtpspec advise`.

use super::arguments::Advise;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

pub(super) fn advise(arguments: &Advise, terminal: &Terminal) -> Result<Exit, Failure> {
    let _ = (arguments, terminal);
    Err(Failure::Ours("not there yet".to_owned()))
}
