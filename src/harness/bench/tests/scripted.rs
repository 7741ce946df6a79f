//! A server that answers each line as it is told, and keeps what it heard.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a line gets: the reply; an empty one closes the connection, a 421 does behind it (RFC 5321 3.8), and a NUL is no reply.
pub(in crate::harness::bench) type Answer = dyn Fn(&mut Heard, &str) -> String + Send + Sync;

/// What was said on one connection so far.
#[derive(Clone, Debug, Default)]
pub(in crate::harness::bench) struct Heard {
    pub(in crate::harness::bench) peer: String,
    pub(in crate::harness::bench) lines: Vec<String>,
    /// Anything the answers want to remember.
    pub(in crate::harness::bench) state: String,
}

/// How what is said is cut: the length of each piece and the milliseconds before the next, over and over. Empty: each reply
/// in one piece.
pub(super) type Pace = Vec<(usize, u64)>;

/// A server at work until dropped.
pub(in crate::harness::bench) struct Scripted {
    pub(in crate::harness::bench) address: SocketAddr,
    connections: Arc<Mutex<Vec<Heard>>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Scripted {
    pub(in crate::harness::bench) async fn open(greeting: &'static str, answer: Box<Answer>) -> Self {
        Self::at_a_pace(greeting, answer, Pace::new()).await
    }

    /// One whose replies come in pieces.
    pub(super) async fn at_a_pace(greeting: &'static str, answer: Box<Answer>, pace: Pace) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (keeping, answer) = (Arc::clone(&connections), Arc::<Answer>::from(answer));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = keeping.lock().unwrap().len();
                let peer = stream.peer_addr().unwrap().ip().to_string();
                keeping.lock().unwrap().push(Heard { peer, ..Heard::default() });
                let pieces = Pieces { pace: pace.clone(), next: 0 };
                tokio::spawn(attend(stream, greeting, Arc::clone(&answer), Arc::clone(&keeping), number, pieces));
            }
        });
        Self { address, connections, accepting }
    }

    /// What was said on each connection.
    pub(in crate::harness::bench) fn connections(&self) -> Vec<Heard> {
        self.connections.lock().unwrap().clone()
    }

    /// All lines of all connections that begin so.
    pub(in crate::harness::bench) fn lines(&self, start: &str) -> Vec<String> {
        let connections = self.connections();
        connections.into_iter().flat_map(|heard| heard.lines).filter(|line| line.starts_with(start)).collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection that nobody else is told of.
pub(super) async fn attend_alone(stream: TcpStream, greeting: &str, answer: Box<Answer>) {
    let connections = Arc::new(Mutex::new(vec![Heard::default()]));
    let pieces = Pieces { pace: Pace::new(), next: 0 };
    attend(stream, greeting, Arc::from(answer), connections, 0, pieces).await;
}

async fn attend(
    stream: TcpStream,
    greeting: &str,
    answer: Arc<Answer>,
    connections: Arc<Mutex<Vec<Heard>>>,
    number: usize,
    mut pieces: Pieces,
) {
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    if pieces.say(&mut stream, greeting).await.is_err() {
        return;
    }
    if greeting.starts_with("421") {
        return;
    }
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|count| count > 0) {
        let said = std::mem::take(&mut line).trim_end().to_owned();
        let reply = {
            let mut connections = connections.lock().unwrap();
            let heard = &mut connections[number];
            heard.lines.push(said.clone());
            answer(heard, &said)
        };
        if reply == "\0" {
            continue;
        }
        let is_over = reply.is_empty() || pieces.say(&mut stream, &reply).await.is_err();
        if is_over || reply.starts_with("421") {
            return;
        }
    }
}

struct Pieces {
    pace: Pace,
    /// Which of the pace comes next: it goes on from reply to reply.
    next: usize,
}

impl Pieces {
    async fn say(&mut self, stream: &mut BufReader<TcpStream>, reply: &str) -> std::io::Result<()> {
        let octets = format!("{reply}\r\n").into_bytes();
        let mut rest = octets.as_slice();
        while !self.pace.is_empty() && !rest.is_empty() {
            let (length, pause) = self.pace[self.next % self.pace.len()];
            self.next += 1;
            let (piece, behind) = rest.split_at(length.min(rest.len()));
            stream.write_all(piece).await?;
            rest = behind;
            match pause {
                0 => tokio::task::yield_now().await,
                _ => tokio::time::sleep(Duration::from_millis(pause)).await,
            }
        }
        stream.write_all(rest).await
    }
}
