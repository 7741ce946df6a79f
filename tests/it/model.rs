//! The reference model, driven by bytes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod authentication;
mod bounds;
mod chunks;
mod claims;
mod commands;
mod completeness;
mod cuts;
mod delivery;
mod dialogues;
mod fingerprints;
mod grammar;
mod no_relay;
mod not_modelled;
mod product;
mod rcpt;
mod replies;
mod role;
mod seams;
mod second_message;
mod starttls;
mod strictness;
mod support;
mod verbs;
