//! Cases in plain language: read, checked, and run by the `cucumber` engine, of which nothing outside this floor knows.

mod case;
mod claims;
mod draft;
mod engine;
mod expected;
mod id;
mod lines;
mod lint;
mod outline;
mod parser;
mod plan;
mod selector;
mod sources;
mod steps;
mod suite;
mod text;
mod vocabulary;
mod world;

pub use case::{Case, DeploymentName, Subject};
pub use claims::{CLAIMS, Claim, claims};
pub use engine::{Blame, Fault, Outcome, planned, run};
pub use expected::Expected;
pub use lint::ClaimId;
pub use plan::{Advisor, Plan, Scope, StandIn};
pub use selector::Selector;
pub use steps::form::{StepForm, StepKeyword};
pub use steps::parameters::ParameterForm;
pub use suite::Suite;
pub use text::{FeatureText, built_in};
pub use vocabulary::{Theme, VOCABULARY, parameters};
