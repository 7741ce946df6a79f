//! One test binary, one module a theme.

mod interop;
mod layers;
mod model;
