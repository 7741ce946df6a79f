//! Servers that are to be spoken with under TLS.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::time::Duration;

use rstest::rstest;

use super::external::{file, on_bench, secrets, take_all};
use super::scripted::Heard;
use super::*;
use crate::judge::{Authentication, Fate, NoTls};
use crate::protocol::tls::TlsError;
use crate::transport::{Link, Received, TlsServer, listen};

const SECOND: Duration = Duration::from_secs(1);

/// How a server takes to TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harness::bench) enum Manner {
    StartTls,
    AtOnce,
    /// Lists AUTH in the place of STARTTLS.
    Withholds,
    Refuses,
    /// Says more than the 220 in clear.
    Injects,
}

/// A server on a socket until dropped: what it heard, and whether under TLS.
pub(in crate::harness::bench) struct Server {
    pub(in crate::harness::bench) address: SocketAddr,
    pub(in crate::harness::bench) anchor: String,
    heard: Arc<Mutex<Vec<(bool, String)>>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(in crate::harness::bench) async fn open(manner: Manner) -> Self {
        let (tls, anchor) = TlsServer::throw_away(&["mail.inside.example", "127.0.0.1"]).unwrap();
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = listener.address().unwrap();
        let heard: Arc<Mutex<Vec<(bool, String)>>> = Arc::default();
        let kept = Arc::clone(&heard);
        let accepting = tokio::spawn(async move {
            while let Ok(accepted) = listener.accept().await {
                tokio::spawn(attend(accepted.link, manner, tls.clone(), Arc::clone(&kept)));
            }
        });
        Self { address, anchor, heard, accepting }
    }

    fn said_in_clear(&self) -> Vec<String> {
        self.lines(false)
    }

    fn lines(&self, is_secret: bool) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|(secret, _)| *secret == is_secret).map(|(_, line)| line.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn attend(mut link: Link, manner: Manner, tls: TlsServer, kept: Arc<Mutex<Vec<(bool, String)>>>) {
    if manner == Manner::AtOnce && link.accept_tls(&tls, SECOND).await.is_err() {
        return;
    }
    let (mut heard, mut buffer) = (Heard::default(), Vec::new());
    let mut reply = "220 a".to_owned();
    loop {
        if reply != "\0" && link.send(format!("{reply}\r\n").as_bytes(), SECOND).await.is_err() {
            return;
        }
        if reply.starts_with("220 go") && link.accept_tls(&tls, SECOND).await.is_err() {
            return;
        }
        let end = loop {
            match buffer.iter().position(|octet| *octet == b'\n') {
                Some(end) => break end,
                None => match link.receive(30 * SECOND).await {
                    Received::Bytes(octets) => buffer.extend(octets),
                    _ => return,
                },
            }
        };
        let line: Vec<u8> = buffer.drain(..=end).collect();
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        kept.lock().unwrap().push((link.is_secret(), line.clone()));
        reply = match (manner, line.as_str(), link.is_secret()) {
            (Manner::Withholds | Manner::AtOnce, _, _) | (_, _, true) => take_all(&mut heard, &line),
            (Manner::Refuses, "STARTTLS", false) => "454 4.7.0 TLS not available".to_owned(),
            (Manner::Injects, "STARTTLS", false) => "220 go\r\n250 injected".to_owned(),
            (Manner::StartTls, "STARTTLS", false) => "220 go".to_owned(),
            (_, line, false) if line.starts_with("EHLO") => "250-a\r\n250 STARTTLS".to_owned(),
            (_, _, false) => take_all(&mut heard, &line),
        };
    }
}

/// A target file with this for TLS; the anchor lies beside it.
fn with_tls(folder: &tempfile::TempDir, server: &Server, tls: &str) -> (Bench, TargetName) {
    std::fs::write(folder.path().join("ca.pem"), &server.anchor).unwrap();
    let more = format!("tls: {tls}\nlimits: {{ reply: 5s }}");
    on_bench(file(folder, server.address, &more, "  null-session: absent\n"))
}

const VERIFIED: &str = "{ use: starttls, ca-file: ca.pem }";

#[rstest]
#[case::starttls(Manner::StartTls, VERIFIED)]
#[case::by_name(Manner::StartTls, "{ use: starttls, ca-file: ca.pem, server-name: mail.inside.example }")]
#[case::any_certificate(Manner::StartTls, "{ use: starttls, certificate: any }")]
#[case::implicit(Manner::AtOnce, "{ use: implicit, ca-file: ca.pem }")]
#[tokio::test]
async fn roles_sign_in_and_send_mail_under_tls_alone(#[case] manner: Manner, #[case] tls: &str) {
    let (folder, server) = (secrets(), Server::open(manner).await);
    let (bench, name) = with_tls(&folder, &server, tls);
    bench.prepare().await.unwrap();
    let evidence = bench.evidence(&name, &[Role::AuthorizedAccount]).await;
    let attempt = evidence.of(Role::AuthorizedAccount, Destination::Remote).next().unwrap();
    assert!(matches!(attempt.authentication, Authentication::Accepted { .. }), "{}", attempt.transcript);
    assert!(attempt.transcript.to_string().contains("-- TLS stands: TLS 1.3"), "{}", attempt.transcript);
    let secret = server.lines(true);
    assert!(secret.iter().any(|line| line == "AUTH LOGIN") && secret.iter().any(|line| line.starts_with("MAIL FROM:")));
    for line in server.said_in_clear() {
        assert!(line.starts_with("EHLO ") || line == "STARTTLS", "{line} was said in clear");
    }
}

/// RFC 3207 6: whoever stands between client and server can take STARTTLS away.
#[rstest]
#[case::not_listed(Manner::Withholds, VERIFIED, |cause: &NoTls| matches!(cause, NoTls::NotOffered))]
#[case::refused(Manner::Refuses, VERIFIED, |cause: &NoTls| matches!(cause, NoTls::Refused { .. }))]
#[case::injected(Manner::Injects, VERIFIED, |cause: &NoTls| {
    matches!(cause, NoTls::Failed { error: TlsError::InClear { .. } })
})]
#[case::another_name(
    Manner::StartTls,
    "{ use: starttls, ca-file: ca.pem, server-name: mx.inside.example }",
    |cause: &NoTls| matches!(cause, NoTls::Failed { error: TlsError::WrongName { .. } })
)]
#[case::nobody_begins(Manner::StartTls, "{ use: implicit, ca-file: ca.pem }", |cause: &NoTls| {
    matches!(cause, NoTls::Failed { error: TlsError::InClear { .. } })
})]
#[tokio::test]
async fn where_tls_is_not_to_be_had_nothing_secret_is_said(
    #[case] manner: Manner,
    #[case] tls: &str,
    #[case] is_right: fn(&NoTls) -> bool,
) {
    let (folder, server) = (secrets(), Server::open(manner).await);
    let (bench, name) = with_tls(&folder, &server, tls);
    bench.prepare().await.unwrap();
    let roles = [Role::Anonymous, Role::AuthorizedAccount, Role::UnauthorizedAccount, Role::Guest, Role::WrongPassword];
    let evidence = bench.evidence(&name, &roles).await;
    assert!(evidence.attempts.len() >= roles.len(), "{:?}", evidence.attempts);
    for attempt in &evidence.attempts {
        let Fate::NoAnswer(NoAnswer::NoTls { cause }) = &attempt.fate else { panic!("{attempt:?}") };
        assert!(is_right(cause), "{cause:?}");
    }
    // A TLS handshake has octets that are no text, and may have one that ends a line.
    for line in server.said_in_clear().into_iter().filter(|line| line.chars().all(|c| c.is_ascii_graphic() || c == ' '))
    {
        let may_be_said = line.starts_with("EHLO ") || ["STARTTLS", "QUIT"].contains(&line.as_str());
        assert!(may_be_said, "{line} was said in clear");
    }
    assert!(server.lines(true).is_empty());
}

