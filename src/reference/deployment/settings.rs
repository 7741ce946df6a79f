//! What an administrator can set, as the products offer it.

use std::net::IpAddr;

/// An address with a mask: `192.0.2.0/24`, or `net;mask` as Exchange 5.5's registry has it (KB:Q193922). A match is
/// `(address AND mask) = net`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The network.
    pub net: IpAddr,
    /// The mask, of the same family.
    pub mask: IpAddr,
}

impl Network {
    /// Whether the address is in it; never across families. An IPv4-mapped IPv6 address, as a socket for both families
    /// has it, is the IPv4 address (RFC 4291 2.5.5.2).
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.net, self.mask, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(mask), IpAddr::V4(address)) => {
                address.to_bits() & mask.to_bits() == net.to_bits()
            }
            (IpAddr::V6(net), IpAddr::V6(mask), IpAddr::V6(address)) => {
                address.to_bits() & mask.to_bits() == net.to_bits()
            }
            _ => false,
        }
    }
}

impl Network {
    /// Whether every address of its family is in it: `0.0.0.0/0`.
    pub fn is_everybody(&self) -> bool {
        self.mask.is_unspecified() && self.net.is_unspecified()
    }
}

/// Whether a list has everybody on it, so that it picks out nobody.
fn has_everybody(list: &[Network]) -> bool {
    list.iter().any(Network::is_everybody)
}

/// The relay sheet of the IIS SMTP service (wire-facts 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IisRelaySettings {
    /// "Only the list below" (true) or "All except the list below" (false).
    pub only_the_list: bool,
    /// The list.
    pub list: Vec<Network>,
    /// "Allow all computers which successfully authenticate to relay, regardless of the list above".
    pub authenticated_may_relay: bool,
}

/// The routing sheet of Exchange 5.5 (KB:Q193922, wire-facts 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange55RoutingSettings {
    /// "Reroute incoming SMTP mail" (true) or "Do not reroute incoming SMTP mail" (false).
    pub reroute: bool,
    /// `RelayFlags`: 1 deny list, 2 allow list, 4 local addresses, 8 authenticated; 0 where absent.
    pub relay_flags: u32,
    /// `RelayDenyList`.
    pub deny_list: Vec<Network>,
    /// `RelayAllowList`.
    pub allow_list: Vec<Network>,
    /// `RelayLocalIPList`: addresses of the server that the client connected to.
    pub local_list: Vec<Network>,
    /// Domains with "Override relay restrictions. Always relay" (KB:Q195969); `#` before one means exactly it.
    pub override_domains: Vec<String>,
    /// Connections sheet: "Clients can only submit if homed on this server" (KB:Q262945).
    pub homed_only: bool,
    /// Connections sheet: "… if authentication account matches the SMTP submission address" (KB:Q188250).
    pub account_matches_address: bool,
}

/// How the present-day `reference` product grants relay and repairs the flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceSettings {
    /// Networks that may relay without authenticating.
    pub trusted: Vec<Network>,
    /// Where the second function sits.
    pub repair: Repair,
}

/// The two repairs known to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// AUTH ends in 535 for an identity that may not use the mail service.
    RefuseAtAuthentication,
    /// AUTH ends in 235; the identity keeps what an anonymous client may do.
    RefuseAtRelay,
}

/// The settings of one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether clients that do not authenticate may use the service at all ("anonymous access").
    pub anonymous_access: bool,
    /// Domains whose mail is the host's own.
    pub local_domains: Vec<String>,
    /// Domains whose mail is passed to an internal server: a gateway's.
    pub gateway_domains: Vec<String>,
    /// Who may relay.
    pub relay: RelaySettings,
}

/// The relay settings by product family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelaySettings {
    /// IIS's list and check box.
    Iis(IisRelaySettings),
    /// Exchange 5.5's routing.
    Exchange55(Exchange55RoutingSettings),
    /// Exchange 5.0's one switch.
    Exchange50 {
        /// "Reroute incoming SMTP mail (required for POP3/IMAP4 support)".
        reroute: bool,
    },
    /// The present-day reference.
    Reference(ReferenceSettings),
}

impl Settings {
    /// Whether whoever connects may relay, authenticated or not, but for those on a list. A list that has everybody on
    /// it restricts nothing.
    pub fn let_everyone_relay(&self) -> bool {
        self.anonymous_access
            && match &self.relay {
                RelaySettings::Iis(iis) => has_everybody(&iis.list) == iis.only_the_list,
                RelaySettings::Exchange55(routing) => routing.let_everyone_relay(),
                RelaySettings::Exchange50 { reroute } => *reroute,
                RelaySettings::Reference(reference) => has_everybody(&reference.trusted),
            }
    }
}

