//! The relay sheet of the IIS SMTP service: Windows NT 4.0 Option Pack, Windows 2000, Windows XP, Exchange 2000
//! (wire-facts 5.1).

use super::OwnDomains;
use super::domains::Ownership;
use crate::reference::deployment::settings::{IisRelaySettings, Settings};
use crate::reference::model::stages::{RelayDecision, RelayPolicy, RelayRequest};

/// Own domains, then the list, then the check box, then no (KB:Q304897).
#[derive(Clone, Debug)]
pub struct IisRelayRestrictions {
    domains: OwnDomains,
    relay: IisRelaySettings,
}

impl IisRelayRestrictions {
    /// With the sheet's settings.
    pub fn new(settings: &Settings, relay: IisRelaySettings) -> Self {
        Self { domains: OwnDomains::of(settings), relay }
    }

    fn list_lets(&self, request: &RelayRequest<'_>) -> bool {
        let is_listed = self.relay.list.iter().any(|network| network.contains(request.peer));
        is_listed == self.relay.only_the_list
    }
}

impl RelayPolicy for IisRelayRestrictions {
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        match self.domains.ownership(request.forward_path, request.host, request.local) {
            Ownership::Local | Ownership::Gateway => RelayDecision::Inside,
            Ownership::Foreign if self.list_lets(request) => RelayDecision::Outside,
            Ownership::Foreign if self.relay.authenticated_may_relay && request.authorized.is_some() => {
                RelayDecision::Outside
            }
            Ownership::Foreign => RelayDecision::Refuse,
        }
    }
}
