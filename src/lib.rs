//! smtpspec answers one question about a mail server: *who may relay through it?*
//!
//! It runs plain-language cases against a built-in reference model of the servers that Microsoft's
//! bulletin MS02-011 describes, and against any mail server over TCP, with the same client side.
//!
//! ```text
//! features ─► feature ─► harness ──bytes──► target ──bytes──► transcript ─┐
//!                                             │                           ├─► judge ─► event ─► report
//!                        model or real server └──── mail ──► witness ─────┘
//! ```
//!
//! Data flows one way. The floors, from the ground up:
//!
//! | floor | what it is | may know |
//! |---|---|---|
//! | [`diagnostic`] | an error with its place | nothing |
//! | [`protocol`] | SMTP and SASL as bytes and values, the transcript | nothing |
//! | [`judge`] | evidence of several roles to a verdict | `protocol` |
//! | [`reference`] | deployments as data, the bulletin, the model of the old servers | `protocol`, `diagnostic` |
//! | [`transport`] | the only floor with sockets | `protocol` |
//! | [`harness`] | the client, the witness, the target, the run | all above |
//! | [`feature`] | Gherkin cases and their steps | `harness`, `judge`, `reference`, `protocol`, `diagnostic` |
//! | [`report`] | what people and machines read | `judge`, `protocol`, `diagnostic` |
//! | [`cli`] | arguments, files, exit codes | all |
//!
//! The first four are pure: no socket, no file, no clock, no random source. `tests/it/layers.rs` enforces the table.

pub mod cli;
pub mod diagnostic;
pub mod feature;
pub mod harness;
pub mod judge;
pub mod protocol;
pub mod reference;
pub mod report;
pub mod transport;
