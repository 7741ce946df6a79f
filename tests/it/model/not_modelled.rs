//! What the model leaves out is refused, or taken without effect, as its lists say.

use std::collections::BTreeSet;

use smtpspec::reference::model::{Hop, NOT_MODELLED_REFUSED, NOT_MODELLED_WITHOUT_EFFECT};

use super::product::{all_built_in, behaviours_of};
use super::support::Client;

/// The entry of the list, a deployment, what is said before, and what is tried.
type Probe = (&'static str, &'static str, &'static str, &'static str);

const REFUSED: &[Probe] = &[
    ("AUTH GSSAPI", "windows-2000", "EHLO c", "AUTH GSSAPI"),
    ("AUTH ANONYMOUS, AUTH EXTERNAL", "reference", "EHLO c", "AUTH ANONYMOUS"),
    ("AUTH ANONYMOUS, AUTH EXTERNAL", "reference", "EHLO c", "AUTH EXTERNAL"),
    ("ATRN and TURN with mail held", "windows-2000", "EHLO c", "ATRN inside.example"),
    ("ATRN and TURN with mail held", "windows-2000", "EHLO c", "TURN"),
    ("X-EXPS", "exchange-2000-on-windows-2000", "EHLO c", "X-EXPS GSSAPI"),
    ("X-LINK2STATE", "exchange-2000-on-windows-2000", "EHLO c", "X-LINK2STATE FIRST CHUNK={0}"),
    ("XAUTH", "exchange-5.0-rerouting", "EHLO c", "XAUTH NTLM"),
    ("XEXCH50", "exchange-2000-on-windows-2000", "EHLO c", "XEXCH50 1 2"),
    ("XEXCH50", "exchange-5.5-on-nt4", "EHLO c", "XEXCH50 1 2"),
    ("SEND, SOML, SAML", "exchange-5.5-on-nt4", "EHLO c", "SEND FROM:<a@b>"),
    ("SEND, SOML, SAML", "exchange-5.5-on-nt4", "EHLO c", "SOML FROM:<a@b>"),
    ("SEND, SOML, SAML", "exchange-5.5-on-nt4", "EHLO c", "SAML FROM:<a@b>"),
    ("messages over 1 MiB", "exchange-5.5-on-nt4", "EHLO c", "MAIL FROM:<a@outside.example> SIZE=1048577"),
    ("messages over 1 MiB", "windows-2000", "EHLO c", "MAIL FROM:<a@outside.example> SIZE=1048577"),
];

const TAKEN: &[Probe] = &[
    ("ETRN's queue", "windows-2000", "EHLO c", "ETRN inside.example"),
    ("DSN", "windows-2000", "EHLO c", "MAIL FROM:<> RET=HDRS ENVID=x"),
    ("DSN", "windows-2000", "EHLO c\nMAIL FROM:<>", "RCPT TO:<a@inside.example> NOTIFY=SUCCESS ORCPT=rfc822;a@b"),
    ("HELO with a malformed argument", "windows-2000", "NOOP", "HELO not a_host..name!"),
    ("delivery to mailboxes", "windows-2000", "EHLO c\nMAIL FROM:<>", "RCPT TO:<no-such-user@inside.example>"),
    (
        "limits of a local part, a domain and a path",
        "windows-2000",
        "EHLO c\nMAIL FROM:<>",
        "RCPT TO:<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@inside.example>",
    ),
    (
        "quoted encapsulation",
        "exchange-5.5-on-nt4",
        "EHLO c\nMAIL FROM:<a@outside.example>",
        "RCPT TO:<\"IMCEA user@victim.example\"@inside.example>",
    ),
];

/// What no one command shows.
const NOT_PROBED: &[&str] = &[
    "\"This host is a relay server\"",
    "connection limits, and 521 for hosts that may not connect",
    "error limits",
    "a limit of text lines",
    "STARTTLS on loopback",
    "reverse look-up",
];

