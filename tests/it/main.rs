//! One test binary, one module a theme.

#[cfg(unix)]
mod interop;
mod layers;
mod model;
