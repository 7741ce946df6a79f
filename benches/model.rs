//! How many commands the model answers in a second, and beside it what reading the same commands costs `smtp-proto`,
//! which answers nothing. What the figures are for is in `docs/benchmarks.md`.
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::net::IpAddr;
use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use smtp_proto::Request;
use smtpspec::protocol::sasl::{AccountSecret, ClientExchange, Credentials, Entropy, Mechanism};
use smtpspec::protocol::secret::Secret;
use smtpspec::reference::deployment::catalogue::Catalogue;
use smtpspec::reference::model::{Account, Connection, Directory, Model, Output, Session, UnixTime};

/// The product of today, and the one that the bulletin is about.
const DEPLOYMENTS: [&str; 2] = ["reference", "windows-2000"];

const HOST: &str = "mail.inside.example";
const USER: &str = "authorized";
const PASSWORD: &str = "Pa55word";
const NOW: UnixTime = UnixTime(1_014_811_200_000);
const NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

const HELLO: &[u8] = b"EHLO client.example\r\n";
const NOOPS: usize = 100;

/// A mail transaction up to its data, with EHLO before it.
const ENVELOPE: &[u8] = b"EHLO client.example\r\n\
    MAIL FROM:<sender@client.example>\r\n\
    RCPT TO:<authorized@inside.example>\r\n\
    DATA\r\n";

/// EHLO, MAIL, RCPT, DATA, the end of mail data, QUIT: each has one reply.
const REPLIES_OF_A_TRANSACTION: usize = 6;

fn main() {
    divan::main();
}

/// NOOP, a hundred in one read, on a session that stands.
#[divan::bench(args = DEPLOYMENTS)]
fn noop(bencher: Bencher<'_, '_>, deployment: &str) {
    let mut session = greeted(&model(deployment));
    let commands = b"NOOP\r\n".repeat(NOOPS);
    assert_eq!(answered(&mut session, &commands), NOOPS);
    bencher.counter(ItemsCount::new(NOOPS)).bench_local(|| answered(&mut session, black_box(&commands)));
}

/// The same hundred lines, read and not answered.
#[divan::bench]
fn noop_read_by_smtp_proto(bencher: Bencher<'_, '_>) {
    let commands = b"NOOP\r\n".repeat(NOOPS);
    assert_eq!(read_by_smtp_proto(&commands), NOOPS);
    bencher.counter(ItemsCount::new(NOOPS)).bench(|| read_by_smtp_proto(black_box(&commands)));
}

/// A connection with one message of 4 KiB for a local recipient, from the greeting to QUIT.
#[divan::bench(args = DEPLOYMENTS)]
fn mail_transaction(bencher: Bencher<'_, '_>, deployment: &str) {
    let model = model(deployment);
    let pieces = [ENVELOPE, &mail_data(), b"QUIT\r\n"];
    let serve = |pieces: &[&[u8]]| {
        let mut session = opened(&model);
        pieces.iter().map(|piece| answered(&mut session, piece)).sum::<usize>()
    };
    assert_eq!(serve(&pieces), REPLIES_OF_A_TRANSACTION);
    bencher.counter(ItemsCount::new(REPLIES_OF_A_TRANSACTION)).bench(|| serve(black_box(&pieces)));
}

/// The same octets, read and not answered.
#[divan::bench]
fn mail_transaction_read_by_smtp_proto(bencher: Bencher<'_, '_>) {
    let data = mail_data();
    let read = |data: &[u8]| {
        let mut content = Vec::new();
        let ended = smtp_proto::request::receiver::DataReceiver::new().ingest(&mut data.iter(), &mut content);
        read_by_smtp_proto(black_box(ENVELOPE)) + usize::from(ended) + read_by_smtp_proto(black_box(b"QUIT\r\n"))
    };
    assert_eq!(read(&data), REPLIES_OF_A_TRANSACTION);
    bencher.counter(ItemsCount::new(REPLIES_OF_A_TRANSACTION)).bench(|| read(black_box(&data)));
}

