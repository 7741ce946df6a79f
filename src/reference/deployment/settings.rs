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
