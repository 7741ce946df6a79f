//! RCPT: forms of address, and what becomes of them.

use rstest::rstest;
use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::deployment::behaviours::EncapsulatedAddresses;
use smtpspec::reference::deployment::settings::RelaySettings;
use smtpspec::reference::model::Hop;

use super::support::{Client, PASSWORD, behaviours};

/// Where a copy went: the hop, or back.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Refused,
    Sent(Hop),
    Returned,
}

fn fate(client: &mut Client, forward_path: &str) -> Fate {
    client.say("HELO c\nMAIL FROM:<sender@outside.example>");
    let reply = client.say(&format!("RCPT TO:{forward_path}"));
    if reply.starts_with('5') {
        return Fate::Refused;
    }
    assert!(reply.starts_with("250 rcpt.ok"), "{reply}");
    assert!(client.say("DATA\nnonce\n.").contains("250 data.accepted"));
    let [(hop, mail)] = client.mails.as_slice() else { panic!("{:?}", client.mails) };
    if mail.reverse_path.is_empty() {
        assert_eq!(*hop, Hop::Outside, "the notice goes to where the reverse-path is");
        assert_eq!(mail.forward_paths, [b"sender@outside.example"]);
        assert!(String::from_utf8_lossy(&mail.content).contains("\r\nnonce\r\n"), "the notice carries the message");
        return Fate::Returned;
    }
    Fate::Sent(*hop)
}

// D outside.example, S mail.inside.example (the greeting's name), IP 192.0.2.25. Forms 1 to 16 are those of wire-facts 7;
// forms 1 to 4 and the bare percent and quoted forms by KB:Q304897, the others by its rule (row 25 of wire-facts 8).
#[rstest]
#[case::form_1("<R@outside.example>", Fate::Refused)]
#[case::form_5("<R%outside.example@[192.0.2.25]>", Fate::Returned)]
#[case::form_6("<R%outside.example@mail.inside.example>", Fate::Returned)]
#[case::form_7("<\"R@outside.example\">", Fate::Returned)]
#[case::form_8("<\"R%outside.example\">", Fate::Returned)]
#[case::form_9("<R@outside.example@[192.0.2.25]>", Fate::Returned)]
#[case::form_10("<\"R@outside.example\"@[192.0.2.25]>", Fate::Returned)]
#[case::form_11("<R@outside.example@mail.inside.example>", Fate::Returned)]
#[case::form_12("<@[192.0.2.25]:R@outside.example>", Fate::Refused)]
#[case::form_13("<@mail.inside.example:R@outside.example>", Fate::Refused)]
#[case::form_14("<outside.example!R>", Fate::Returned)]
#[case::form_15("<outside.example!R@[192.0.2.25]>", Fate::Returned)]
#[case::form_16("<outside.example!R@mail.inside.example>", Fate::Returned)]
#[case::bare_percent("<relaytest%contoso.example>", Fate::Returned)]
#[case::foreign_literal("<R@[192.0.2.26]>", Fate::Refused)]
#[case::own("<R@inside.example>", Fate::Sent(Hop::Inside))]
#[case::own_in_capitals("<R@INSIDE.Example>", Fate::Sent(Hop::Inside))]
#[case::bare("<R>", Fate::Sent(Hop::Inside))]
#[case::without_brackets(" R@inside.example", Fate::Sent(Hop::Inside))]
#[case::routed_own("<@outside.example:R@inside.example>", Fate::Sent(Hop::Inside))]
#[case::gateway("<R@branch.example>", Fate::Sent(Hop::Inside))]
#[case::percent_at_gateway("<R%x@branch.example>", Fate::Sent(Hop::Inside))]
#[case::below_own("<R@sub.inside.example>", Fate::Refused)]
#[case::null("<>", Fate::Refused)]
#[case::no_local_part("<@inside.example>", Fate::Refused)]
#[case::control("<\"a\rb\"@inside.example>", Fate::Refused)]
#[case::missing("", Fate::Refused)]
#[case::unbalanced("<R@inside.example", Fate::Refused)]
fn forms(#[case] forward_path: &str, #[case] expected: Fate) {
    assert_eq!(fate(&mut Client::connect(behaviours()), forward_path), expected);
}

#[rstest]
#[case::local(EncapsulatedAddresses::Local, false, Fate::Returned)]
#[case::relayed(EncapsulatedAddresses::Relayed, false, Fate::Sent(Hop::Outside))]
#[case::refused(EncapsulatedAddresses::Refused, false, Fate::Refused)]
#[case::refused_but_authorized(EncapsulatedAddresses::Refused, true, Fate::Sent(Hop::Outside))]
fn encapsulated(#[case] component: EncapsulatedAddresses, #[case] authorized: bool, #[case] expected: Fate) {
    let mut client = Client::connect({
        let mut behaviours = behaviours();
        behaviours.encapsulated_addresses = component;
        behaviours
    });
    if authorized {
        client.log_in(Mechanism::Login, "authorized", PASSWORD);
    }
    assert_eq!(fate(&mut client, "<IMCEASMTP-user+40victim+2Eexample@inside.example>"), expected);
    if let [(Hop::Outside, mail)] = client.mails.as_slice()
        && !mail.reverse_path.is_empty()
    {
        assert_eq!(mail.forward_paths, [b"user@victim.example"]);
    }
}

// MS99-027's repair: "refused or returned by the same rules" (wire-facts 5.4).
#[test]
fn an_encapsulated_address_is_returned_where_its_own_form_is() {
    let mut behaviours = behaviours();
    behaviours.encapsulated_addresses = EncapsulatedAddresses::Refused;
    behaviours.settings.relay = RelaySettings::Exchange50 { reroute: false };
    let path = "<IMCEASMTP-user+40victim+2Eexample@inside.example>";
    assert_eq!(fate(&mut Client::connect(behaviours), path), Fate::Returned);
}

// SCAN 6.0.2600.2180: `RCPT TO: test` gets 551.
#[test]
fn a_bare_recipient_where_it_is_refused() {
    let mut behaviours = behaviours();
    behaviours.strictness.bare_recipient_refused = true;
    let mut client = Client::connect(behaviours);
    client.say("HELO c\nMAIL FROM:<>");
    assert_eq!(client.say("RCPT TO: test"), "550 rcpt.bare-refused");
    assert_eq!(client.say("RCPT TO:<Postmaster>"), "250 rcpt.ok <Postmaster@inside.example>");
}

#[test]
fn recipients_over_the_limit() {
    let mut client = Client::connect(behaviours());
    client.say("HELO c\nMAIL FROM:<>\nRCPT TO:<x@outside.example>\nRCPT TO:<1>\nRCPT TO:<2>\nRCPT TO:<3>");
    assert_eq!(client.say("RCPT TO:<4>"), "452 rcpt.too-many", "a refused recipient does not count");
    client.say("DATA\n.");
    assert_eq!(client.mails[0].1.forward_paths.len(), 3);
}
