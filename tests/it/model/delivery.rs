//! What becomes of mail: hops, notices, rounds, MAPI.

use std::sync::Arc;

use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::settings::RelaySettings;
use smtpspec::reference::model::{Hop, Mail, Model, Output};

use super::support::{Client, HOST, NOW, PASSWORD, behaviours, directory};

fn text(mail: &Mail) -> String {
    String::from_utf8_lossy(&mail.content).into_owned()
}

#[test]
fn recipients_part_by_hop() {
    let mut client = Client::connect(behaviours());
    client.log_in(Mechanism::Login, "authorized", PASSWORD);
    client.say("HELO c\nMAIL FROM:<s@inside.example>\nRCPT TO:<in@inside.example>\nRCPT TO:<out@outside.example>");
    client.say("RCPT TO:<b@branch.example>\nDATA\nnonce\n.");
    let [(Hop::Inside, inside), (Hop::Outside, outside)] = client.mails.as_slice() else {
        panic!("{:?}", client.mails)
    };
    assert_eq!(inside.forward_paths, [b"in@inside.example".to_vec(), b"b@branch.example".to_vec()]);
    assert_eq!(outside.forward_paths, [b"out@outside.example"]);
    assert_eq!(inside.content, outside.content);
    assert!(text(outside).starts_with("Received: from c ([203.0.113.9])\r\n\tby mail.inside.example id "));
}

fn returning() -> Behaviours {
    let mut behaviours = behaviours();
    behaviours.settings.relay = RelaySettings::Exchange50 { reroute: false };
    behaviours
}

// KB:Q255695: accepted at RCPT, returned to the reverse-path.
#[test]
fn mail_that_is_not_rerouted_comes_back() {
    let mut client = Client::connect(returning());
    client.say("HELO c\nMAIL FROM:<s@inside.example>\nRCPT TO:<x@outside.example>\nRCPT TO:<y@inside.example>");
    client.say("DATA\nSubject: nonce-77\n\nbody\n.");
    let [(Hop::Inside, mail), (Hop::Inside, notice)] = client.mails.as_slice() else { panic!("{:?}", client.mails) };
    assert_eq!(mail.forward_paths, [b"y@inside.example"]);
    assert_eq!(
        (notice.reverse_path.as_slice(), notice.forward_paths.as_slice()),
        (&b""[..], &[b"s@inside.example".to_vec()][..])
    );
    let notice = text(notice);
    assert!(notice.contains("Final-Recipient: rfc822;x@outside.example\r\nAction: failed\r\nStatus: 5.7.1\r\n"));
    assert!(!notice.contains("y@inside.example"));
    assert!(notice.contains("Subject: nonce-77\r\n\r\nbody\r\n"));
    assert!(notice.contains("Received: from c "), "the original carries its trace header");
}

// RFC 5321 6.1: no notice about a notice.
#[test]
fn mail_from_nobody_is_not_returned() {
    let mut client = Client::connect(returning());
    client.say("HELO c\nMAIL FROM:<>\nRCPT TO:<x@outside.example>");
    assert!(client.say("DATA\nx\n.").contains("250 data.accepted"));
    assert!(client.mails.is_empty());
}

#[test]
fn mail_that_goes_round_comes_back() {
    for (headers, goes_on) in [(15, true), (16, false)] {
        let mut client = Client::connect(behaviours());
        client.say("HELO c\nMAIL FROM:<s@outside.example>\nRCPT TO:<y@inside.example>");
        client.say(&format!("DATA\n{}\n\nReceived: body\n.", vec!["Received: from x"; headers].join("\n")));
        let [(hop, mail)] = client.mails.as_slice() else { panic!("{:?}", client.mails) };
        assert_eq!(*hop == Hop::Inside, goes_on);
        assert_eq!(text(mail).contains("Status: 5.4.6"), !goes_on);
    }
}

#[test]
fn queue_ids_differ_within_a_session() {
    let mut client = Client::connect(behaviours());
    let mut id = || {
        client.say("HELO c\nMAIL FROM:<>\nRCPT TO:<y@inside.example>\nDATA");
        client.say(".")
    };
    assert_ne!(id(), id());
}

// c19: MAPI clients are not touched by the routing setting.
#[test]
fn mapi_is_not_asked() {
    let mut closed = returning();
    closed.settings.anonymous_access = false;
    let model = Model::new(Arc::new(closed), Arc::new(directory()), HOST);
    let mail = Mail {
        reverse_path: b"s@inside.example".to_vec(),
        forward_paths: [&b"x@outside.example"[..], b"y@branch.example", b"bad\r\npath@outside.example"]
            .map(<[u8]>::to_vec)
            .to_vec(),
        content: b"Subject: x\r\n\r\nnonce\r\n".to_vec(),
    };
    let outputs = model.submit_by_mapi(mail, NOW);
    let [Output::Transmit { hop: Hop::Inside, mail: inside }, Output::Transmit { hop: Hop::Outside, mail: outside }] =
        outputs.as_slice()
    else {
        panic!("{outputs:?}")
    };
    assert_eq!(inside.forward_paths, [b"y@branch.example"]);
    assert_eq!(outside.forward_paths, [b"x@outside.example"]);
    assert!(text(outside).starts_with("Received: by mail.inside.example with MAPI id "), "{}", text(outside));
    assert!(text(outside).ends_with("Thu, 3 Apr 2008 15:39:17 +0000\r\nSubject: x\r\n\r\nnonce\r\n"));
}
