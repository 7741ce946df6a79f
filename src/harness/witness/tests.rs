//! A witness and runs that follow it, on loopback. Nothing here waits for a time to pass: each test waits for what is told.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::channel::{HandshakeError, Key};
use super::*;
use crate::harness::clock::Clock;
use crate::judge::{Door, NoAnswer, Nonce};
use crate::protocol::secret::Secret;

/// Nothing takes this long that comes at all.
const LONG: Duration = Duration::from_secs(60);

const KEY: &str = "a key of some length";

fn key(text: &str) -> Key {
    Key::new(&Secret::new(text.as_bytes().to_vec())).unwrap()
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A witness, and what its log says.
async fn open_at(control: SocketAddr) -> (StandingWitness, mpsc::UnboundedReceiver<AtWitness>) {
    let (sender, log) = mpsc::unbounded_channel();
    let note = Arc::new(move |what| drop(sender.send(what)));
    let ports = Ports { outside: any_port(), inside: Some(any_port()), control };
    (StandingWitness::open(ports, key(KEY), note).await.unwrap(), log)
}

async fn open() -> (StandingWitness, mpsc::UnboundedReceiver<AtWitness>) {
    open_at(any_port()).await
}

/// The next end of a connection that the log tells.
async fn parted(log: &mut mpsc::UnboundedReceiver<AtWitness>) -> (Parted, bool) {
    loop {
        if let AtWitness::Parted { why, had_joined, .. } = log.recv().await.unwrap() {
            return (why, had_joined);
        }
    }
}

async fn follow(at: SocketAddr, text: &str) -> Result<(Witness, Follower), FollowError> {
    let witness = Witness::elsewhere(Clock::system());
    let follower = Follower::begin(at, key(text), witness.clone(), LONG, true).await?;
    Ok((witness, follower))
}

fn nonce(text: &str) -> Nonce {
    Nonce(text.to_owned())
}

/// Hands a message to a door as a server does, and waits for the reply to all of it.
async fn deliver(to: SocketAddr, reverse_path: &str, forward_path: &str, mark: &str) {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let session = format!(
        "HELO a\r\nMAIL FROM:<{reverse_path}>\r\nRCPT TO:<{forward_path}>\r\nDATA\r\n\
         Received: from x by y\r\nX-Smtpspec-Nonce: {mark}\r\n\r\nhello\r\n.\r\nQUIT\r\n"
    );
    stream.write_all(session.as_bytes()).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn every_run_is_told_of_all_that_comes_in() {
    let (standing, _log) = open().await;
    let (one, _one) = follow(standing.ports().control, KEY).await.unwrap();
    let (other, _other) = follow(standing.ports().control, KEY).await.unwrap();
    deliver(standing.ports().outside, "a@client.example", "b@elsewhere.example", "ours").await;
    deliver(standing.ports().inside.unwrap(), "", "a@client.example", "ours").await;
    for run in [&one, &other] {
        // What has come in by now is told before the answer.
        assert_eq!(run.vouch(&nonce("ours")).await, Ok(()));
        let seen = run.sightings(&nonce("ours"));
        let told: Vec<(Door, &str, &str)> = seen
            .iter()
            .map(|sighting| (sighting.door, sighting.reverse_path.as_str(), sighting.trace[0].as_str()))
            .collect();
        let trace = "Received: from x by y";
        assert_eq!(told, [(Door::Outside, "a@client.example", trace), (Door::Inside, "", trace)]);
        assert_eq!(run.contents(&nonce("ours"), Door::Outside).len(), 1);
    }
}

/// A bounce goes to the reverse-path's domain, and comes in at whichever witness there is (RFC 5321 6.1).
#[tokio::test]
async fn either_witness_takes_mail_for_the_domain_of_a_reverse_path() {
    let (standing, _log) = open().await;
    let (elsewhere, _follower) = follow(standing.ports().control, KEY).await.unwrap();
    let here = Witness::new(Clock::system());
    let door = WitnessListener::open(any_port(), here.clone(), Door::Outside).await.unwrap();
    for (witness, to) in [(elsewhere, standing.ports().outside), (here, door.address())] {
        deliver(to, "", "somebody@client.example", "ours").await;
        witness.vouch(&nonce("ours")).await.unwrap();
        let seen = witness.sightings(&nonce("ours"));
        assert_eq!((seen[0].reverse_path.as_str(), seen[0].forward_paths[0].as_str()), ("", "somebody@client.example"));
    }
}

#[tokio::test]
async fn what_came_before_a_run_is_not_its_concern() {
    let (standing, _log) = open().await;
    deliver(standing.ports().outside, "a@client.example", "b@elsewhere.example", "ours").await;
    let (run, _follower) = follow(standing.ports().control, KEY).await.unwrap();
    run.vouch(&nonce("ours")).await.unwrap();
    assert_eq!(run.sightings(&nonce("ours")), []);
}

#[tokio::test]
async fn who_holds_another_key_is_turned_away_by_both() {
    let (standing, mut log) = open().await;
    let error = follow(standing.ports().control, "a key of another kind").await.unwrap_err();
    assert_eq!(error, FollowError::Parted(Parted::Handshake(HandshakeError::OtherKey)));
    // The run has said nothing more: it proves its key to nobody who does not prove it first.
    assert_eq!(parted(&mut log).await, (Parted::Closed, false));
}

#[tokio::test]
async fn what_is_no_run_is_turned_away_and_disturbs_nobody() {
    let (standing, mut log) = open().await;
    let (run, _follower) = follow(standing.ports().control, KEY).await.unwrap();
    let mut hostile = TcpStream::connect(standing.ports().control).await.unwrap();
    hostile.write_all(&[b'x'; 4096]).await.unwrap();
    assert_eq!(parted(&mut log).await, (Parted::Handshake(HandshakeError::NoRun), false));
    // One that says nothing and one that stops half way.
    let _silent = TcpStream::connect(standing.ports().control).await.unwrap();
    let mut half = TcpStream::connect(standing.ports().control).await.unwrap();
    half.write_all(b"smtpspec witness 1\r\n").await.unwrap();
    deliver(standing.ports().outside, "a@client.example", "b@elsewhere.example", "ours").await;
    run.vouch(&nonce("ours")).await.unwrap();
    assert_eq!(run.sightings(&nonce("ours")).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_proves_nothing_in_time_is_let_go() {
    let (standing, mut log) = open().await;
    let _silent = TcpStream::connect(standing.ports().control).await.unwrap();
    assert_eq!(parted(&mut log).await, (Parted::Silent(Duration::from_secs(5)), false));
}

/// A witness that is gone has seen nothing, and that says nothing. One that takes its place knows of what comes from now on.
#[tokio::test]
async fn a_witness_that_is_lost_is_no_witness_that_has_seen_nothing() {
    let (standing, _log) = open().await;
    let control = standing.ports().control;
    let (run, _follower) = follow(control, KEY).await.unwrap();
    run.expect_mark(&nonce("before"));
    assert_eq!(run.vouch(&nonce("before")).await, Ok(()));
    drop(standing);
    tokio::time::pause();
    let Err(NoAnswer::WitnessLost { reason }) = run.vouch(&nonce("before")).await else { panic!("vouched") };
    assert!(reason.starts_with(&control.to_string()), "{reason}");
    tokio::time::resume();
    let (_standing, _log) = open_at(control).await;
    let Err(NoAnswer::WitnessLost { reason }) = run.vouch(&nonce("before")).await else { panic!("vouched") };
    assert!(reason.contains("started anew"), "{reason}");
    run.expect_mark(&nonce("behind"));
    assert_eq!(run.vouch(&nonce("behind")).await, Ok(()));
}

/// What stands between a run and its witness.
struct Between {
    address: SocketAddr,
    /// The octet from the witness that is changed on the first connection, from 0.
    changes: Option<usize>,
    /// Ends the first connection.
    cut: Arc<tokio::sync::Notify>,
}

impl Between {
    async fn open(to: SocketAddr, changes: Option<usize>) -> Self {
        let listener = TcpListener::bind(any_port()).await.unwrap();
        let between = Self { address: listener.local_addr().unwrap(), changes, cut: Arc::default() };
        let (changes, cut) = (Arc::new(Mutex::new(between.changes)), Arc::clone(&between.cut));
        tokio::spawn(async move {
            while let Ok((run, _)) = listener.accept().await {
                let witness = TcpStream::connect(to).await.unwrap();
                let (changes, cut) = (Arc::clone(&changes), Arc::clone(&cut));
                tokio::spawn(async move { carry(run, witness, &changes, &cut).await });
            }
        });
        between
    }
}

async fn carry(mut run: TcpStream, mut witness: TcpStream, changes: &Mutex<Option<usize>>, cut: &tokio::sync::Notify) {
    let (mut to_run, mut to_witness, mut passed) = (vec![0; 4096], vec![0; 4096], 0);
    loop {
        tokio::select! {
            count = witness.read(&mut to_run) => {
                let Ok(count @ 1..) = count else { return };
                {
                    let mut changes = changes.lock().unwrap();
                    if let Some(at) = changes.filter(|at| (passed..passed + count).contains(at)) {
                        to_run[at - passed] ^= 1;
                        *changes = None;
                    }
                }
                passed += count;
                if run.write_all(&to_run[..count]).await.is_err() { return }
            }
            count = run.read(&mut to_witness) => {
                let Ok(count @ 1..) = count else { return };
                if witness.write_all(&to_witness[..count]).await.is_err() { return }
            }
            () = cut.notified() => return,
        }
    }
}

/// An octet of the message's frame is changed: the frame does not count, and the message is told again.
#[tokio::test]
async fn what_was_changed_on_the_way_is_told_again() {
    let (standing, mut log) = open().await;
    // Behind the handshake (96 octets) and the first frame there is the message's.
    let between = Between::open(standing.ports().control, Some(96 + 300)).await;
    let (run, _follower) = follow(between.address, KEY).await.unwrap();
    deliver(standing.ports().outside, "a@client.example", "b@elsewhere.example", "ours").await;
    assert!(parted(&mut log).await.1);
    assert_eq!(run.vouch(&nonce("ours")).await, Ok(()));
    assert_eq!(run.sightings(&nonce("ours")).len(), 1);
}

#[tokio::test]
async fn what_came_while_there_was_no_connection_is_told_behind_it() {
    let (standing, mut log) = open().await;
    let between = Between::open(standing.ports().control, None).await;
    let (run, _follower) = follow(between.address, KEY).await.unwrap();
    run.expect_mark(&nonce("ours"));
    between.cut.notify_one();
    assert!(parted(&mut log).await.1);
    deliver(standing.ports().outside, "a@client.example", "b@elsewhere.example", "ours").await;
    assert_eq!(run.vouch(&nonce("ours")).await, Ok(()));
    assert_eq!(run.sightings(&nonce("ours")).len(), 1);
}

/// A run that hears nothing any more from behind a dead connection must not wait for ever.
#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_comes_any_more_is_over() {
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let (standing, _log) = open().await;
    let between = listener.local_addr().unwrap();
    let control = standing.ports().control;
    let dead = Arc::new(tokio::sync::Notify::new());
    let dying = Arc::clone(&dead);
    tokio::spawn(async move {
        let (mut run, _) = listener.accept().await.unwrap();
        let mut witness = TcpStream::connect(control).await.unwrap();
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut run, &mut witness) => {}
            () = dying.notified() => std::future::pending().await,
        }
    });
    let (run, _follower) = follow(between, KEY).await.unwrap();
    assert_eq!(run.vouch(&nonce("ours")).await, Ok(()));
    dead.notify_one();
    tokio::task::yield_now().await;
    let Err(NoAnswer::WitnessLost { .. }) = run.vouch(&nonce("ours")).await else { panic!("vouched") };
    let silent = run.lifeline();
    tokio::time::timeout(LONG, silent.until_lost()).await.unwrap();
}
