//! A server that answers each line as it is told, and keeps what it heard.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a line gets: the reply; an empty one closes the connection, a 421 does behind it (RFC 5321 3.8), and a NUL is no reply.
pub(super) type Answer = dyn Fn(&mut Heard, &str) -> String + Send + Sync;

/// What was said on one connection so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub(super) peer: String,
    pub(super) lines: Vec<String>,
    /// Anything the answers want to remember.
    pub(super) state: String,
}

/// A server at work until dropped.
pub(super) struct Scripted {
    pub(super) address: SocketAddr,
    connections: Arc<Mutex<Vec<Heard>>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Scripted {
    pub(super) async fn open(greeting: &'static str, answer: Box<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (keeping, answer) = (Arc::clone(&connections), Arc::<Answer>::from(answer));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = keeping.lock().unwrap().len();
                let peer = stream.peer_addr().unwrap().ip().to_string();
                keeping.lock().unwrap().push(Heard { peer, ..Heard::default() });
                tokio::spawn(attend(stream, greeting, Arc::clone(&answer), Arc::clone(&keeping), number));
            }
        });
        Self { address, connections, accepting }
    }

    /// What was said on each connection.
    pub(super) fn connections(&self) -> Vec<Heard> {
        self.connections.lock().unwrap().clone()
    }

    /// All lines of all connections that begin so.
    pub(super) fn lines(&self, start: &str) -> Vec<String> {
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
    attend(stream, greeting, Arc::from(answer), connections, 0).await;
}

async fn attend(
    stream: TcpStream,
    greeting: &str,
    answer: Arc<Answer>,
    connections: Arc<Mutex<Vec<Heard>>>,
    number: usize,
) {
    let mut stream = BufReader::new(stream);
    stream.write_all(format!("{greeting}\r\n").as_bytes()).await.unwrap();
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
        let is_over = reply.is_empty() || stream.write_all(format!("{reply}\r\n").as_bytes()).await.is_err();
        if is_over || reply.starts_with("421") {
            return;
        }
    }
}
