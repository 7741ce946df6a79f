//! What is wrong with a feature file that Gherkin itself would accept, or report in the wrong place.

mod layout;
mod order;
mod steps;
mod tags;

pub(super) use layout::layout;
pub(super) use order::order;
pub(super) use steps::{StepLint, deployment_of};
pub use tags::ClaimId;
pub(super) use tags::{OurTag, read_tag};
