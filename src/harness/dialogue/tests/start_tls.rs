//! STARTTLS on a socket, against a server that plays its part by hand.

use super::*;
use crate::protocol::tls::TlsVersion;
use crate::transport::{Accepted, TlsClient, TlsServer, Trust, listen};

const NAME: &str = "mail.inside.example";

/// A dialogue with a server that has TLS and does as told.
async fn with_tls_server<F>(behave: impl FnOnce(Accepted, TlsServer) -> F + Send + 'static) -> Dialogue
where
    F: Future<Output = ()> + Send + 'static,
{
    let (server, anchor) = TlsServer::throw_away(&[NAME]).unwrap();
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.address().unwrap();
    tokio::spawn(async move { behave(listener.accept().await.unwrap(), server).await });
    let link = connect(address, None, SECOND).await.unwrap();
    let (clock, limits) = (Clock::system(), TimeLimits::default());
    let deadline = Deadline { at: limits.case, limit: "case" };
    let client = TlsClient::new(NAME, Trust::Pem(anchor.as_bytes())).unwrap();
    Dialogue::new(link, Client::default(), clock, limits.reply, deadline)
        .with_secrecy(Secrecy::AtWill(Box::new(client)))
}

fn start_tls() -> Step {
    Step::StartTls { behind: Vec::new() }
}

#[tokio::test]
async fn behind_the_handshake_everything_is_said_under_tls() {
    let mut dialogue = with_tls_server(async |Accepted { mut link, .. }, server| {
        assert_eq!(link.receive(SECOND).await, Received::Bytes(b"STARTTLS\r\n".to_vec()));
        link.send(b"220 go\r\n", SECOND).await.unwrap();
        link.accept_tls(&server, SECOND).await.unwrap();
        assert_eq!(link.receive(SECOND).await, Received::Bytes(b"NOOP\r\n".to_vec()));
        link.send(b"250 ok\r\n", SECOND).await.unwrap();
        forever().await;
    })
    .await;
    let outcome = dialogue.perform(start_tls()).await;
    let Outcome::Secured { established, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(established.version, TlsVersion::Tls13);
    assert_eq!(dialogue.perform(noop()).await.into_reply().unwrap().code().get(), 250);
    let told = dialogue.transcript().to_string();
    assert!(told.contains("S: 220 go\n-- TLS stands: TLS 1.3, TLS_"), "{told}");
    assert!(told.ends_with("certificate verified\nC: NOOP\nS: 250 ok\n"), "{told}");
}

/// One write or two: neither is taken for a reply.
#[tokio::test]
async fn a_reply_in_clear_behind_the_220_is_no_reply() {
    let together: &[&[u8]] = &[b"220 go\r\n250 injected\r\n"];
    for says in [together, &[b"220 go\r\n", b"250 injected\r\n"]] {
        let mut dialogue = with_tls_server(async move |Accepted { mut link, .. }, _| {
            let _ = link.receive(SECOND).await;
            for octets in says {
                link.send(octets, SECOND).await.unwrap();
            }
            forever().await;
        })
        .await;
        let why = no_answer(dialogue.perform(start_tls()).await);
        let NoAnswer::NoTls { cause: NoTls::Failed { error: TlsError::InClear { octets } } } = why else {
            panic!("{why:?}")
        };
        assert!(octets.starts_with("250 injected"), "{octets}");
        assert!(dialogue.perform(noop()).await.into_reply().is_err());
    }
}

#[tokio::test]
async fn a_client_that_has_no_tls_begins_none() {
    let mut dialogue = with_tls_server(async |Accepted { mut link, .. }, _| {
        let _ = link.receive(SECOND).await;
        link.send(b"220 go\r\n", SECOND).await.unwrap();
        assert_eq!(link.receive(SECOND).await, Received::Closed);
    })
    .await;
    dialogue.secrecy = Secrecy::NoTls;
    let why = no_answer(dialogue.perform(start_tls()).await);
    assert!(matches!(why, NoAnswer::NoTls { cause: NoTls::Failed { .. } }), "{why:?}");
}
