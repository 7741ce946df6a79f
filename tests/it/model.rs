//! The reference model, driven by bytes.

mod authentication;
mod bounds;
mod chunks;
mod commands;
mod cuts;
mod delivery;
mod grammar;
mod rcpt;
mod support;
mod verbs;
