//! What TLS changes (RFC 3207; RFC 4954 4): what is known behind STARTTLS, and by what clients may authenticate.

use crate::protocol::sasl::Mechanism;
use crate::reference::deployment::behaviours::Behaviours;

/// What carries the octets now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Nothing protects them.
    Clear,
    /// TLS does.
    Tls,
}

/// What of the time before TLS is still there when TLS stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The argument of HELO or EHLO.
    pub introduction: bool,
    /// The mail transaction.
    pub transaction: bool,
    /// Who the client is.
    pub authentication: bool,
    /// Octets that came behind STARTTLS and were not read yet; they are then read as commands (CVE-2011-0411).
    pub octets: bool,
}

/// STARTTLS.
pub trait ChannelChange: Send + Sync {
    /// What is kept.
    fn keeps(&self) -> Kept;

    /// Whether EHLO lists STARTTLS, where the host has a certificate.
    fn is_offered(&self, channel: Channel) -> bool;
}

/// Nothing is kept, and STARTTLS is not offered again (RFC 3207 4.2).
#[derive(Clone, Copy, Debug)]
pub struct BeginsAnew;

impl ChannelChange for BeginsAnew {
    fn keeps(&self) -> Kept {
        Kept::default()
    }

    fn is_offered(&self, channel: Channel) -> bool {
        match channel {
            Channel::Clear => true,
            Channel::Tls => false,
        }
    }
}

/// Which of its mechanisms a server has on a channel.
pub trait MechanismChoice: Send + Sync {
    /// Whether EHLO lists it, where it does at all.
    fn lists(&self, mechanism: Mechanism, channel: Channel, behaviours: &Behaviours) -> bool;

    /// Whether AUTH takes it, where it does at all.
    fn takes(&self, mechanism: Mechanism, channel: Channel, behaviours: &Behaviours) -> bool;
}

/// All of them, or without TLS only those that do not show the password: no others may be used, or should be listed, then
/// (RFC 4954 4, 6).
#[derive(Clone, Copy, Debug)]
pub struct MechanismsOfBehaviours;

impl MechanismChoice for MechanismsOfBehaviours {
    fn lists(&self, mechanism: Mechanism, channel: Channel, behaviours: &Behaviours) -> bool {
        self.takes(mechanism, channel, behaviours)
    }

    fn takes(&self, mechanism: Mechanism, channel: Channel, behaviours: &Behaviours) -> bool {
        match channel {
            Channel::Clear => !(behaviours.passwords_need_tls && mechanism.shows_the_password()),
            Channel::Tls => true,
        }
    }
}