impl Exchange55RoutingSettings {
    /// By KB:Q193922's order. Without rerouting, flags of 2 and more go on acting (KB:Q243045).
    fn let_everyone_relay(&self) -> bool {
        let has = |flag: u32| self.relay_flags & flag != 0;
        let lists_everybody = has(2) && has_everybody(&self.allow_list) || has(4) && has_everybody(&self.local_list);
        let is_unrestricted = self.reroute && self.relay_flags <= 1;
        (is_unrestricted || lists_everybody) && !(has(1) && has_everybody(&self.deny_list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn everybody() -> Vec<Network> {
        vec![Network { net: [0, 0, 0, 0].into(), mask: [0, 0, 0, 0].into() }]
    }

    fn some() -> Vec<Network> {
        vec![Network { net: [192, 0, 2, 0].into(), mask: [255, 255, 255, 0].into() }]
    }

    fn settings(relay: RelaySettings) -> Settings {
        Settings { anonymous_access: true, local_domains: Vec::new(), gateway_domains: Vec::new(), relay }
    }

    /// The two choices of the relay sheet (KB:Q304897).
    #[rstest]
    #[case::only_nobody(true, vec![], false)]
    #[case::only_some(true, some(), false)]
    #[case::only_everybody(true, everybody(), true)]
    #[case::all_except_nobody(false, vec![], true)]
    #[case::all_except_some(false, some(), true)]
    #[case::all_except_everybody(false, everybody(), false)]
    fn the_relay_sheet_is_open(#[case] only_the_list: bool, #[case] list: Vec<Network>, #[case] expected: bool) {
        let iis = IisRelaySettings { only_the_list, list, authenticated_may_relay: true };
        let open = settings(RelaySettings::Iis(iis));
        assert_eq!(open.let_everyone_relay(), expected);
        assert!(!Settings { anonymous_access: false, ..open }.let_everyone_relay(), "nobody gets in");
    }

    /// KB:Q193922's orders 1 to 5; KB:Q243045 where nothing is rerouted.
    #[rstest]
    #[case::no_flags(true, 0, vec![], vec![], true)]
    #[case::deny_some(true, 1, some(), vec![], true)]
    #[case::deny_everybody(true, 1, everybody(), vec![], false)]
    #[case::allow_some(true, 2, vec![], some(), false)]
    #[case::allow_everybody(true, 2, vec![], everybody(), true)]
    #[case::allow_everybody_but_some(true, 3, some(), everybody(), true)]
    #[case::deny_before_allow(true, 3, everybody(), everybody(), false)]
    #[case::authenticated(true, 8, vec![], everybody(), false)]
    #[case::authenticated_or_everybody(true, 10, vec![], everybody(), true)]
    #[case::not_rerouting(false, 0, vec![], vec![], false)]
    #[case::not_rerouting_flags_left(false, 2, vec![], everybody(), true)]
    fn routing_is_open(
        #[case] reroute: bool,
        #[case] relay_flags: u32,
        #[case] deny_list: Vec<Network>,
        #[case] allow_list: Vec<Network>,
        #[case] expected: bool,
    ) {
        let routing = Exchange55RoutingSettings {
            reroute,
            relay_flags,
            deny_list,
            allow_list,
            local_list: Vec::new(),
            override_domains: Vec::new(),
            homed_only: false,
            account_matches_address: false,
        };
        assert_eq!(settings(RelaySettings::Exchange55(routing)).let_everyone_relay(), expected);
    }

    #[test]
    fn a_local_list_of_every_address_is_open() {
        let routing = Exchange55RoutingSettings {
            reroute: true,
            relay_flags: 4,
            deny_list: Vec::new(),
            allow_list: Vec::new(),
            local_list: everybody(),
            override_domains: Vec::new(),
            homed_only: false,
            account_matches_address: false,
        };
        assert!(settings(RelaySettings::Exchange55(routing)).let_everyone_relay());
    }

    #[rstest]
    #[case(vec![], false)]
    #[case(some(), false)]
    #[case(everybody(), true)]
    fn trust_in_everybody_is_open(#[case] trusted: Vec<Network>, #[case] expected: bool) {
        let reference = ReferenceSettings { trusted, repair: Repair::RefuseAtRelay };
        assert_eq!(settings(RelaySettings::Reference(reference)).let_everyone_relay(), expected);
    }
}
