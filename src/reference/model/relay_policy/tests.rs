//! The relay rules as tables, the source of each row beside it.

use std::net::IpAddr;

use rstest::rstest;

use super::of;
use crate::protocol::wire::Path;
use crate::reference::deployment::settings::{
    Exchange55RoutingSettings, IisRelaySettings, Network, ReferenceSettings, RelaySettings, Repair, Settings,
};
use crate::reference::model::stages::{Identity, RelayDecision, RelayRequest};

use RelayDecision::{AcceptAndReturn, Inside, Outside, Refuse};

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));
const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 25));

fn network(net: [u8; 4], mask: [u8; 4]) -> Network {
    Network { net: net.into(), mask: mask.into() }
}

/// Of the client's address alone.
fn the_peer() -> Vec<Network> {
    vec![network([203, 0, 113, 9], [255; 4])]
}

/// Of the address that the client connected to.
fn the_local_address() -> Vec<Network> {
    vec![network([192, 0, 2, 0], [255, 255, 255, 0])]
}

fn another() -> Vec<Network> {
    vec![network([203, 0, 113, 10], [255; 4]), network([198, 51, 100, 0], [255, 255, 255, 0])]
}

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    Anonymous,
    Authorized,
}

use Who::{Anonymous, Authorized};

fn decide(relay: RelaySettings, who: Who, forward_path: &str) -> RelayDecision {
    decide_at(LOCAL, relay, who, forward_path)
}

/// The same on a connection to that address.
fn decide_at(local: IpAddr, relay: RelaySettings, who: Who, forward_path: &str) -> RelayDecision {
    let settings = Settings {
        anonymous_access: true,
        local_domains: vec!["inside.example".into()],
        gateway_domains: vec!["branch.example".into()],
        relay,
    };
    let path = Path::parse(forward_path.as_bytes()).unwrap();
    // What kind of identity it is makes no difference here: a null session that nobody asked about is as good.
    let identity = Identity::NullSession;
    of(&settings).decide(&RelayRequest {
        peer: PEER,
        local,
        host: "mail.inside.example",
        authorized: match who {
            Anonymous => None,
            Authorized => Some(&identity),
        },
        forward_path: &path,
    })
}

/// RFC 5321 4.1.3: an IPv6 address literal has its tag; case is of no account in it.
#[rstest]
#[case::its_own("<x@[IPv6:2001:db8::25]>", Inside)]
#[case::written_otherwise("<x@[ipv6:2001:DB8:0:0::25]>", Inside)]
#[case::another("<x@[IPv6:2001:db8::26]>", Refuse)]
#[case::no_address("<x@[IPv6:mail]>", Refuse)]
fn the_literal_of_an_ipv6_connection(#[case] path: &str, #[case] expected: RelayDecision) {
    let local: IpAddr = "2001:db8::25".parse().unwrap();
    assert_eq!(decide_at(local, iis(true, vec![], true), Anonymous, path), expected);
}

fn iis(only_the_list: bool, list: Vec<Network>, authenticated_may_relay: bool) -> RelaySettings {
    RelaySettings::Iis(IisRelaySettings { only_the_list, list, authenticated_may_relay })
}