#[test]
fn what_is_listed_as_refused_is_refused() {
    for (entry, deployment, before, probe) in REFUSED {
        let mut client = Client::connect(behaviours_of(deployment));
        client.say(before);
        let reply = client.say(probe);
        assert!(reply.starts_with('5') || reply.starts_with('4'), "{entry}: {probe}: {reply}");
    }
}

#[test]
fn what_is_listed_as_taken_is_taken_and_nothing_comes_of_it() {
    for (entry, deployment, before, probe) in TAKEN {
        let mut client = Client::connect(behaviours_of(deployment));
        client.say(before);
        let reply = client.say(probe);
        assert!(reply.starts_with("250"), "{entry}: {probe}: {reply}");
        assert!(client.mails.is_empty(), "{entry}: {:?}", client.mails);
    }
}

#[test]
fn every_entry_is_tried() {
    let tried: BTreeSet<&str> =
        REFUSED.iter().chain(TAKEN).map(|probe| probe.0).chain(NOT_PROBED.iter().copied()).collect();
    let listed = NOT_MODELLED_REFUSED.iter().chain(NOT_MODELLED_WITHOUT_EFFECT).map(|(entry, _)| *entry);
    assert_eq!(tried, listed.collect());
}

/// KB:Q264330's form comes back, and does not reach the address that it hides.
#[test]
fn quoted_encapsulation_is_returned() {
    let mut client = Client::connect(behaviours_of("exchange-5.5-on-nt4"));
    client.say("HELO c\nMAIL FROM:<a@outside.example>\nRCPT TO:<\"IMCEA user@victim.example\"@inside.example>\nDATA");
    client.say("x\n.");
    let [(Hop::Outside, notice)] = client.mails.as_slice() else { panic!("{:?}", client.mails) };
    assert_eq!(
        (notice.reverse_path.as_slice(), notice.forward_paths.as_slice()),
        (&b""[..], &[b"a@outside.example".to_vec()][..])
    );
}

/// RFC 5321 4.5.3.1.6: 1000 octets at least.
#[test]
fn a_text_line_may_be_longer_than_any_limit() {
    for deployment in ["windows-2000", "reference"] {
        let mut client = Client::connect(behaviours_of(deployment));
        client.say("EHLO c\nMAIL FROM:<a@outside.example>\nRCPT TO:<b@inside.example>\nDATA");
        let line = "x".repeat(1200);
        let reply = client.say(&format!("{line}\n."));
        assert!(reply.starts_with("250"), "{deployment}: {reply}");
        assert!(client.mails[0].1.content.ends_with(format!("\r\n{line}\r\n").as_bytes()), "{deployment}");
    }
}

/// RFC 1870: a product that lists `SIZE 0`, or SIZE alone, takes any size; all of them are held to the same limit here.
#[test]
fn every_product_takes_a_mebibyte_and_no_more() {
    for behaviours in all_built_in() {
        let mut client = Client::connect(behaviours);
        client.say("EHLO client.example");
        let reply = client.say("MAIL FROM:<a@outside.example> SIZE=1048577");
        let is_closed = reply.starts_with("505") || reply.starts_with("530");
        assert!(reply.starts_with("552") || is_closed, "{reply}");
        assert!(is_closed || client.say("MAIL FROM:<a@outside.example> SIZE=1048576").starts_with("250"));
    }
}

/// The scanner has codes for SOML and SAML (wire-facts 4), and none for SEND: no product understands it.
#[test]
fn send_is_an_unknown_command_everywhere() {
    for behaviours in all_built_in() {
        let mut client = Client::connect(behaviours);
        client.say("EHLO client.example");
        let (send, unknown) = (client.say("SEND FROM:<a@b.example>"), client.say("XYZZY FROM:<a@b.example>"));
        assert!(send == unknown && send.starts_with("500"), "{send} {unknown}");
    }
}
