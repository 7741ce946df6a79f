//! The three stages and the other replaceable parts, each a seam: a wrong one can be put in its place and be seen to fail.

use std::net::IpAddr;
use std::sync::Arc;

use super::seams::{
    AuthenticationByBehaviours, BounceMaker, ChunkSequence, Chunks, CommandSet, ConnectionsSheet, ExpansionGuard,
    InsideOrOutside, MailRights, MapiGate, NextHop, NoExpansion, NothingHeld, OpenToMapi, QueueGuard, SubmissionRule,
    TraceHeader, TraceOfFacts, VerbsOfBehaviours, WholeMessageBounce, WordedAsFacts, Wording,
};
use super::{Directory, relay_policy};
use crate::protocol::sasl::Proof;
use crate::protocol::wire::Path;
use crate::reference::deployment::behaviours::{AuthorizationComponent, Behaviours};

/// Who a client turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// NTLM's null session: nobody in particular.
    NullSession,
    /// The Guest account.
    Guest,
    /// An account of the directory, by its name.
    Account(String),
}

/// Stage 1: who is this? Credentials to identity; `None`: nobody was proved.
pub trait Authenticate: Send + Sync {
    /// Judges a proof.
    fn authenticate(&self, proof: &Proof, directory: &Directory) -> Option<Identity>;
}

/// Stage 2: may this identity use the mail service?
pub trait Authorize: Send + Sync {
    /// Yes or no.
    fn may_use_mail(&self, identity: &Identity, directory: &Directory) -> bool;
}

/// What stage 3 is asked.
#[derive(Clone, Debug)]
pub struct RelayRequest<'a> {
    /// The client's address.
    pub peer: IpAddr,
    /// The address it connected to.
    pub local: IpAddr,
    /// The server's own name.
    pub host: &'a str,
    /// The identity that may use the mail service, if any.
    pub authorized: Option<&'a Identity>,
    /// Where the mail is to go.
    pub forward_path: &'a Path,
}

/// Stage 3's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayDecision {
    /// The recipient is the host's own or passed inside.
    Inside,
    /// It goes out.
    Outside,
    /// RCPT is accepted and the mail is returned to its reverse-path ("do not reroute").
    AcceptAndReturn,
    /// RCPT is refused.
    Refuse,
}

/// Stage 3: may this connection send to this recipient?
pub trait RelayPolicy: Send + Sync {
    /// Decides.
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision;
}

/// Where the second function is asked.
#[derive(Clone)]
pub enum Authorization {
    /// Nowhere: whoever authenticated counts as authorized. This is the flaw.
    Absent,
    /// At the end of AUTH.
    AtAuthentication(Arc<dyn Authorize>),
    /// After a 235.
    AfterAuthentication(Arc<dyn Authorize>),
}

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
