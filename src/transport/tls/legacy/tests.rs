use std::time::Duration;

use super::*;
use crate::protocol::tls::{CertificateCheck, Established};
use crate::transport::{Link, Peer, Received, TlsClient, Trust};

const SECOND: Duration = Duration::from_secs(1);
const NAME: &str = "mail.inside.example";

/// A server that speaks one version of TLS, by OpenSSL's own server side, and says back what it hears.
#[derive(Debug)]
struct Old {
    stream: SslStream<Pipe>,
    is_over: bool,
}

impl Old {
    fn new(version: SslVersion) -> (Self, String) {
        let (Identity { chain, key }, anchor) = Identity::throw_away(&[NAME]).unwrap();
        let mut context = SslContext::builder(SslMethod::tls_server()).unwrap();
        context.set_security_level(0);
        context.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
        context.set_min_proto_version(Some(version)).unwrap();
        context.set_max_proto_version(Some(version)).unwrap();
        context.set_certificate(&X509::from_der(&chain[0]).unwrap()).unwrap();
        context.set_private_key(&PKey::private_key_from_der(key.secret_der()).unwrap()).unwrap();
        let mut ssl = openssl::ssl::Ssl::new(&context.build()).unwrap();
        ssl.set_accept_state();
        (Self { stream: SslStream::new(ssl, Pipe::default()).unwrap(), is_over: false }, anchor)
    }
}

impl Peer for Old {
    fn receive(&mut self, bytes: &[u8]) {
        self.stream.get_mut().incoming.extend(bytes);
        match self.stream.do_handshake() {
            Ok(()) => {}
            Err(error) if error.code() == ErrorCode::WANT_READ => return,
            Err(_) => {
                self.is_over = true;
                return;
            }
        }
        let mut buffer = [0; 1000];
        while let Ok(count) = self.stream.ssl_read(&mut buffer) {
            self.stream.ssl_write(&buffer[..count]).unwrap();
        }
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream.get_mut().outgoing)
    }

    fn is_closed(&self) -> bool {
        self.is_over
    }
}

fn legacy(name: &str, trust: Trust<'_>) -> TlsClient {
    TlsClient::new(name, trust).unwrap().with_legacy_versions().unwrap()
}

async fn shake_hands(client: &TlsClient, server: Old) -> (Link, Result<Established, TlsError>) {
    let mut link = Link::in_process(server);
    let established = link.start_tls(client, SECOND).await;
    (link, established)
}

#[tokio::test]
async fn a_server_of_old_is_spoken_with_in_its_version() {
    let versions = [
        (SslVersion::TLS1, TlsVersion::Tls10),
        (SslVersion::TLS1_1, TlsVersion::Tls11),
        (SslVersion::TLS1_2, TlsVersion::Tls12),
        (SslVersion::TLS1_3, TlsVersion::Tls13),
    ];
    for (version, expected) in versions {
        let (server, anchor) = Old::new(version);
        let (mut link, established) = shake_hands(&legacy(NAME, Trust::Pem(anchor.as_bytes())), server).await;
        let established = established.unwrap();
        assert_eq!((established.version, established.check), (expected, CertificateCheck::Verified));
        assert_eq!(established.certificate.unwrap().names, [NAME]);
        link.send(b"NOOP\r\n", SECOND).await.unwrap();
        assert_eq!(link.receive(SECOND).await, Received::Bytes(b"NOOP\r\n".to_vec()));
    }
}

/// RFC 8446 4.1.3 and 6.2: a client of TLS 1.2 and 1.3 and a server of 1.0 alone have no version in common.
#[tokio::test]
async fn without_the_old_versions_there_is_none_in_common() {
    for version in [SslVersion::TLS1, SslVersion::TLS1_1] {
        let (server, anchor) = Old::new(version);
        let client = TlsClient::new(NAME, Trust::Pem(anchor.as_bytes())).unwrap();
        let refused = shake_hands(&client, server).await.1;
        assert!(matches!(refused, Err(TlsError::VersionNotSupported { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn certificates_are_verified_all_the_same() {
    let (server, anchor) = Old::new(SslVersion::TLS1);
    let refused = shake_hands(&legacy("mx.inside.example", Trust::Pem(anchor.as_bytes())), server).await.1;
    assert!(matches!(refused, Err(TlsError::WrongName { .. })), "{refused:?}");
    let (server, _) = Old::new(SslVersion::TLS1);
    let (_, other) = Old::new(SslVersion::TLS1);
    let refused = shake_hands(&legacy(NAME, Trust::Pem(other.as_bytes())), server).await.1;
    let Err(TlsError::NotTrusted { certificate, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(certificate.names, [NAME]);
    let (server, _) = Old::new(SslVersion::TLS1);
    let established = shake_hands(&legacy(NAME, Trust::Anything), server).await.1.unwrap();
    assert_eq!(established.check, CertificateCheck::AcceptedUnverified);
    assert_eq!(established.certificate.unwrap().names, [NAME]);
}

#[tokio::test]
async fn what_is_said_in_clear_is_told_from_an_old_version() {
    let (mut server, anchor) = Old::new(SslVersion::TLS1);
    server.stream.get_mut().outgoing.extend(b"554 5.7.0 no\r\n");
    let refused = shake_hands(&legacy(NAME, Trust::Pem(anchor.as_bytes())), server).await.1;
    assert!(matches!(refused, Err(TlsError::InClear { .. })), "{refused:?}");
}
