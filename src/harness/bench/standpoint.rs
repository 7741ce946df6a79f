//! Where the model's client stands, as an administrator of the host sees it.

use std::net::IpAddr;

use crate::judge::Source;
use crate::reference::deployment::settings::{Exchange55RoutingSettings, Network, RelaySettings};

/// `RelayFlags` (KB:Q193922).
const DENY_LIST: u32 = 1;
const ALLOW_LIST: u32 = 2;
const LOCAL_LIST: u32 = 4;

/// Inside where a list of the host's grants relay to this client for its address, or for the address that it connects
/// to: it is trusted then, and that its mail goes out is no open relay. Where everybody may relay, nobody is trusted, and
/// it stays outside.
pub(super) fn source(relay: &RelaySettings, peer: IpAddr, local: IpAddr) -> Source {
    let is_trusted = match relay {
        RelaySettings::Iis(iis) => iis.only_the_list && names(&iis.list, peer),
        RelaySettings::Exchange55(routing) => flags_trust(routing, peer, local),
        RelaySettings::Exchange50 { .. } => false,
        RelaySettings::Reference(reference) => names(&reference.trusted, peer),
    };
    if is_trusted { Source::Inside } else { Source::Outside }
}

fn flags_trust(routing: &Exchange55RoutingSettings, peer: IpAddr, local: IpAddr) -> bool {
    let has = |flag: u32| routing.relay_flags & flag != 0;
    let is_denied = has(DENY_LIST) && routing.deny_list.iter().any(|network| network.contains(peer));
    let is_granted =
        has(ALLOW_LIST) && names(&routing.allow_list, peer) || has(LOCAL_LIST) && names(&routing.local_list, local);
    is_granted && !is_denied
}

/// Whether the list picks this address out: `0.0.0.0/0` picks out nobody.
fn names(list: &[Network], address: IpAddr) -> bool {
    let mut picking = list.iter().filter(|network| !network.mask.is_unspecified());
    let is_everybody = list.iter().any(|network| network.mask.is_unspecified() && network.contains(address));
    !is_everybody && picking.any(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use rstest::rstest;

    use super::super::model_target::{CLIENT_ADDRESS, HOST_ADDRESS};
    use super::*;
    use crate::reference::deployment::settings::{IisRelaySettings, ReferenceSettings, Repair};

    fn network(net: [u8; 4], length: u32) -> Vec<Network> {
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        vec![Network { net: net.into(), mask: Ipv4Addr::from_bits(mask).into() }]
    }

    fn the_client() -> Vec<Network> {
        network([192, 0, 2, 0], 24)
    }

    fn another() -> Vec<Network> {
        network([203, 0, 113, 0], 24)
    }

    fn everybody() -> Vec<Network> {
        network([0, 0, 0, 0], 0)
    }

    fn the_hosts_address() -> Vec<Network> {
        network([198, 51, 100, 25], 32)
    }

    fn iis(only_the_list: bool, list: Vec<Network>) -> RelaySettings {
        RelaySettings::Iis(IisRelaySettings { only_the_list, list, authenticated_may_relay: true })
    }

    fn exchange(relay_flags: u32, deny: Vec<Network>, allow: Vec<Network>, local: Vec<Network>) -> RelaySettings {
        RelaySettings::Exchange55(Exchange55RoutingSettings {
            reroute: true,
            relay_flags,
            deny_list: deny,
            allow_list: allow,
            local_list: local,
            override_domains: Vec::new(),
            homed_only: false,
            account_matches_address: false,
        })
    }

    fn reference(trusted: Vec<Network>) -> RelaySettings {
        RelaySettings::Reference(ReferenceSettings { trusted, repair: Repair::RefuseAtAuthentication })
    }

    /// `docs/verdicts.md`, "Open relay": a server is meant to relay for its own networks; KB:Q193922 for what each flag
    /// and list says.
    #[rstest]
    #[case::iis_listed(iis(true, the_client()), Source::Inside)]
    #[case::iis_not_listed(iis(true, another()), Source::Outside)]
    #[case::iis_all_except_others(iis(false, another()), Source::Outside)]
    #[case::iis_everybody(iis(true, everybody()), Source::Outside)]
    #[case::iis_everybody_and_the_client(iis(true, [the_client(), everybody()].concat()), Source::Outside)]
    #[case::allowed(exchange(2, vec![], the_client(), vec![]), Source::Inside)]
    #[case::allowed_or_authenticated(exchange(10, vec![], the_client(), vec![]), Source::Inside)]
    #[case::another_allowed(exchange(2, vec![], another(), vec![]), Source::Outside)]
    #[case::everybody_allowed(exchange(2, vec![], everybody(), vec![]), Source::Outside)]
    #[case::list_without_its_flag(exchange(8, vec![], the_client(), the_hosts_address()), Source::Outside)]
    #[case::by_the_inner_address(exchange(4, vec![], vec![], the_hosts_address()), Source::Inside)]
    #[case::by_another_address(exchange(4, vec![], vec![], the_client()), Source::Outside)]
    #[case::all_but_the_denied(exchange(1, another(), vec![], vec![]), Source::Outside)]
    #[case::allowed_and_denied(exchange(3, the_client(), the_client(), vec![]), Source::Outside)]
    #[case::no_restriction(exchange(0, vec![], the_client(), vec![]), Source::Outside)]
    #[case::one_switch(RelaySettings::Exchange50 { reroute: true }, Source::Outside)]
    #[case::trusted(reference(the_client()), Source::Inside)]
    #[case::nobody_trusted(reference(vec![]), Source::Outside)]
    fn whom_a_list_names_stands_inside(#[case] relay: RelaySettings, #[case] expected: Source) {
        assert_eq!(source(&relay, CLIENT_ADDRESS, HOST_ADDRESS), expected);
    }
}