// KB:Q304897's rule and KB:Q230309's defaults, with META's RelayIpList and RelayForAuth.
#[rstest]
#[case::as_installed(iis(true, vec![], true), Anonymous, "<x@outside.example>", Refuse)]
#[case::as_installed_authenticated(iis(true, vec![], true), Authorized, "<x@outside.example>", Outside)]
#[case::box_off(iis(true, vec![], false), Authorized, "<x@outside.example>", Refuse)]
#[case::listed(iis(true, the_peer(), false), Anonymous, "<x@outside.example>", Outside)]
#[case::not_listed(iis(true, another(), false), Anonymous, "<x@outside.example>", Refuse)]
#[case::all_except_others(iis(false, another(), false), Anonymous, "<x@outside.example>", Outside)]
#[case::all_except_it(iis(false, the_peer(), false), Anonymous, "<x@outside.example>", Refuse)]
#[case::box_regardless_of_list(iis(false, the_peer(), true), Authorized, "<x@outside.example>", Outside)]
#[case::own(iis(true, vec![], false), Anonymous, "<x@inside.example>", Inside)]
#[case::own_though_excepted(iis(false, the_peer(), false), Anonymous, "<x@inside.example>", Inside)]
#[case::gateway(iis(true, vec![], false), Anonymous, "<x@branch.example>", Inside)]
#[case::subdomain(iis(true, vec![], false), Anonymous, "<x@a.inside.example>", Refuse)]
#[case::host(iis(true, vec![], false), Anonymous, "<x@mail.inside.example>", Inside)]
#[case::literal(iis(true, vec![], false), Anonymous, "<x@[192.0.2.25]>", Inside)]
#[case::foreign_literal(iis(true, vec![], false), Anonymous, "<x@[192.0.2.24]>", Refuse)]
#[case::peers_literal(iis(true, vec![], false), Anonymous, "<x@[203.0.113.9]>", Refuse)]
fn iis_sheet(#[case] relay: RelaySettings, #[case] who: Who, #[case] path: &str, #[case] expected: RelayDecision) {
    assert_eq!(decide(relay, who, path), expected);
}

/// Rerouting with these flags and lists.
fn e55(relay_flags: u32, deny: Vec<Network>, allow: Vec<Network>, local: Vec<Network>) -> Exchange55RoutingSettings {
    Exchange55RoutingSettings {
        reroute: true,
        relay_flags,
        deny_list: deny,
        allow_list: allow,
        local_list: local,
        override_domains: vec!["always.example".into(), "#exact.example".into()],
        homed_only: false,
        account_matches_address: false,
    }
}

// The rows' numbers are the order of KB:Q193922 (wire-facts 5.2).
#[rstest]
#[case::no_flags(e55(0, vec![], vec![], vec![]), Anonymous, Outside)] // KB:Q196626, KB:Q260562
#[case::no_flags_though_listed(e55(0, the_peer(), vec![], vec![]), Anonymous, Outside)]
#[case::order_1(e55(1, the_peer(), vec![], vec![]), Anonymous, Refuse)]
#[case::order_1_before_2(e55(3, the_peer(), the_peer(), vec![]), Anonymous, Refuse)]
#[case::order_1_before_3(e55(5, the_peer(), vec![], the_local_address()), Anonymous, Refuse)]
#[case::order_1_before_4(e55(9, the_peer(), vec![], vec![]), Authorized, Refuse)]
#[case::order_2(e55(2, vec![], the_peer(), vec![]), Anonymous, Outside)]
#[case::order_2_other(e55(2, vec![], another(), vec![]), Anonymous, Refuse)]
#[case::order_2_bit_off(e55(4, vec![], the_peer(), vec![]), Anonymous, Refuse)]
#[case::order_3(e55(4, vec![], vec![], the_local_address()), Anonymous, Outside)]
#[case::order_3_other(e55(4, vec![], vec![], another()), Anonymous, Refuse)]
#[case::order_3_is_not_the_peer(e55(4, vec![], vec![], the_peer()), Anonymous, Refuse)]
#[case::order_4(e55(8, vec![], vec![], vec![]), Authorized, Outside)]
#[case::order_4_anonymous(e55(8, vec![], vec![], vec![]), Anonymous, Refuse)] // KB:Q197869
#[case::order_4_bit_off(e55(2, vec![], vec![], vec![]), Authorized, Refuse)]
#[case::order_5(e55(1, another(), vec![], vec![]), Anonymous, Outside)]
#[case::order_5_not_alone(e55(9, another(), vec![], vec![]), Anonymous, Refuse)]
#[case::order_6(e55(14, vec![], another(), another()), Anonymous, Refuse)]
#[case::or_ed(e55(14, vec![], another(), the_local_address()), Anonymous, Outside)] // KB:Q196626
fn exchange55_flags(#[case] routing: Exchange55RoutingSettings, #[case] who: Who, #[case] expected: RelayDecision) {
    assert_eq!(decide(RelaySettings::Exchange55(routing.clone()), who, "<x@outside.example>"), expected);
    // With rerouting on, own and gateway domains are not asked about.
    assert_eq!(decide(RelaySettings::Exchange55(routing.clone()), who, "<x@inside.example>"), Inside);
    assert_eq!(decide(RelaySettings::Exchange55(routing), who, "<x@a.branch.example>"), Inside);
}

