//! `smtpspec new`: a file to begin with.

use std::io::{self, Write as _};

use super::arguments::{New, Template};
use super::exit::{Exit, Failure};
use super::files;
use super::terminal::Terminal;
use crate::harness::TargetFile;

/// A feature file with one case that runs as it stands.
const CASE: &str = include_str!("new/case.feature");

pub(super) fn new(arguments: &New, _terminal: &Terminal) -> Result<Exit, Failure> {
    let (text, then) = match arguments.what {
        Template::Target => (TargetFile::TEMPLATE, "fill it in, then: smtpspec verify --on"),
        Template::Case => (CASE, "try it: smtpspec verify --on reference --features"),
    };
    match &arguments.path {
        None => io::stdout().write_all(text.as_bytes()).map_err(Failure::Output)?,
        Some(path) => {
            files::write_new(path, text)?;
            writeln!(io::stdout(), "wrote {path}\n{then} {path}", path = path.display()).map_err(Failure::Output)?;
        }
    }
    Ok(Exit::Conformant)
}
