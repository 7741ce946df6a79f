//! The three stages and the other replaceable parts, each a seam: a wrong one can be put in its place and be seen to fail.

use std::sync::Arc;

use super::relay_policy;
use super::seams::{
    AuthenticationByBehaviours, BeginsAnew, BounceMaker, ChannelChange, ChunkSequence, Chunks, CommandSet,
    ConnectionsSheet, ExpansionGuard, InsideOrOutside, MailRights, MapiGate, MechanismChoice, MechanismsOfBehaviours,
    NextHop, NoExpansion, NothingHeld, OpenToMapi, QueueGuard, SubmissionRule, TraceHeader, TraceOfFacts,
    VerbsOfBehaviours, WholeMessageBounce, WordedAsFacts, Wording,
};
use super::stages::{Authenticate, Authorization, RelayPolicy};
use crate::reference::deployment::behaviours::{AuthorizationComponent, Behaviours};

/// The replaceable parts of a model.
#[derive(Clone)]
pub struct Components {
    /// Stage 1.
    pub authenticate: Arc<dyn Authenticate>,
    /// Stage 2.
    pub authorization: Authorization,
    /// Stage 3.
    pub relay_policy: Arc<dyn RelayPolicy>,
    /// Which verbs are commands.
    pub commands: Arc<dyn CommandSet>,
    /// What is said in place of what the facts say.
    pub wording: Arc<dyn Wording>,
    /// What STARTTLS leaves.
    pub channel: Arc<dyn ChannelChange>,
    /// By what a client may authenticate on which channel.
    pub mechanisms: Arc<dyn MechanismChoice>,
    /// What may come between chunks.
    pub chunks: Arc<dyn ChunkSequence>,
    /// Who may submit as whom, asked after the data.
    pub submission: Arc<dyn SubmissionRule>,
    /// TURN, ATRN and ETRN.
    pub queues: Arc<dyn QueueGuard>,
    /// EXPN.
    pub expansion: Arc<dyn ExpansionGuard>,
    /// Inside or outside, for mail that no RCPT decided about.
    pub next_hop: Arc<dyn NextHop>,
    /// The trace header.
    pub trace: Arc<dyn TraceHeader>,
    /// Notices.
    pub bounce: Arc<dyn BounceMaker>,
    /// MAPI.
    pub mapi: Arc<dyn MapiGate>,
}

impl std::fmt::Debug for Components {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Components").finish_non_exhaustive()
    }
}

impl Components {
    /// The parts that the behaviours name.
    pub fn of(behaviours: &Behaviours) -> Self {
        let authorization = match behaviours.authorization {
            AuthorizationComponent::Absent => Authorization::Absent,
            AuthorizationComponent::AtAuthentication => Authorization::AtAuthentication(Arc::new(MailRights)),
            AuthorizationComponent::AfterAuthentication => Authorization::AfterAuthentication(Arc::new(MailRights)),
        };
        Self {
            authenticate: Arc::new(AuthenticationByBehaviours::of(behaviours)),
            authorization,
            relay_policy: relay_policy::of(&behaviours.settings),
            commands: Arc::new(VerbsOfBehaviours),
            wording: Arc::new(WordedAsFacts),
            channel: Arc::new(BeginsAnew),
            mechanisms: Arc::new(MechanismsOfBehaviours),
            chunks: Arc::new(Chunks::of(behaviours.chunking)),
            submission: Arc::new(ConnectionsSheet::of(&behaviours.settings)),
            queues: Arc::new(NothingHeld),
            expansion: Arc::new(NoExpansion),
            next_hop: Arc::new(InsideOrOutside::of(&behaviours.settings)),
            trace: Arc::new(TraceOfFacts),
            bounce: Arc::new(WholeMessageBounce),
            mapi: Arc::new(OpenToMapi),
        }
    }
}
