//! `--beside`: a target and a model, told the same by one client.

mod laws;
mod lies;
mod program;
