//! What becomes of a message that was taken.

use std::net::IpAddr;

use super::super::mail::bounce::{self, Returned};
use super::super::mail::trace;
use super::super::output::{Hop, Mail};
use super::super::relay_policy::{OwnDomains, Ownership};
use super::super::render::Filling;
use crate::protocol::wire::Path;
use crate::reference::deployment::behaviours::Behaviours;
use crate::reference::deployment::facts::ReplyKey;
use crate::reference::deployment::settings::Settings;

/// Inside or outside, for mail that no RCPT decided about: notices, MAPI's mail, what an encapsulated address hides.
pub trait NextHop: Send + Sync {
    /// Where mail for the path goes, for a server of that name and address.
    fn hop(&self, path: &Path, host: &str, local: IpAddr) -> Hop;
}

/// Own and gateway domains inside, others outside.
#[derive(Clone, Debug)]
pub struct InsideOrOutside {
    domains: OwnDomains,
}

impl InsideOrOutside {
    /// With the settings' domains.
    pub fn of(settings: &Settings) -> Self {
        Self { domains: OwnDomains::of(settings) }
    }
}

impl NextHop for InsideOrOutside {
    fn hop(&self, path: &Path, host: &str, local: IpAddr) -> Hop {
        match self.domains.ownership(path, host, local) {
            Ownership::Local | Ownership::Gateway => Hop::Inside,
            Ownership::Foreign => Hop::Outside,
        }
    }
}

/// The trace header.
pub trait TraceHeader: Send + Sync {
    /// Its octets, CRLFs included.
    fn header(&self, behaviours: &Behaviours, filling: &Filling) -> Vec<u8>;
}

/// As the product writes it.
#[derive(Clone, Copy, Debug)]
pub struct TraceOfFacts;

impl TraceHeader for TraceOfFacts {
    fn header(&self, behaviours: &Behaviours, filling: &Filling) -> Vec<u8> {
        trace::header(behaviours.facts.replies.get(&ReplyKey::TraceHeader), filling)
    }
}

/// Notices.
pub trait BounceMaker: Send + Sync {
    /// The notice, addressed; `None`: the mail is dropped.
    fn bounce(&self, returned: &Returned<'_>) -> Option<Mail>;
}

/// A notice with the whole message, from the null reverse-path. Mail from the null reverse-path gets none (RFC 5321 6.1).
#[derive(Clone, Copy, Debug)]
pub struct WholeMessageBounce;

impl BounceMaker for WholeMessageBounce {
    fn bounce(&self, returned: &Returned<'_>) -> Option<Mail> {
        (!returned.reverse_path.is_empty() && !returned.recipients.is_empty()).then(|| Mail {
            reverse_path: Vec::new(),
            forward_paths: vec![returned.reverse_path.to_vec()],
            content: bounce::content(returned),
        })
    }
}

/// Whether mail of MAPI clients is taken.
pub trait MapiGate: Send + Sync {
    /// Yes or no, for one recipient.
    fn takes(&self, forward_path: &[u8]) -> bool;
}

/// All of it: MAPI is not asked by the SMTP service's rules.
#[derive(Clone, Copy, Debug)]
pub struct OpenToMapi;

impl MapiGate for OpenToMapi {
    fn takes(&self, _: &[u8]) -> bool {
        true
    }
}
