use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rstest::rstest;
use rustls::pki_types::PrivateKeyDer;

use super::super::{Link, Peer, Received, connect, listen};
use super::*;
use crate::protocol::tls::{CertificateCheck, Established, TlsError, TlsVersion};

const SECOND: Duration = Duration::from_secs(1);
const NAME: &str = "mail.inside.example";

/// A server in this process: greets under TLS, and says back what it hears.
#[derive(Debug)]
struct Echo(TlsSession);

impl Echo {
    fn new(server: &TlsServer) -> Self {
        let mut session = server.session().unwrap();
        session.send(b"220 a\r\n");
        Self(session)
    }
}

impl Peer for Echo {
    fn receive(&mut self, bytes: &[u8]) {
        let _ = self.0.receive(bytes);
        let heard = self.0.hear();
        self.0.send(&heard);
    }

    fn take(&mut self) -> Vec<u8> {
        self.0.take()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed() || self.0.broken().is_some()
    }
}

/// Says one thing, whatever it hears.
#[derive(Debug)]
struct Says(Vec<u8>);

impl Peer for Says {
    fn receive(&mut self, _: &[u8]) {}

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }

    fn is_closed(&self) -> bool {
        false
    }
}

async fn in_process(server: &TlsServer, client: &TlsClient) -> (Link, Result<Established, TlsError>) {
    let mut link = Link::in_process(Echo::new(server));
    let established = link.start_tls(client, SECOND).await;
    (link, established)
}

fn trusting(anchor: &str) -> TlsClient {
    TlsClient::new(NAME, Trust::Pem(anchor.as_bytes())).unwrap()
}

#[tokio::test]
async fn in_process_it_stands_and_carries_octets_both_ways() {
    let (server, anchor) = TlsServer::throw_away(&[NAME, "127.0.0.1"]).unwrap();
    let (mut link, established) = in_process(&server, &trusting(&anchor)).await;
    let established = established.unwrap();
    assert_eq!((established.version, established.check), (TlsVersion::Tls13, CertificateCheck::Verified));
    // RFC 8446 B.4.
    assert!(established.cipher.starts_with("TLS_AES_") || established.cipher.starts_with("TLS_CHACHA20_"));
    assert_eq!(established.certificate.unwrap().names, [NAME, "127.0.0.1"]);
    assert_eq!(link.receive(SECOND).await, Received::Bytes(b"220 a\r\n".to_vec()));
    assert_eq!(link.receive_now().await, None);
    link.send(b"EHLO a\r\n", SECOND).await.unwrap();
    assert_eq!(link.receive_now().await, Some(Received::Bytes(b"EHLO a\r\n".to_vec())));
    assert_eq!(link.receive(SECOND).await, Received::TimedOut);
    assert_eq!(link.start_tls(&trusting(&anchor), SECOND).await, Err(TlsError::InUse));
}

/// A loopback pair, both ends of it links.
async fn pair() -> (Link, Link) {
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let to = listener.address().unwrap();
    let (link, accepted) = tokio::join!(connect(to, None, SECOND), listener.accept());
    (link.unwrap(), accepted.unwrap().link)
}

#[tokio::test]
async fn on_a_socket_it_stands_carries_octets_and_ends() {
    let (server, anchor) = TlsServer::throw_away(&[NAME]).unwrap();
    let (mut ours, mut theirs) = pair().await;
    assert!(!ours.is_secret());
    let client = trusting(&anchor);
    let (established, accepted) = tokio::join!(ours.start_tls(&client, SECOND), theirs.accept_tls(&server, SECOND));
    assert_eq!((established.unwrap().version, accepted), (TlsVersion::Tls13, Ok(())));
    assert!(ours.is_secret());
    // More than the octets of one record (RFC 8446 5.1: 2^14).
    let long = vec![b'x'; 50_000];
    let (sent, received) = tokio::join!(ours.send(&long, SECOND), async {
        let mut received = Vec::new();
        while received.len() < long.len() {
            let Received::Bytes(octets) = theirs.receive(SECOND).await else { panic!("it ended") };
            received.extend(octets);
        }
        received
    });
    assert_eq!((sent, received), (Ok(()), long));
    theirs.send(b"221 a\r\n", SECOND).await.unwrap();
    theirs.finish().await;
    assert_eq!(ours.receive(SECOND).await, Received::Bytes(b"221 a\r\n".to_vec()));
    assert_eq!(ours.receive(SECOND).await, Received::Closed);
}

/// An authority and a certificate of it, changed.
fn issued(change: impl FnOnce(&mut CertificateParams)) -> (TlsServer, String) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut own = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    change(&mut own);
    let key = KeyPair::generate().unwrap();
    let chain = vec![own.signed_by(&key, &authority).unwrap().der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (TlsServer::new(Identity { chain, key }).unwrap(), identity::pem(authority.der()))
}

