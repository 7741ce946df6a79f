//! One test binary, one module a theme.

mod model;
