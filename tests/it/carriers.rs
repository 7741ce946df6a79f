//! One script, three carriers: in process, over TCP, over TCP cut anyhow. The same is said on each.

#![expect(clippy::expect_used, reason = "helpers of tests, which fail by panicking")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use smtpspec::harness::Secrecy;
use smtpspec::harness::client::{Authenticate, Client, Script, Step};
use smtpspec::harness::clock::Clock;
use smtpspec::harness::dialogue::{Dialogue, FactLog};
use smtpspec::harness::limits::Deadline;
use smtpspec::harness::nonces::Nonces;
use smtpspec::harness::server::{HostCertificate, ModelHost, ModelServer, NextHop, Outbox, ServerOptions};
use smtpspec::harness::witness::Witness;
use smtpspec::judge::{Nonce, Sighting};
use smtpspec::protocol::sasl::{AccountSecret, Credentials, Entropy, Mechanism};
use smtpspec::protocol::secret::Secret;
use smtpspec::protocol::transcript::{Content, Happening, Transcript, first_difference};
use smtpspec::reference::deployment::catalogue::Catalogue;
use smtpspec::reference::model::{Account, Directory, Model};
use smtpspec::transport::{Link, connect};

const LIMIT: Duration = Duration::from_secs(20);
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const MARK: &str = "c0ffee";

/// What was said on a carrier, and where the message that carries [`MARK`] arrived.
type Heard = (Transcript, Vec<Sighting>);

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().expect("the built-in files are right"));

fn model(deployment: &str) -> Arc<Model> {
    let deployment = CATALOGUE.get(deployment).expect("a built-in deployment");
    let behaviours = deployment.listeners.first().and_then(|listener| listener.behaviours.clone());
    let account = Account {
        name: "alice".to_owned(),
        secret: AccountSecret { password: Secret::new("sesame") },
        mail_right: true,
        administrator: false,
        mailbox: Some("alice@inside.example".to_owned()),
    };
    let directory = Arc::new(Directory { accounts: vec![account] });
    Arc::new(Model::new(Arc::new(behaviours.expect("it answers")), directory, deployment.host.name.clone()))
}

/// Both hops go to one witness.
fn outbox() -> (Witness, Outbox) {
    let clock = Clock::new_virtual();
    let witness = Witness::new(clock.clone());
    let hop = NextHop::Witness(witness.clone());
    (witness, Outbox { outside: hop.clone(), inside: hop, host: "mail.inside.example".to_owned(), clock })
}

async fn perform(link: Link, certificate: &HostCertificate, script: Script) -> Transcript {
    let deadline = Deadline { at: Duration::from_secs(60), limit: "case" };
    let dialogue = Dialogue::new(link, Client::default(), Clock::system(), LIMIT, deadline);
    let mut dialogue =
        dialogue.with_secrecy(Secrecy::AtWill(Box::new(certificate.client().expect("a name for a certificate"))));
    dialogue.perform_all(script).await;
    // The certificate of each server is its own.
    let mut transcript = dialogue.transcript().clone();
    for entry in &mut transcript.entries {
        if let Content::Happening(Happening::TlsEstablished(established)) = &mut entry.content {
            assert!(established.certificate.take().is_some());
        }
    }
    transcript
}

async fn in_process(deployment: &str, script: Script) -> Heard {
    let (witness, outbox) = outbox();
    let host = ModelHost::new(model(deployment), outbox);
    let peer = host.connect(LOOPBACK, LOOPBACK, Nonces::seeded("carriers"), FactLog::default());
    let transcript = perform(Link::in_process(peer), &host.certificate, script).await;
    (transcript, witness.sightings(&Nonce(MARK.to_owned())))
}

