//! The model: an SMTP server of the period as a state machine without I/O. Bytes, time, addresses and nonces in; replies
//! and mail for the next hop out.
//!
//! The bulletin's question stands in three functions that never call each other ([`stages`]): who is this, may this
//! identity use the mail service, may this connection send to this recipient.

pub mod components;
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

pub use components::Components;
pub use directory::{Account, Directory};
pub use mail::bounce::{ReturnReason, Returned};
pub use output::{Hop, Mail, Output, SpokenFact};
pub use render::{Filling, SpokenLine};
pub use session::{Connection, Session};
pub use stages::Identity;

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

/// What the products had and the model refuses: the verb, mechanism or trait, and how. A client that tries one gets the
/// reply for what the product does not know, or a refusal of its own.
pub const NOT_MODELLED_REFUSED: &[(&str, &str)] = &[
    ("AUTH GSSAPI", "Kerberos is no part of the bulletin's question; 504 as for an unknown mechanism"),
    (
        "AUTH ANONYMOUS, AUTH EXTERNAL",
        "no product here offers them: 504; where a product file does, nobody is proved by them",
    ),
    ("ATRN and TURN with mail held", "no list says who may turn for which domain; refused to everybody"),
    ("X-EXPS", "authentication between Exchange servers; an unknown command"),
    ("X-LINK2STATE", "routing tables between Exchange servers; an unknown command"),
    ("XAUTH", "Exchange 5.0's authentication between servers, whose syntax is not on record; an unknown command"),
    (
        "XEXCH50",
        "its data phase; 504 before authentication, which MS03-046 made a condition, and 502 after it, both chosen",
    ),
    (
        "SEND, SOML, SAML",
        "no product here delivers to terminals; SOML and SAML get the codes on record, SEND is an unknown command",
    ),
    (
        "messages over 1 MiB",
        "what the model holds; 552, also where SIZE without a number or `SIZE 0` says that any size is taken (RFC 1870)",
    ),
    (
        "\"This host is a relay server\"",
        "who skips Exchange 5.5's Connections sheet (KB:Q188250); here the sheet holds for everybody",
    ),
];

/// What the products had and the model takes without effect: the verb or trait, and what there should be. A client that
/// tries one gets a success, and nothing comes of it.
pub const NOT_MODELLED_WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("ETRN's queue", "no mail is held: for a domain of the server's own ETRN gets its 250, and nothing is sent"),
    ("DSN", "NOTIFY, ORCPT, RET and ENVID are taken, and notices return the whole message whatever they say"),
    (
        "HELO with a malformed argument",
        "gets the 250 of any other; that IIS closes the connection then (KB:Q240832) has no text on record",
    ),
    (
        "delivery to mailboxes",
        "every local part has one, and its mail goes inside; only one that hides an address has none",
    ),
    (
        "quoted encapsulation",
        "`\"IMCEA user@victim\"@local` (KB:Q264330) gets RCPT's 250; it hides an address, so the mail comes back",
    ),
    ("connection limits, and 521 for hosts that may not connect", "every client that connects is greeted"),
    ("error limits", "none, as MaxSmtpErrors has it by default"),
    (
        "limits of a local part, a domain and a path",
        "what fits a command line is taken, but by `reference`: no other product has them on record",
    ),
    (
        "a limit of text lines",
        "lines of any length are taken; RFC 5321 4.5.3.1.6 lets a server do so, and `reference` chooses to",
    ),
    ("STARTTLS on loopback", "listed there too; Exchange 5.5 never does (KB:Q260065)"),
    ("reverse look-up", "its result is given by the caller; nothing is checked against it"),
];