#[tokio::test]
async fn a_cases_own_lines_are_kept_back_until_tls_stands() {
    let (folder, server) = (secrets(), Server::open(Manner::StartTls).await);
    let (bench, name) = with_tls(&folder, &server, VERIFIED);
    let mut conversation = bench.converse_in_clear(&name).await.unwrap();
    conversation.ehlo().await.unwrap();
    for line in ["AUTH PLAIN AGFsaWNlAHNlc2FtZQ==", "MAIL FROM:<a@client.example>", "NOOP"] {
        let why = conversation.say(line).await.unwrap_err();
        assert!(matches!(why, NoAnswer::NoTls { cause: NoTls::Withheld { .. } }), "{why:?}");
    }
    assert!(conversation.send(b"MAIL FROM:<a@client.example>\r\n").await.is_err());
    assert!(conversation.start_tls(b"MAIL FROM:<a@client.example>\r\n").await.is_err());
    let kept_back = conversation.authenticate_as(Role::AuthorizedAccount).await;
    assert!(matches!(kept_back, Authentication::NoAnswer(NoAnswer::NoTls { .. })), "{kept_back:?}");
    let (reply, established) = conversation.start_tls(b"").await.unwrap();
    assert_eq!((reply.code().get(), established.is_some()), (220, true));
    assert_eq!(conversation.say("NOOP").await.unwrap().code().get(), 250);
    let signed_in = conversation.authenticate_as(Role::AuthorizedAccount).await;
    assert!(matches!(signed_in, Authentication::Accepted { .. }), "{signed_in:?}");
    assert_eq!(server.said_in_clear(), ["EHLO client.example", "STARTTLS"]);
}

#[tokio::test]
async fn a_conversation_stands_under_tls_when_it_is_handed_over() {
    let (folder, server) = (secrets(), Server::open(Manner::StartTls).await);
    let (bench, name) = with_tls(&folder, &server, VERIFIED);
    let mut conversation = bench.converse(&name).await.unwrap();
    assert_eq!(conversation.say("MAIL FROM:<a@client.example>").await.unwrap().code().get(), 250);
    assert_eq!(server.said_in_clear(), ["EHLO client.example", "STARTTLS"]);
}
