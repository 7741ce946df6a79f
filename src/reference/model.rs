//! The model: an SMTP server of the period as a state machine without I/O. Bytes, time, addresses and nonces in; replies
//! and mail for the next hop out.
//!
//! The bulletin's question stands in three functions that never call each other ([`stages`]): who is this, may this
//! identity use the mail service, may this connection send to this recipient.

pub mod directory;
pub mod session;
pub mod stages;

pub use directory::{Account, Directory};
pub use session::{Connection, Hop, Mail, Output, Session, SpokenFact};
pub use stages::{Components, Identity};

use std::sync::Arc;

use super::deployment::behaviours::Behaviours;

/// Milliseconds since 1970-01-01T00:00:00Z, given by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub u64);

/// A server, ready to open sessions.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it does.
    pub behaviours: Arc<Behaviours>,
    /// Its replaceable parts.
    pub components: Components,
    /// Who has an account.
    pub directory: Arc<Directory>,
    /// Its own host name.
    pub host: String,
}

impl Model {
    /// A model of these behaviours with the components they name.
    pub fn new(behaviours: Arc<Behaviours>, directory: Arc<Directory>, host: impl Into<String>) -> Self {
        let components = Components::of(&behaviours);
        Self { behaviours, components, directory, host: host.into() }
    }

    /// Takes a message from a MAPI client, which does not come over SMTP and is not asked by the SMTP service's rules.
    pub fn submit_by_mapi(&self, mail: Mail, now: UnixTime) -> Vec<Output> {
        let _ = (mail, now);
        todo!()
    }
}
