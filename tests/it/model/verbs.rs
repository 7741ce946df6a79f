//! The commands that are one reply each.

use std::net::IpAddr;
use std::sync::Arc;

use rstest::rstest;
use smtpspec::protocol::sasl::{Credentials, Mechanism};
use smtpspec::reference::deployment::behaviours::{AuthorizationComponent, Behaviours};
use smtpspec::reference::deployment::settings::{Exchange55RoutingSettings, RelaySettings};
use smtpspec::reference::model::{Connection, Model};

use super::product::behaviours_of;
use super::support::{Client, HOST, NOW, PASSWORD, behaviours, connection, directory};

// VRFY before HELO is answered (VRF2K).
#[rstest]
#[case("VRFY users", "250 vrfy.ok <users@inside.example>")]
#[case("VRFY a b", "250 vrfy.ok <a b>")]
#[case("VRFY", "550 vrfy.argument-missing")]
#[case("EXPN list", "550 expn.refused")]
#[case("SOML FROM:<a@b>", "550 soml.refused")]
#[case("SAML FROM:<a@b>", "550 soml.refused")]
#[case("SEND FROM:<a@b>", "550 unknown-command")]
#[case("HELP", "214-first\n214 second")]
#[case("NOOP ignored", "250 noop.ok")]
#[case("TURN", "550 turn.not-authenticated")]
#[case("ATRN outside.example", "550 atrn.not-authenticated")]
#[case("ETRN inside.example", "250 etrn.ok")]
#[case("ETRN @branch.example", "250 etrn.ok")]
#[case("ETRN outside.example", "550 etrn.refused")]
#[case("ETRN", "550 etrn.argument-missing")]
#[case("XEXCH50 1 2", "550 xexch50.not-authenticated")]
#[case("X-LINK2STATE x", "550 unknown-command")]
#[case("", "550 unknown-command")]
#[case(" NOOP", "550 unknown-command")]
#[case("\u{0}\u{ff}", "550 unknown-command")]
fn one_reply(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(Client::connect(behaviours()).say(line), expected);
}

#[test]
fn only_listed_verbs_are_understood() {
    let none = Behaviours { verbs: Vec::new(), ..behaviours() };
    let mut client = Client::connect(none);
    for verb in ["HELO c", "MAIL FROM:<>", "EXPN x", "SAML x", "QUIT", "XEXCH50"] {
        assert_eq!(client.say(verb), "550 unknown-command", "{verb}");
    }
}

/// RFC 4291 2.5.5.2: what a socket for both families calls `::ffff:203.0.113.9` is 203.0.113.9, in what is said too.
#[test]
fn an_ipv4_mapped_address_is_the_ipv4_address() {
    let mapped = |address: IpAddr| match address {
        IpAddr::V4(address) => IpAddr::V6(address.to_ipv6_mapped()),
        IpAddr::V6(_) => address,
    };
    let plain = connection();
    let connection = Connection { peer: mapped(plain.peer), peer_name: None, local: mapped(plain.local) };
    let behaviours = behaviours_of("windows-2000");
    let (mut client, _) = Client::greeted(Model::new(Arc::new(behaviours), Arc::new(directory()), HOST), connection);
    assert_eq!(client.say("HELO c"), format!("250 {HOST} Hello [203.0.113.9]"));
    client.say("MAIL FROM:<>");
    assert!(client.say("RCPT TO:<a@[192.0.2.25]>").starts_with("250"), "the address that the client connected to");
}

#[test]
fn who_is_authenticated_is_not_told_to_authenticate() {
    let mut client = Client::connect(behaviours());
    client.say("EHLO c");
    client.log_in(Mechanism::Login, "authorized", PASSWORD);
    assert_eq!(
        client.say("XEXCH50 1 2\nTURN\nATRN inside.example"),
        "550 xexch50.refused\n550 turn.refused\n550 atrn.refused"
    );
}

