//! The three stages: who is this, may they use the mail service, may this mail go there. None calls another.

use std::net::IpAddr;
use std::sync::Arc;

use super::Directory;
use crate::protocol::sasl::Proof;
use crate::protocol::wire::Path;

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
