//! One test binary, one module a theme.

mod clients;
#[cfg(unix)]
mod interop;
mod layers;
mod model;
