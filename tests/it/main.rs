//! One test binary, one module a theme.

mod carriers;
#[cfg(unix)]
mod interop;
mod layers;
mod model;
