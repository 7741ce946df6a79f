//! A small receiving SMTP server: the next hop of the fixture's relayed mail, and what a client's mail arrives at.

use super::Failure;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A connection on which nothing comes for this long is given up.
const IDLE_LIMIT: Duration = Duration::from_secs(10);

/// A message as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) reverse_path: String,
    pub(super) forward_paths: Vec<String>,
    /// The mail data, transparency undone, lines ended by LF.
    pub(super) data: String,
}

type Mailbox = Arc<(Mutex<Vec<Received>>, Condvar)>;

/// A server on a free port of loopback that takes every message. Dropping it closes the port.
pub(super) struct Receiver {
    address: SocketAddr,
    mailbox: Mailbox,
    closing: Arc<std::sync::atomic::AtomicBool>,
    acceptor: Option<std::thread::JoinHandle<()>>,
}

impl Receiver {
    /// Listens.
    pub(super) fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let mailbox = Mailbox::default();
        let closing = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let acceptor = std::thread::spawn({
            let (mailbox, closing) = (Arc::clone(&mailbox), Arc::clone(&closing));
            move || {
                for stream in listener.incoming().flatten() {
                    if closing.load(std::sync::atomic::Ordering::Acquire) {
                        break;
                    }
                    let mailbox = Arc::clone(&mailbox);
                    // A client that breaks off leaves what it sent so far out of the mailbox, which is all there is to it.
                    std::thread::spawn(move || drop(serve(stream, &mailbox)));
                }
            }
        });
        Ok(Self { address, mailbox, closing, acceptor: Some(acceptor) })
    }

    /// Its port on 127.0.0.1.
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The first message whose data contains a text, once it has arrived.
    ///
    /// # Errors
    /// It has not arrived within the limit; says what has.
    pub(super) fn wait_for(&self, text: &str, limit: Duration) -> Result<Received, Failure> {
        let deadline = Instant::now() + limit;
        let (messages, arrived) = &*self.mailbox;
        let mut messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = messages.iter().find(|message| message.data.contains(text)) {
                return Ok(found.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("nothing with {text:?} arrived in {limit:?}, but {messages:?}"));
            }
            messages = arrived.wait_timeout(messages, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Everything that has arrived so far.
    pub(super) fn received(&self) -> Vec<Received> {
        self.mailbox.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.closing.store(true, std::sync::atomic::Ordering::Release);
        // The acceptor looks at the flag only when somebody connects.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            let _ = acceptor.join();
        }
    }
}

/// Speaks SMTP with one client (RFC 5321, no extensions), and keeps each message before it says 250.
fn serve(stream: TcpStream, mailbox: &Mailbox) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE_LIMIT))?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let mut reverse_path = String::new();
    let mut forward_paths = Vec::new();
    writer.write_all(b"220 witness.example ESMTP\r\n")?;
    while let Some(line) = read_line(&mut reader)? {
        let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
        let reply = match verb.as_str() {
            "MAIL" => {
                reverse_path = path_in(&line);
                forward_paths.clear();
                "250 2.1.0 OK"
            }
            "RCPT" => {
                forward_paths.push(path_in(&line));
                "250 2.1.5 OK"
            }
            "DATA" => {
                writer.write_all(b"354 Go on\r\n")?;
                let data = read_mail_data(&mut reader)?;
                let forward_paths = std::mem::take(&mut forward_paths);
                let message = Received { reverse_path: std::mem::take(&mut reverse_path), forward_paths, data };
                mailbox.0.lock().unwrap_or_else(PoisonError::into_inner).push(message);
                mailbox.1.notify_all();
                "250 2.0.0 OK"
            }
            "QUIT" => return writer.write_all(b"221 2.0.0 Bye\r\n"),
            "EHLO" | "HELO" => "250 witness.example",
            "RSET" | "NOOP" => "250 2.0.0 OK",
            _ => "502 5.5.1 Not implemented",
        };
        writer.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}

fn read_mail_data(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut data = String::new();
    while let Some(line) = read_line(reader)? {
        if line == "." {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push('\n');
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}

fn read_line(reader: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    let text = String::from_utf8_lossy(&line);
    Ok((!line.is_empty()).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn path_in(line: &str) -> String {
    let after = line.split_once('<').map_or("", |(_, after)| after);
    after.split_once('>').map_or(after, |(path, _)| path).to_owned()
}
