//! The routing sheet of Exchange 5.5 and its `RelayFlags` (KB:Q193922; wire-facts 5.2).

use super::OwnDomains;
use super::domains::{Ownership, Pattern};
use crate::reference::deployment::settings::{Exchange55RoutingSettings, Settings};
use crate::reference::model::stages::{RelayDecision, RelayPolicy, RelayRequest};

const DENY_LIST: u32 = 1;
const ALLOW_LIST: u32 = 2;
const LOCAL_LIST: u32 = 4;
const AUTHENTICATED: u32 = 8;

/// Rerouting, or none, and who it is for.
#[derive(Clone, Debug)]
pub struct Exchange55Routing {
    domains: OwnDomains,
    override_domains: Vec<Pattern>,
    routing: Exchange55RoutingSettings,
}

impl Exchange55Routing {
    /// With the sheet's settings.
    pub fn new(settings: &Settings, routing: Exchange55RoutingSettings) -> Self {
        let override_domains = routing.override_domains.iter().map(|domain| Pattern::of_exchange(domain)).collect();
        Self { domains: OwnDomains::of(settings), override_domains, routing }
    }

    /// The rules in KB:Q193922's order; bits above the four have no meaning there.
    fn rules_let(&self, request: &RelayRequest<'_>) -> bool {
        let Exchange55RoutingSettings { relay_flags, deny_list, allow_list, local_list, .. } = &self.routing;
        let has = |flag: u32| relay_flags & flag != 0;
        if has(DENY_LIST) && deny_list.iter().any(|network| network.contains(request.peer)) {
            return false;
        }
        (has(ALLOW_LIST) && allow_list.iter().any(|network| network.contains(request.peer)))
            || (has(LOCAL_LIST) && local_list.iter().any(|network| network.contains(request.local)))
            || (has(AUTHENTICATED) && request.authorized.is_some())
            || *relay_flags == DENY_LIST
    }

    fn decide_rerouting(&self, request: &RelayRequest<'_>) -> RelayDecision {
        let is_overridden = request
            .forward_path
            .domain()
            .is_some_and(|domain| self.override_domains.iter().any(|pattern| pattern.matches(domain)));
        // Without RelayFlags the rules are not applied at all (KB:Q196626, KB:Q260562).
        if is_overridden || self.routing.relay_flags == 0 || self.rules_let(request) {
            RelayDecision::Outside
        } else {
            RelayDecision::Refuse
        }
    }

    /// RelayFlags of 2 or more go on acting: whom they let through still relays, others are refused even for local
    /// mailboxes (KB:Q243045, KB:Q206968, KB:Q256856). Otherwise RCPT is taken and the mail comes back (KB:Q255695).
    fn decide_without_rerouting(&self, ownership: Ownership, request: &RelayRequest<'_>) -> RelayDecision {
        let flags_act = self.routing.relay_flags >= ALLOW_LIST;
        match ownership {
            _ if flags_act && !self.rules_let(request) => RelayDecision::Refuse,
            Ownership::Local => RelayDecision::Inside,
            Ownership::Gateway if flags_act => RelayDecision::Inside,
            Ownership::Foreign if flags_act => RelayDecision::Outside,
            Ownership::Gateway | Ownership::Foreign => RelayDecision::AcceptAndReturn,
        }
    }
}

impl RelayPolicy for Exchange55Routing {
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        let ownership = self.domains.ownership(request.forward_path, request.host, request.local);
        match (self.routing.reroute, ownership) {
            (false, _) => self.decide_without_rerouting(ownership, request),
            (true, Ownership::Local | Ownership::Gateway) => RelayDecision::Inside,
            (true, Ownership::Foreign) => self.decide_rerouting(request),
        }
    }
}
