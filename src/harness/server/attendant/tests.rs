use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::*;
use crate::reference::deployment::catalogue::Catalogue;

const HOST: &str = "mail.inside.example";

fn attendant() -> Attendant {
    let catalogue = Catalogue::built_in().unwrap();
    let behaviours = catalogue.get("reference-tls").unwrap().listeners[0].behaviours.clone().unwrap();
    let model = Arc::new(Model::new(Arc::new(behaviours), Arc::default(), HOST));
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let connection = Connection { peer: address, peer_name: None, local: address };
    let certificate = HostCertificate::new(HOST);
    Attendant::new(model, certificate, connection, Clock::new_virtual(), Nonces::seeded("attendant"), None)
}

/// Octets sent, and whether the connection is closed behind them.
fn taken(attendant: &mut Attendant) -> (Vec<u8>, bool) {
    let acts: Vec<Act> = std::iter::from_fn(|| attendant.act()).collect();
    let sent = acts.iter().filter_map(|act| match act {
        Act::Send(octets) => Some(octets.as_slice()),
        Act::Transmit { .. } | Act::Close | Act::Fail => None,
    });
    (sent.collect::<Vec<_>>().concat(), acts.contains(&Act::Close))
}

/// Where the handshake is the next thing to come.
fn awaiting_tls() -> Attendant {
    let mut attendant = attendant();
    attendant.receive(b"EHLO client.example\r\nSTARTTLS\r\n");
    let (said, _) = taken(&mut attendant);
    assert!(said.ends_with(b"220 2.0.0 Begin TLS\r\n"), "{}", said.escape_ascii());
    attendant
}

/// Lets both talk until neither has anything to say, the client's octets in pieces of this size. Whether the server closed.
fn talk(attendant: &mut Attendant, client: &mut TlsSession, piece: usize) -> bool {
    loop {
        let said = client.take();
        for piece in said.chunks(piece) {
            attendant.receive(piece);
        }
        let (answer, is_closed) = taken(attendant);
        client.receive(&answer).unwrap();
        if is_closed || said.is_empty() && answer.is_empty() {
            return is_closed;
        }
    }
}

#[test]
fn a_session_goes_on_under_tls_however_its_octets_are_cut() {
    for piece in [1, 7, 100, 16_384] {
        let mut attendant = awaiting_tls();
        let mut client = attendant.certificate.client().unwrap().session().unwrap();
        client.send(b"EHLO client.example\r\nNOOP\r\n");
        assert!(!talk(&mut attendant, &mut client, piece));
        let said = String::from_utf8(client.hear()).unwrap();
        // RFC 4954 4: listed where passwords are protected; RFC 3207 4.2: STARTTLS is not.
        assert!(said.contains("\r\n250-AUTH PLAIN LOGIN ") && said.ends_with("\r\n250 2.0.0 OK\r\n"), "{said}");
        assert!(!said.contains("STARTTLS"), "{said}");
        client.send(b"QUIT\r\n");
        assert!(talk(&mut attendant, &mut client, piece));
        assert!(client.hear().starts_with(b"221 "));
        assert!(client.is_closed(), "close_notify (RFC 8446 6.1)");
    }
}

// RFC 3207 4.1 leaves a server the choice to go on in the clear; octets that are no TLS are no commands either.
#[test]
fn octets_that_are_no_tls_are_not_answered_and_end_the_connection() {
    let mut attendant = awaiting_tls();
    attendant.receive(b"EHLO client.example\r\n");
    let (said, is_closed) = taken(&mut attendant);
    assert!(is_closed && !said.starts_with(b"250"), "{}", said.escape_ascii());
}

#[test]
fn a_client_that_says_nothing_more_is_let_go() {
    let mut attendant = awaiting_tls();
    let mut client = attendant.certificate.client().unwrap().session().unwrap();
    assert!(!talk(&mut attendant, &mut client, 16_384));
    client.close();
    assert!(talk(&mut attendant, &mut client, 16_384));
}

/// A silent client is told of it under TLS, once TLS stands.
#[test]
fn the_idle_limit_holds_under_tls() {
    let mut attendant = awaiting_tls();
    let mut client = attendant.certificate.client().unwrap().session().unwrap();
    talk(&mut attendant, &mut client, 16_384);
    attendant.time_out();
    assert!(talk(&mut attendant, &mut client, 16_384));
    assert!(client.hear().starts_with(b"421 "));
}

#[test]
fn a_host_whose_name_no_certificate_can_have_closes() {
    let mut attendant = attendant();
    attendant.certificate = HostCertificate::new("mäil.inside.example");
    attendant.receive(b"EHLO client.example\r\nSTARTTLS\r\n");
    assert!(taken(&mut attendant).1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_in_the_place_of_a_handshake_are_survived(
        octets in proptest::collection::vec(any::<u8>(), 0..300),
        is_a_record in any::<bool>(),
    ) {
        let mut attendant = awaiting_tls();
        let record: &[u8] = if is_a_record { &[0x16, 3, 1, 0, 200] } else { &[] };
        attendant.receive(&[record, &octets].concat());
        let (said, _) = taken(&mut attendant);
        prop_assert!(!said.starts_with(b"2") && !said.starts_with(b"5"), "{}", said.escape_ascii());
    }
}
