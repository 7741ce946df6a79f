//! Servers that accept a connection and say nothing on it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::external::{file, on_bench, secrets};
use super::*;
use crate::judge::Fate;

/// A server at work until dropped: greets on the connections with these numbers, from 1 on, and says nothing on any other.
struct Mute {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Mute {
    async fn open(greets_on: &'static [usize]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&connections);
        let accepting = tokio::spawn(async move {
            let mut held: Vec<TcpStream> = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let number = counting.fetch_add(1, Ordering::SeqCst) + 1;
                if greets_on.contains(&number) {
                    stream.write_all(b"220 a\r\n").await.unwrap();
                }
                held.push(stream);
            }
        });
        Self { address, connections, accepting }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Mute {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[tokio::test]
async fn a_server_that_never_greets_is_given_up_after_two_connections() {
    let (folder, server) = (secrets(), Mute::open(&[]).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { reply: 40ms }", ""));
    let evidence = bench.evidence(&name, &Role::MATRIX).await;
    assert!(evidence.attempts.len() > 2, "{}", evidence.attempts.len());
    assert_eq!(server.connections(), 2);
    for attempt in &evidence.attempts[..2] {
        assert!(matches!(attempt.fate, Fate::NoAnswer(NoAnswer::NoGreeting { .. })), "{:?}", attempt.fate);
    }
    for attempt in &evidence.attempts[2..] {
        assert_eq!(attempt.fate, Fate::NoAnswer(NoAnswer::GivenUp { connections: 2 }));
    }
    assert!(matches!(bench.converse(&name).await, Err(NoAnswer::GivenUp { .. })));
    assert_eq!(server.connections(), 2);
}

/// Of four connections no two in a row stayed silent.
#[tokio::test]
async fn a_greeting_in_between_keeps_a_server_in_the_run() {
    let (folder, server) = (secrets(), Mute::open(&[2, 4]).await);
    let (bench, name) = on_bench(file(&folder, server.address, "limits: { reply: 200ms }", ""));
    for greets in [false, true, false, true] {
        assert_eq!(bench.converse(&name).await.is_ok(), greets);
    }
    assert_eq!(server.connections(), 4);
}
