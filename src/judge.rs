//! From what was seen to a verdict. Pure: replies and sightings in, verdicts out.

mod comparison;
mod declaration;
mod event;
mod evidence;
#[cfg(test)]
pub(crate) mod fixture;
mod open;
pub mod record;
mod requirement;
mod role;
mod sighting;
mod verdict;

pub use comparison::{
    Answers, BothAnswers, Compared, Comparison, Substitution, Weight, is_same_answer, is_same_fate, weigh,
};
pub use declaration::{Declaration, Presence, Service, Source};
pub use event::{Awaited, CaseResult, Cell, Listed, RunEvent, Summary, TargetKind, TlsBegun, TlsUse};
pub use evidence::{Attempt, Authentication, Destination, Evidence, Fate, NoAnswer, NoTls, Spoken, Stage};
pub use open::OpenReason;
pub use requirement::{CaseId, Citation, Level, Requirement};
pub use role::Role;
pub use sighting::{Action, Door, Hint, Nonce, Sighting, Stated};
pub use verdict::{Anybody, Conclusion, Doubt, Exit, Judgement, NotRelayed, Rules, StandardRules, Verdict};
pub(crate) use verdict::{duration, hinted, is_what_anybody_gets, no_mechanism, no_tls};
