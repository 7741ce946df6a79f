//! `smtpspec list`.

use super::arguments::List;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

pub(super) fn list(arguments: &List, terminal: &Terminal) -> Result<Exit, Failure> {
    let _ = (arguments, terminal);
    Err(Failure::Ours("not there yet".to_owned()))
}
