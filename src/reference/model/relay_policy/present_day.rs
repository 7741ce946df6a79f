//! What a present-day server does (RFC 5321 7.9, RFC 6409 3.3): trusted networks and authorized clients relay.

use super::OwnDomains;
use super::domains::Ownership;
use crate::reference::deployment::settings::{ReferenceSettings, Settings};
use crate::reference::model::stages::{RelayDecision, RelayPolicy, RelayRequest};

/// Own domains for everyone, others for those who are trusted or authorized.
#[derive(Clone, Debug)]
pub struct PresentDayRelay {
    domains: OwnDomains,
    relay: ReferenceSettings,
}

impl PresentDayRelay {
    /// With these settings.
    pub fn new(settings: &Settings, relay: ReferenceSettings) -> Self {
        Self { domains: OwnDomains::of(settings), relay }
    }
}

impl RelayPolicy for PresentDayRelay {
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        let is_trusted = self.relay.trusted.iter().any(|network| network.contains(request.peer));
        match self.domains.ownership(request.forward_path, request.host, request.local) {
            Ownership::Local | Ownership::Gateway => RelayDecision::Inside,
            Ownership::Foreign if is_trusted || request.authorized.is_some() => RelayDecision::Outside,
            Ownership::Foreign => RelayDecision::Refuse,
        }
    }
}
