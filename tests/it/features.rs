//! The cases in plain language: what is built in, what is wrong with a file, which cases a selector means, how they
//! run.

mod bench;
mod built_in;
mod engine;
mod lint;
mod machine;
mod selectors;

use bench::record;
pub(crate) use bench::{block_on, catalogue, plan, record_by, suite};
