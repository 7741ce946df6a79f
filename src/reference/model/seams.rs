//! The replaceable parts besides the three stages' own traits, each a small trait with the standard part beside it.

mod authentication;
mod chunks;
mod commands;
mod delivery;
mod guards;
mod submission;
mod tls;

pub use authentication::{AuthenticationByBehaviours, MailRights};
pub use chunks::{BetweenChunks, ChunkSequence, Chunks};
pub use commands::{CommandSet, VerbsOfBehaviours, WordedAsFacts, Wording};
pub use delivery::{
    BounceMaker, InsideOrOutside, MapiGate, NextHop, OpenToMapi, TraceHeader, TraceOfFacts, WholeMessageBounce,
};
pub use guards::{ExpansionGuard, NoExpansion, NothingHeld, QueueGuard, QueueRequest, TurnAnswer};
pub use submission::{ConnectionsSheet, SubmissionDecision, SubmissionRequest, SubmissionRule};
pub use tls::{BeginsAnew, Channel, ChannelChange, Kept, MechanismChoice, MechanismsOfBehaviours};
