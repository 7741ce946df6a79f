//! One test binary, one module a theme.

mod features;
#[cfg(unix)]
mod interop;
mod layers;
mod model;
mod teeth;