/// Over a socket; `cuts` are how many octets go through at a time, one way and the other. `seen` sightings are waited
/// for.
async fn over_tcp(deployment: &str, script: Script, cuts: Option<Vec<usize>>, seen: usize) -> Heard {
    let (witness, outbox) = outbox();
    let listen = SocketAddr::new(LOOPBACK, 0);
    let options = ServerOptions { listen, sessions: 2, nonces: Nonces::seeded("carriers") };
    let server = ModelServer::open(options, model(deployment), outbox).await.expect("a free port");
    let address = match cuts {
        Some(cuts) => cutter(server.address(), cuts).await,
        None => server.address(),
    };
    let link = connect(address, None, LIMIT).await.expect("it listens");
    let transcript = perform(link, server.certificate(), script).await;
    let mark = Nonce(MARK.to_owned());
    for _ in 0..500 {
        if witness.sightings(&mark).len() >= seen {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (transcript, witness.sightings(&mark))
}

/// Something in between that passes octets on in pieces.
async fn cutter(to: SocketAddr, cuts: Vec<usize>) -> SocketAddr {
    let listener = TcpListener::bind(SocketAddr::new(LOOPBACK, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.expect("a client");
        let server = TcpStream::connect(to).await.expect("it listens");
        for stream in [&client, &server] {
            stream.set_nodelay(true).expect("a socket");
        }
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::spawn(pass(from_client, to_server, cuts.clone()));
        tokio::spawn(pass(from_server, to_client, cuts));
    });
    address
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, cuts: Vec<usize>) {
    for cut in cuts.into_iter().cycle() {
        let mut piece = vec![0; cut];
        match from.read(&mut piece).await {
            Ok(count) if count > 0 && to.write_all(&piece[..count]).await.is_ok() => tokio::task::yield_now().await,
            _ => break,
        }
    }
}

fn command(line: &str) -> Step {
    Step::Command(line.as_bytes().to_vec())
}

fn authenticate(mechanism: Mechanism, credentials: Credentials) -> Step {
    let entropy = Entropy { nonce: *b"carriers", unix_milliseconds: 1_014_811_200_000 };
    Step::Authenticate(Authenticate { mechanism, credentials, entropy })
}

/// A few steps of a session. Each asks for at most as many replies as it causes.
fn passage() -> impl Strategy<Value = Script> {
    let password = |password: &str| Credentials::Password {
        user: "alice".to_owned(),
        password: Secret::new(password),
        domain: None,
    };
    let mail = |recipient: &str| {
        let message = format!("From: <a@client.example>\r\nX-Smtpspec-Nonce: {MARK}\r\n\r\n.dots\r\n");
        vec![
            command("MAIL FROM:<a@client.example>"),
            command(&format!("RCPT TO:<{recipient}>")),
            command("DATA"),
            Step::MailData(message.into_bytes()),
        ]
    };
    let ehlo = Step::Ehlo { name: "client.example".to_owned(), helo_fallback: true };
    select(vec![
        vec![ehlo],
        mail("postmaster@inside.example"),
        mail("somebody@elsewhere.example"),
        vec![command("MAIL FROM:<>"), command("RSET")],
        vec![command("RCPT TO:<nobody>")],
        vec![command("FROBNICATE now"), command("")],
        vec![command("VRFY alice"), command("HELP"), command("NOOP")],
        vec![authenticate(Mechanism::Ntlm, Credentials::NullSession)],
        vec![authenticate(Mechanism::Ntlm, password("sesame"))],
        vec![authenticate(Mechanism::Login, password("wrong"))],
        vec![authenticate(Mechanism::CramMd5, password("sesame"))],
        vec![authenticate(Mechanism::ScramSha256, password("sesame"))],
        vec![Step::Octets(b"NOOP\r\nRSET\r\nNO".to_vec()), Step::Octets(b"OP\r\n".to_vec()), Step::Reply, Step::Reply],
        vec![Step::Octets(vec![b'x'; 3000]), command("")],
    ])
}

fn script() -> impl Strategy<Value = Script> {
    (any::<bool>(), proptest::collection::vec(passage(), 1..8)).prop_map(|(begins_tls, passages)| {
        let mut script = vec![Step::Greeting];
        // Later on replies may be owed, and a handshake is not begun on the reply to something else.
        script.extend(begins_tls.then_some(Step::StartTls { behind: Vec::new() }));
        script.extend(passages.into_iter().flatten());
        script.push(command("QUIT"));
        script
    })
}

/// What was seen, times aside, in an order of its own: two hops may overtake each other.
fn seen(sightings: &[Sighting]) -> Vec<String> {
    let mut seen: Vec<String> = sightings
        .iter()
        .map(|seen| format!("{:?} {:?} {:?} {:?}", seen.door, seen.reverse_path, seen.forward_paths, seen.trace))
        .collect();
    seen.sort();
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_same_is_said_on_every_carrier(
        script in script(),
        cuts in proptest::collection::vec(1_usize..20, 1..12),
        deployment in any::<Index>(),
    ) {
        let deployments =
            ["windows-2000", "windows-2000-patched", "exchange-5.0-rerouting", "exchange-5.5-on-nt4", "reference-tls"];
        let deployment = deployments[deployment.index(deployments.len())];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (here, whole, cut) = runtime.block_on(async {
            let here = in_process(deployment, script.clone()).await;
            let whole = over_tcp(deployment, script.clone(), None, here.1.len()).await;
            let cut = over_tcp(deployment, script, Some(cuts), here.1.len()).await;
            (here, whole, cut)
        });
        prop_assert!(here.0.entries.len() > 2, "{}", here.0);
        for (transcript, sightings) in [whole, cut] {
            let difference = first_difference(&here.0, &transcript);
            prop_assert!(difference.is_none(), "{difference:?}\n{}\n--\n{transcript}", here.0);
            prop_assert_eq!(seen(&here.1), seen(&sightings));
        }
    }
}

// RFC 3207 4.2 and 6: whether the octets behind STARTTLS come with it or after it, they are not run.
#[tokio::test]
async fn what_is_behind_starttls_is_thrown_away_on_every_carrier() {
    let script = || {
        let ehlo = Step::Ehlo { name: "client.example".to_owned(), helo_fallback: false };
        let behind = b"MAIL FROM:<>\r\n".to_vec();
        let rcpt = command("RCPT TO:<postmaster@inside.example>");
        vec![Step::Greeting, ehlo.clone(), Step::StartTls { behind }, rcpt.clone(), ehlo, rcpt, Step::Quit]
    };
    let (here, _) = in_process("reference-tls", script()).await;
    let replies = here.to_string();
    assert!(replies.contains("TLS 1.3"), "{replies}");
    let codes: Vec<&str> = replies.lines().filter_map(|line| line.strip_prefix("S: ")?.get(..4)).collect();
    let expected = ["220 ", "250 ", "220 ", "503 ", "250 ", "503 ", "221 "];
    assert_eq!(codes.into_iter().filter(|code| code.ends_with(' ')).collect::<Vec<_>>(), expected, "{replies}");
    let (there, _) = over_tcp("reference-tls", script(), None, 0).await;
    assert_eq!(first_difference(&here, &there), None, "{here}\n--\n{there}");
}
