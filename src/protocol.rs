//! SMTP and SASL as bytes and values, and the record of what was said. Pure: nothing here names a socket, a file,
//! a clock, a runtime or a source of randomness.

pub mod sasl;
pub mod secret;
pub mod transcript;
pub mod wire;
