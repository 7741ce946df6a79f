//! One test binary, one module a theme.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so")]

mod carriers;
mod cli;
mod clients;
#[path = "../support/curl.rs"]
mod curl;
mod evidence;
mod features;
#[path = "../support/gate.rs"]
mod gate;
mod lab;
mod layers;
mod logins;
mod model;
mod readme;
mod required;
mod sequence;
mod snapshots;
mod teeth;
