//! One test binary, one module a theme.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so")]

mod cli;
mod clients;
#[cfg(unix)]
mod interop;
mod layers;
mod model;