// c10: whoever came in by the flaw gets nothing of another's.
#[test]
fn the_flaw_yields_nothing_of_anothers() {
    let flawed = Behaviours { authorization: AuthorizationComponent::Absent, ..behaviours() };
    let mut client = Client::connect(flawed);
    client.authenticate(Mechanism::Ntlm, Credentials::NullSession);
    assert_eq!(
        client.say("TURN\nATRN inside.example\nEXPN all"),
        "550 turn.refused\n550 atrn.refused\n550 expn.refused"
    );
}

/// Exchange 5.5's Connections sheet (KB:Q188250, KB:Q262945), asked after the data.
#[rstest]
#[case::matches(false, true, "authorized", "authorized@inside.example", "250 data.accepted")]
#[case::matches_whatever_case(false, true, "authorized", "Authorized@Inside.Example", "250 data.accepted")]
#[case::another(false, true, "authorized", "ordinary@inside.example", "550 data.originator-mismatch")]
#[case::nobody(false, true, "authorized", "", "550 data.originator-mismatch")]
#[case::null_session(false, true, "", "ordinary@inside.example", "550 data.originator-mismatch")]
#[case::homed(true, false, "authorized", "ordinary@inside.example", "250 data.accepted")]
#[case::not_homed(true, false, "authorized", "JohnD@COMPANY1.example", "550 data.not-homed")]
#[case::no_box(false, false, "authorized", "JohnD@COMPANY1.example", "250 data.accepted")]
#[case::both(true, true, "authorized", "x@outside.example", "550 data.not-homed")]
#[case::a_server(true, true, "anonymous", "x@outside.example", "250 data.accepted")]
fn submission(
    #[case] homed_only: bool,
    #[case] account_matches_address: bool,
    #[case] user: &str,
    #[case] reverse_path: &str,
    #[case] expected: &str,
) {
    let mut behaviours = Behaviours { authorization: AuthorizationComponent::Absent, ..behaviours() };
    behaviours.settings.relay = RelaySettings::Exchange55(Exchange55RoutingSettings {
        reroute: true,
        relay_flags: 8,
        deny_list: Vec::new(),
        allow_list: Vec::new(),
        local_list: Vec::new(),
        override_domains: Vec::new(),
        homed_only,
        account_matches_address,
    });
    let mut client = Client::connect(behaviours);
    match user {
        "anonymous" => {}
        "" => assert!(client.authenticate(Mechanism::Ntlm, Credentials::NullSession).starts_with("235")),
        user => assert!(client.log_in(Mechanism::Login, user, PASSWORD).starts_with("235")),
    }
    client.say(&format!("HELO c\nMAIL FROM:<{reverse_path}>\nRCPT TO:<a@inside.example>\nDATA"));
    let reply = client.say("x\n.");
    assert!(reply.starts_with(expected), "{reply}");
    assert_eq!(client.mails.is_empty(), expected.starts_with("550"));
    assert!(client.say("MAIL FROM:<>").starts_with("250"), "the transaction is over either way");
}

#[test]
fn silence_ends_in_a_reply_and_a_close() {
    let mut client = Client::connect(behaviours());
    assert_eq!(client.session().deadline().0, NOW.0 + 600_000);
    client.session().time_out();
    assert_eq!(client.read(), "421 timeout");
    assert!(client.closed);
    assert_eq!(client.say("NOOP"), "");
    client.session().time_out();
    assert_eq!(client.read(), "");
}

#[test]
fn control_octets_are_not_echoed() {
    let mut client = Client::connect(behaviours());
    assert_eq!(client.send("VRFY a\rb\0c\r\n"), "250 vrfy.ok <a?b?c>");
    client.send("HELO a\r\u{7f}b\r\n");
    client.say("MAIL FROM:<>\nRCPT TO:<a>\nDATA\n.");
    assert!(client.mails[0].1.content.starts_with(b"Received: from a??b ("));
}

#[test]
fn a_stopping_service_says_so() {
    let mut client = Client::connect(behaviours());
    client.say("HELO c\nMAIL FROM:<>\nRCPT TO:<a>\nDATA");
    client.session().stop();
    assert_eq!(client.read(), "421 service-stopping");
    assert!(client.closed);
}
