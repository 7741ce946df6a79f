//! SMTP and SASL as bytes and values, what a TLS handshake came to, and the record of what was said. Pure: nothing here names a socket, a file,
//! a clock, a runtime or a source of randomness.

pub mod sasl;
pub mod secret;
pub mod tls;
pub mod transcript;
pub mod wire;