// KB:Q195969; `#` by KB:Q259531.
#[rstest]
#[case("<x@always.example>", Outside)]
#[case("<x@sub.always.example>", Outside)]
#[case("<x@notalways.example>", Refuse)]
#[case("<x@exact.example>", Outside)]
#[case("<x@sub.exact.example>", Refuse)]
fn exchange55_overrides(#[case] path: &str, #[case] expected: RelayDecision) {
    let routing = RelaySettings::Exchange55(e55(8, vec![], vec![], vec![]));
    assert_eq!(decide(routing, Anonymous, path), expected);
}

// "Do not reroute" returns the mail (KB:Q255695); RelayFlags of 2 or more keep acting, for local mailboxes too
// (KB:Q243045, KB:Q206968, KB:Q256856).
#[rstest]
#[case::outside(0, vec![], Anonymous, "<x@outside.example>", AcceptAndReturn)]
#[case::authorized(0, vec![], Authorized, "<x@outside.example>", AcceptAndReturn)]
#[case::own(0, vec![], Anonymous, "<x@inside.example>", Inside)]
#[case::gateway_is_rerouting(0, vec![], Anonymous, "<x@branch.example>", AcceptAndReturn)]
#[case::deny_list_alone(1, vec![], Anonymous, "<x@outside.example>", AcceptAndReturn)]
#[case::flags_left(2, another(), Anonymous, "<x@outside.example>", Refuse)]
#[case::flags_left_own(2, another(), Anonymous, "<x@inside.example>", Refuse)]
#[case::flags_left_allowed(2, the_peer(), Anonymous, "<x@outside.example>", Outside)]
#[case::flags_left_allowed_own(2, the_peer(), Anonymous, "<x@inside.example>", Inside)]
#[case::flags_left_authenticated(8, vec![], Authorized, "<x@outside.example>", Outside)]
#[case::flags_left_anonymous(8, vec![], Anonymous, "<x@inside.example>", Refuse)]
fn exchange55_without_rerouting(
    #[case] relay_flags: u32,
    #[case] allow_list: Vec<Network>,
    #[case] who: Who,
    #[case] path: &str,
    #[case] expected: RelayDecision,
) {
    let routing = Exchange55RoutingSettings { reroute: false, ..e55(relay_flags, vec![], allow_list, vec![]) };
    assert_eq!(decide(RelaySettings::Exchange55(routing), who, path), expected);
}

// MS02-011's FAQ: one switch, and no difference by authentication. What becomes of the rest is KB:Q255695, of 5.5.
#[rstest]
#[case(true, "<x@outside.example>", Outside)]
#[case(true, "<x@inside.example>", Inside)]
#[case(true, "<x@branch.example>", Inside)]
#[case(false, "<x@outside.example>", AcceptAndReturn)]
#[case(false, "<x@inside.example>", Inside)]
#[case(false, "<x@sub.inside.example>", Inside)] // KB:Q169683: subdomains included
#[case(false, "<x@branch.example>", AcceptAndReturn)]
fn exchange50_switch(#[case] reroute: bool, #[case] path: &str, #[case] expected: RelayDecision) {
    for who in [Anonymous, Authorized] {
        assert_eq!(decide(RelaySettings::Exchange50 { reroute }, who, path), expected);
    }
}

// RFC 5321 7.9, RFC 6409 3.3.
#[rstest]
#[case(vec![], Anonymous, "<x@outside.example>", Refuse)]
#[case(vec![], Authorized, "<x@outside.example>", Outside)]
#[case(the_peer(), Anonymous, "<x@outside.example>", Outside)]
#[case(another(), Anonymous, "<x@outside.example>", Refuse)]
#[case(vec![], Anonymous, "<x@branch.example>", Inside)]
fn present_day(#[case] trusted: Vec<Network>, #[case] who: Who, #[case] path: &str, #[case] expected: RelayDecision) {
    let repair = Repair::RefuseAtAuthentication;
    assert_eq!(decide(RelaySettings::Reference(ReferenceSettings { trusted, repair }), who, path), expected);
}
