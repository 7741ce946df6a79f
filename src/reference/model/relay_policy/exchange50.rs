//! The one switch of Exchange 5.0 (wire-facts 3.3, 5.3): it cannot tell who authenticated.

use super::OwnDomains;
use super::domains::Ownership;
use crate::reference::deployment::settings::Settings;
use crate::reference::model::stages::{RelayDecision, RelayPolicy, RelayRequest};

/// Everybody's mail is rerouted, or nobody's.
#[derive(Clone, Debug)]
pub struct Exchange50Routing {
    domains: OwnDomains,
    reroute: bool,
}

impl Exchange50Routing {
    /// With the switch on ("Reroute incoming SMTP mail") or off.
    pub fn new(settings: &Settings, reroute: bool) -> Self {
        Self { domains: OwnDomains::of(settings), reroute }
    }
}

impl RelayPolicy for Exchange50Routing {
    /// Without rerouting RCPT is taken and the mail comes back, as KB:Q255695 says of 5.5.
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        match (self.domains.ownership(request.forward_path, request.host, request.local), self.reroute) {
            (Ownership::Local, _) | (Ownership::Gateway, true) => RelayDecision::Inside,
            (Ownership::Foreign, true) => RelayDecision::Outside,
            (Ownership::Gateway | Ownership::Foreign, false) => RelayDecision::AcceptAndReturn,
        }
    }
}