/// RFC 5280 4.1.2.5 and 6.1.
#[tokio::test]
async fn a_certificate_counts_in_its_time_alone() {
    let (server, anchor) = issued(|own| own.not_after = date_time_ymd(2001, 1, 1));
    let (_, refused) = in_process(&server, &trusting(&anchor)).await;
    let Err(TlsError::Expired { certificate }) = refused else { panic!("{refused:?}") };
    assert_eq!(certificate.valid_until, "2001-01-01 00:00:00 UTC");
    let (server, anchor) = issued(|own| own.not_before = date_time_ymd(4000, 1, 1));
    let (_, refused) = in_process(&server, &trusting(&anchor)).await;
    assert!(matches!(refused, Err(TlsError::NotYetValid { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_counts_for_its_names_alone() {
    let (server, anchor) = TlsServer::throw_away(&[NAME]).unwrap();
    let client = TlsClient::new("mx.inside.example", Trust::Pem(anchor.as_bytes())).unwrap();
    let (_, refused) = in_process(&server, &client).await;
    let Err(TlsError::WrongName { certificate, wanted }) = refused else { panic!("{refused:?}") };
    assert_eq!((certificate.names.as_slice(), wanted.as_str()), ([NAME.to_owned()].as_slice(), "mx.inside.example"));
    let (server, anchor) = TlsServer::throw_away(&["127.0.0.1", "::1"]).unwrap();
    for (name, fits) in [("127.0.0.1", true), ("::1", true), ("127.0.0.2", false)] {
        let client = TlsClient::new(name, Trust::Pem(anchor.as_bytes())).unwrap();
        assert_eq!(in_process(&server, &client).await.1.is_ok(), fits, "{name}");
    }
}

#[tokio::test]
async fn an_unknown_issuer_is_not_trusted_and_the_server_is_told() {
    let (server, _) = TlsServer::throw_away(&[NAME]).unwrap();
    let (_, other) = issued(|_| {});
    let (mut ours, mut theirs) = pair().await;
    let client = trusting(&other);
    let (refused, told) = tokio::join!(ours.start_tls(&client, SECOND), theirs.accept_tls(&server, SECOND));
    let Err(TlsError::NotTrusted { certificate, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(certificate.subject, "CN=mail.inside.example");
    // RFC 8446 6.2: "unknown_ca".
    assert_eq!(told, Err(TlsError::Alert { description: "UnknownCA".to_owned() }));
}

#[tokio::test]
async fn any_certificate_will_do_where_that_is_asked_for() {
    let (server, _) = issued(|own| {
        own.not_after = date_time_ymd(2001, 1, 1);
        own.subject_alt_names.clear();
    });
    let client = TlsClient::new(NAME, Trust::Anything).unwrap();
    let (mut link, established) = in_process(&server, &client).await;
    let established = established.unwrap();
    assert_eq!(established.check, CertificateCheck::AcceptedUnverified);
    assert_eq!(established.certificate.unwrap().valid_until, "2001-01-01 00:00:00 UTC");
    assert_eq!(link.receive(SECOND).await, Received::Bytes(b"220 a\r\n".to_vec()));
}

/// RFC 8446 5.1: the first octet of a record is its content type, and no content type is a printable character.
#[tokio::test]
async fn what_is_said_in_clear_where_tls_should_begin_is_no_reply() {
    let (_, anchor) = TlsServer::throw_away(&[NAME]).unwrap();
    let mut link = Link::in_process(Says(b"250 injected\r\n".to_vec()));
    let refused = link.start_tls(&trusting(&anchor), SECOND).await;
    assert_eq!(refused, Err(TlsError::InClear { octets: "250 injected\\r\\n".to_owned() }));
}

#[tokio::test]
async fn silence_and_an_end_have_their_own_names() {
    let client = TlsClient::new(NAME, Trust::Anything).unwrap();
    let (mut ours, theirs) = pair().await;
    drop(theirs);
    let refused = ours.start_tls(&client, SECOND).await;
    assert!(matches!(refused, Err(TlsError::Closed | TlsError::Reset { .. })), "{refused:?}");
    let (mut ours, _theirs) = pair().await;
    tokio::time::pause();
    assert_eq!(ours.start_tls(&client, SECOND).await, Err(TlsError::TimedOut { after: SECOND }));
}

#[tokio::test]
async fn a_record_that_was_tampered_with_breaks_it() {
    let (server, anchor) = TlsServer::throw_away(&[NAME]).unwrap();
    let (mut client, mut server) = shaken(&trusting(&anchor), &server);
    server.send(b"250 a\r\n");
    let mut octets = server.take();
    *octets.last_mut().unwrap() ^= 1;
    assert!(matches!(client.receive(&octets), Err(TlsError::Failed { .. })));
    assert!(client.hear().is_empty());
    assert!(client.receive(b"x").is_err());
    // The alert: RFC 8446 5.2, "bad_record_mac".
    assert_eq!(server.receive(&client.take()), Err(TlsError::Alert { description: "BadRecordMac".to_owned() }));
}

#[test]
fn a_client_shows_its_certificate_to_a_server_that_asks() {
    let (identity, anchor) = Identity::throw_away(&[NAME]).unwrap();
    let (own, own_anchor) = Identity::throw_away(&["alice.example"]).unwrap();
    let server = TlsServer::asking_for_certificate(identity, own_anchor.as_bytes()).unwrap();
    let without = shaken(&trusting(&anchor), &server).1;
    assert_eq!(without.peer_certificate(), None);
    let client = trusting(&anchor).with_identity(own).unwrap();
    let with = shaken(&client, &server).1;
    assert_eq!(with.peer_certificate().unwrap().subject, "CN=alice.example");
}

#[test]
fn a_key_that_does_not_fit_is_found_before_anything_is_sent() {
    let (mut identity, anchor) = Identity::throw_away(&[NAME]).unwrap();
    identity.key = Identity::throw_away(&[NAME]).unwrap().0.key;
    let refused = trusting(&anchor).with_identity(identity.clone()).map(|_| ());
    assert!(matches!(refused, Err(TlsSetupError::KeyDoesNotFit(_))), "{refused:?}");
    assert!(matches!(TlsServer::new(identity).map(|_| ()), Err(TlsSetupError::KeyDoesNotFit(_))));
}

#[rstest]
#[case::nothing("", TlsSetupError::NoCertificate)]
#[case::text("banana", TlsSetupError::NoCertificate)]
#[case::a_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", TlsSetupError::NoCertificate)]
fn a_file_without_certificates_has_no_anchors(#[case] pem: &str, #[case] error: TlsSetupError) {
    assert_eq!(TlsClient::new(NAME, Trust::Pem(pem.as_bytes())).map(|_| ()), Err(error));
}

#[test]
fn what_cannot_be_read_says_so() {
    let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let wrong = TlsClient::new(NAME, Trust::Pem(cut.as_bytes())).map(|_| ());
    assert!(matches!(wrong, Err(TlsSetupError::Unreadable(_))), "{wrong:?}");
    let (_, anchor) = Identity::throw_away(&[NAME]).unwrap();
    assert_eq!(Identity::from_pem(anchor.as_bytes(), b"banana").map(|_| ()), Err(TlsSetupError::NoKey));
    assert!(matches!(TlsClient::new("a b", Trust::Anything), Err(TlsSetupError::NotAName(_))));
}

#[test]
fn a_key_is_in_no_debug_output() {
    let (identity, _) = Identity::throw_away(&[NAME]).unwrap();
    let PrivateKeyDer::Pkcs8(key) = &identity.key else { panic!("another form") };
    let octets = format!("{:?}", key.secret_pkcs8_der());
    let said = format!("{identity:?}");
    assert!(!said.contains(octets.trim_matches(['[', ']'])), "{said}");
}

/// Both ends, the handshake over.
fn shaken(client: &TlsClient, server: &TlsServer) -> (TlsSession, TlsSession) {
    let (mut client, mut server) = (client.session().unwrap(), server.session().unwrap());
    for _ in 0..4 {
        server.receive(&client.take()).unwrap();
        client.receive(&server.take()).unwrap();
    }
    assert!(client.is_established() && server.is_established());
    (client, server)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The harness's promise (docs/verdicts.md): how octets are cut makes no difference.
    #[test]
    fn however_the_octets_are_cut_the_same_is_heard(
        lines in proptest::collection::vec("[ -~]{0,40}", 1..6),
        cuts in proptest::collection::vec(1_usize..400, 1..8),
    ) {
        let (server, anchor) = TlsServer::throw_away(&[NAME]).unwrap();
        let (mut client, mut server) = (trusting(&anchor).session().unwrap(), server.session().unwrap());
        for line in &lines {
            server.send(line.as_bytes());
        }
        let mut cuts = cuts.iter().copied().cycle();
        let mut heard = Vec::new();
        for _ in 0..4 {
            server.receive(&client.take()).unwrap();
            if server.is_established() {
                server.close();
            }
            let octets = server.take();
            let mut rest = octets.as_slice();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cuts.next().unwrap().min(rest.len()));
                client.receive(piece).unwrap();
                heard.extend(client.hear());
                rest = after;
            }
        }
        prop_assert_eq!(heard, lines.concat().into_bytes());
        prop_assert!(client.is_closed());
    }

    #[test]
    fn any_octets_are_taken(octets: Vec<u8>, first in 0x14_u8..0x18) {
        let client = TlsClient::new(NAME, Trust::Anything).unwrap();
        for octets in [octets.clone(), [&[first, 3, 3], octets.as_slice()].concat()] {
            let mut session = client.session().unwrap();
            let _ = session.receive(&octets);
            let _ = session.hear();
        }
    }
}

/// RFC 8446 6: an alert is a level and a description in a record of content type 21; 70 is protocol_version, 40 is
/// handshake_failure.
#[tokio::test]
async fn an_alert_about_versions_is_told_from_others() {
    let client = TlsClient::new(NAME, Trust::Anything).unwrap();
    for (description, is_about_versions) in [(70, true), (40, false)] {
        let mut link = Link::in_process(Says(vec![21, 3, 1, 0, 2, 2, description]));
        let refused = link.start_tls(&client, SECOND).await;
        assert_eq!(matches!(refused, Err(TlsError::VersionNotSupported { .. })), is_about_versions, "{refused:?}");
        assert_eq!(matches!(refused, Err(TlsError::Alert { .. })), !is_about_versions, "{refused:?}");
    }
}
