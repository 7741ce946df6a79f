//! The command line as its users meet it: the program itself is run, and its exit code and both its streams are read.

mod advice;
mod expected;
mod features;
mod help;
mod late;
mod lint;
mod listings;
mod matrix;
mod on;
mod reports;
mod run;
mod scenarios;
mod selectors;
mod servers;
#[cfg(target_os = "linux")]
mod streams;
mod templates;
#[cfg(unix)]
mod witness;
