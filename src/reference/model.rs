//! The model: an SMTP server of the period as a state machine without I/O. Bytes, time, addresses and nonces in; replies
//! and mail for the next hop out.
//!
//! The bulletin's question stands in three functions that never call each other ([`stages`]): who is this, may this
//! identity use the mail service, may this connection send to this recipient.

pub mod directory;
mod encapsulation;
mod mail;
mod mapi;
mod output;
pub mod relay_policy;
mod render;
pub mod seams;
pub mod session;
pub mod stages;

pub use directory::{Account, Directory};
pub use mail::bounce::{ReturnReason, Returned};
pub use output::{Hop, Mail, Output, SpokenFact};
pub use render::{Filling, SpokenLine};
pub use session::{Connection, Session};
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
}

/// What the products had and the model has not: the verb, mechanism or trait, and why. A client that tries one gets the
/// product's reply for what it does not know, or the refusal that is on record; never a success.
pub const NOT_MODELLED: &[(&str, &str)] = &[
    ("AUTH GSSAPI", "Kerberos is no part of the bulletin's question; 504 as for an unknown mechanism"),
    (
        "AUTH ANONYMOUS, AUTH EXTERNAL",
        "no product here offers them; where they are switched on, nobody is proved by them",
    ),
    ("ATRN and TURN with mail held", "no list says who may turn for which domain; refused for everybody"),
    ("ETRN's queue", "no mail is held, so starting a queue sends nothing"),
    ("X-EXPS", "authentication between Exchange servers; an unknown command"),
    ("X-LINK2STATE", "routing tables between Exchange servers; an unknown command"),
    ("XAUTH", "Exchange 5.0's authentication between servers, whose syntax is not on record; an unknown command"),
    ("XEXCH50", "its data phase; refused, since whether it asks for authentication changed with MS03-046"),
    ("SEND, SOML, SAML", "no product here delivers to terminals; refused as on record"),
    (
        "delivery to mailboxes",
        "a local recipient's mail goes inside; only a local part that hides an address has no mailbox",
    ),
    ("DSN", "its parameters are taken and not acted on; notices return the whole message"),
    ("HELO with a malformed argument", "that IIS closes the connection then (KB:Q240832) has no text on record"),
    ("connection limits, and 521 for hosts that may not connect", "the caller's business"),
    ("STARTTLS on loopback", "Exchange 5.5 never lists it there (KB:Q260065); here the address makes no difference"),
    ("\"This host is a relay server\"", "who skips Exchange 5.5's Connections sheet (KB:Q188250); nobody does here"),
    ("error limits", "MaxSmtpErrors is unlimited by default"),
    ("reverse look-up", "its result is given by the caller; nothing is checked against it"),
    ("quoted encapsulation", "`\"IMCEA user@victim\"@local` (KB:Q264330) is a local part without a mailbox"),
];