/// An NTLM exchange, right password, on a new connection: EHLO, AUTH and two messages. The client's part was computed
/// before, for the one nonce that is used here.
#[divan::bench(args = DEPLOYMENTS)]
fn ntlm_exchange(bencher: Bencher<'_, '_>, deployment: &str) {
    let model = model(deployment);
    let lines = ntlm_client_lines(&model);
    let serve = |lines: &[Vec<u8>]| {
        let mut session = opened(&model);
        lines.iter().map(|line| said(&mut session, line)).last().unwrap_or_default()
    };
    assert!(serve(&lines).starts_with(b"235"));
    bencher.counter(ItemsCount::new(lines.len())).bench(|| serve(black_box(&lines)));
}

fn model(deployment: &str) -> Arc<Model> {
    let catalogue = Catalogue::built_in().expect("the built-in deployments are read");
    let listener = catalogue.get(deployment).and_then(|deployment| deployment.listeners.first());
    let behaviours = listener.and_then(|listener| listener.behaviours.clone()).expect("the deployment answers");
    let account = Account {
        name: USER.to_owned(),
        secret: AccountSecret::from_password(PASSWORD),
        mail_right: true,
        administrator: false,
        mailbox: Some(format!("{USER}@inside.example")),
    };
    Arc::new(Model::new(Arc::new(behaviours), Arc::new(Directory { accounts: vec![account] }), HOST))
}

/// A session whose greeting was taken.
fn opened(model: &Arc<Model>) -> Session {
    let loopback = IpAddr::from([127, 0, 0, 1]);
    let connection = Connection { peer: loopback, peer_name: None, local: loopback };
    let mut session = Session::open(Arc::clone(model), connection, NOW);
    while session.poll().is_some() {}
    session
}

fn greeted(model: &Arc<Model>) -> Session {
    let mut session = opened(model);
    answered(&mut session, HELLO);
    session
}

/// How many replies octets bring.
fn answered(session: &mut Session, octets: &[u8]) -> usize {
    session.receive(octets, NOW);
    let mut replies = 0;
    while let Some(output) = session.poll() {
        match black_box(output) {
            Output::Reply { .. } => replies += 1,
            Output::NeedNonce => session.nonce(NONCE, NOW),
            Output::Transmit { .. } | Output::BeginTls | Output::Close | Output::ServiceFails => {}
        }
    }
    replies
}

/// The last reply that octets bring.
fn said(session: &mut Session, octets: &[u8]) -> Vec<u8> {
    session.receive(octets, NOW);
    let mut reply = Vec::new();
    while let Some(output) = session.poll() {
        match output {
            Output::Reply { bytes, .. } => reply = bytes,
            Output::NeedNonce => session.nonce(NONCE, NOW),
            Output::Transmit { .. } | Output::BeginTls | Output::Close | Output::ServiceFails => {}
        }
    }
    reply
}

fn mail_data() -> Vec<u8> {
    let line = [b"x".repeat(70).as_slice(), b"\r\n"].concat();
    [b"Subject: a message\r\n\r\n".as_slice(), &line.repeat(4096 / line.len()), b".\r\n"].concat()
}

/// What a client with the right password says, line by line, to the challenge that the nonce makes.
fn ntlm_client_lines(model: &Arc<Model>) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let password = Secret::new(PASSWORD);
    let credentials = Credentials::Password { user: USER.to_owned(), password, domain: None };
    let entropy = Entropy { nonce: NONCE, unix_milliseconds: NOW.0 };
    let mut client = ClientExchange::begin(Mechanism::Ntlm, credentials, entropy).expect("NTLM takes a password");
    let mut session = greeted(model);
    let mut lines = vec![HELLO.to_vec(), b"AUTH NTLM\r\n".to_vec()];
    let mut reply = said(&mut session, b"AUTH NTLM\r\n");
    while let Some(challenge) = reply.strip_prefix(b"334 ") {
        let challenge = STANDARD.decode(challenge.trim_ascii_end()).ok();
        let response = client.respond(challenge.as_deref()).expect("the model's challenge is read");
        let line = format!("{}\r\n", STANDARD.encode(response.expose())).into_bytes();
        reply = said(&mut session, &line);
        lines.push(line);
    }
    lines
}

fn read_by_smtp_proto(octets: &[u8]) -> usize {
    let mut octets = octets.iter();
    let mut commands = 0;
    while let Ok(request) = Request::parse(&mut octets) {
        black_box(request);
        commands += 1;
    }
    commands
}
