//! A server with a fixed script for one session: it offers NTLM with a message 2 made by the test, believes whatever
//! message 3 it is given, and keeps what the client said.

use super::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A client that has not finished by then is not going to.
const SESSION_LIMIT: Duration = Duration::from_secs(15);

/// What the server says where it has a choice.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// The line of the EHLO reply after the host name.
    pub(super) keyword: &'static str,
    /// Message 2 of NTLM.
    pub(super) challenge: Vec<u8>,
    /// The reply to message 3.
    pub(super) verdict: &'static str,
}

/// The server, while its session is being held.
pub(super) struct Scripted {
    address: SocketAddr,
    session: JoinHandle<std::io::Result<Vec<String>>>,
}

impl Scripted {
    /// Listens on a free port of loopback.
    pub(super) fn start(script: Script) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
        listener.set_nonblocking(true).map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        Ok(Self { address, session: std::thread::spawn(move || serve(&listener, &script)) })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The client's lines, mail data left out, once its session is over.
    pub(super) fn lines(self) -> Result<Vec<String>, Failure> {
        let ended = self.session.join().map_err(|_| "the scripted server panicked".to_owned())?;
        ended.map_err(|error| format!("the scripted session broke: {error}"))
    }
}

/// The NTLM message of a type (1 or 3) among the lines of a client, without its base64.
pub(super) fn ntlm_message(lines: &[String], kind: u8) -> Result<Vec<u8>, Failure> {
    lines
        .iter()
        .filter_map(|line| STANDARD.decode(line.rsplit(' ').next()?).ok())
        .find(|message| message.starts_with(b"NTLMSSP\0") && message.get(8) == Some(&kind))
        .ok_or_else(|| format!("no NTLM message {kind} in {lines:?}"))
}

fn serve(listener: &TcpListener, script: &Script) -> std::io::Result<Vec<String>> {
    let stream = accept(listener)?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(SESSION_LIMIT))?;
    let mut writer = stream.try_clone()?;
    let mut lines = Vec::new();
    let mut in_data = false;
    writer.write_all(b"220 scripted.example ESMTP\r\n")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if in_data {
            in_data = line != ".";
            if !in_data {
                writer.write_all(b"250 2.0.0 OK\r\n")?;
            }
            continue;
        }
        let reply = reply_to(&line, script);
        in_data = reply.starts_with("354");
        lines.push(line);
        writer.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(lines)
}

/// A client that never comes must not keep the thread, which the test joins.
fn accept(listener: &TcpListener) -> std::io::Result<std::net::TcpStream> {
    let deadline = Instant::now() + SESSION_LIMIT;
    loop {
        match listener.accept() {
            Ok((stream, _)) => return Ok(stream),
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock || Instant::now() > deadline => {
                return Err(error);
            }
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn reply_to(line: &str, script: &Script) -> String {
    let message = line.rsplit(' ').next().and_then(|word| STANDARD.decode(word).ok()).unwrap_or_default();
    let kind = message.get(8).filter(|_| message.starts_with(b"NTLMSSP\0"));
    match (kind, line.split(' ').next().unwrap_or("")) {
        (Some(1), _) => format!("334 {}", STANDARD.encode(&script.challenge)),
        (Some(_), _) => script.verdict.to_owned(),
        (None, "EHLO") => format!("250-scripted.example\r\n250 {}", script.keyword),
        (None, "AUTH") => "334 ntlm supported".to_owned(),
        (None, "DATA") => "354 Go on".to_owned(),
        (None, "QUIT") => "221 2.0.0 Bye".to_owned(),
        (None, _) => "250 2.0.0 OK".to_owned(),
    }
}
