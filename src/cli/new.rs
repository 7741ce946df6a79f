//! `smtpspec new`.

use super::arguments::New;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

pub(super) fn new(arguments: &New, terminal: &Terminal) -> Result<Exit, Failure> {
    let _ = (arguments, terminal);
    Err(Failure::Ours("not there yet".to_owned()))
}
