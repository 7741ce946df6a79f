//! A raw SMTP dialogue over std's sockets, with no line of the product in it: the fixture's own tests must not agree
//! with the product by sharing its code.

use super::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long a reply may take. A wrong password takes Dovecot half a second.
const REPLY_LIMIT: Duration = Duration::from_secs(10);

/// A reply as received: its code, and its lines without their code and CRLF.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// The code and the enhanced status code (RFC 3463), as in `554 5.7.1`; the code alone where there is none.
    pub(super) fn codes(&self) -> String {
        let text = self.lines.first().map_or("", String::as_str);
        match text.split_once(' ') {
            Some((status, _)) if status.split('.').count() == 3 => format!("{} {status}", self.code),
            _ => self.code.to_string(),
        }
    }
}

/// A session with a server, at some command.
pub(super) struct Dialogue {
    reader: BufReader<TcpStream>,
}

impl Dialogue {
    /// Connects from a given address and reads the greeting.
    pub(super) fn open(source: IpAddr, server: SocketAddr) -> Result<(Self, Reply), Failure> {
        let stream = connect(source, server).map_err(|error| format!("{server} from {source}: {error}"))?;
        stream.set_read_timeout(Some(REPLY_LIMIT)).map_err(|error| error.to_string())?;
        let mut dialogue = Self { reader: BufReader::new(stream) };
        let greeting = dialogue.read_reply()?;
        Ok((dialogue, greeting))
    }

    /// Connects and says EHLO.
    pub(super) fn greeted(source: IpAddr, server: SocketAddr) -> Result<Self, Failure> {
        let (mut dialogue, greeting) = Self::open(source, server)?;
        let reply = dialogue.command("EHLO client.example")?;
        if (greeting.code, reply.code) == (220, 250) {
            Ok(dialogue)
        } else {
            Err(format!("not welcome: {greeting:?}, then {reply:?}"))
        }
    }

    /// Sends one line and reads the reply to it.
    pub(super) fn command(&mut self, line: &str) -> Result<Reply, Failure> {
        self.reader
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .map_err(|error| format!("sending {line:?}: {error}"))?;
        self.read_reply()
    }

    /// AUTH PLAIN with an initial response (RFC 4616).
    pub(super) fn authenticate_plain(&mut self, identity: &str, password: &str) -> Result<Reply, Failure> {
        self.command(&format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{identity}\0{password}"))))
    }

    /// AUTH LOGIN, both prompts answered unread.
    pub(super) fn authenticate_login(&mut self, identity: &str, password: &str) -> Result<Reply, Failure> {
        for line in ["AUTH LOGIN", &STANDARD.encode(identity)] {
            let reply = self.command(line)?;
            if reply.code != 334 {
                return Ok(reply);
            }
        }
        self.command(&STANDARD.encode(password))
    }

    /// A mail transaction up to RCPT; the reply to RCPT.
    pub(super) fn recipient(&mut self, reverse_path: &str, forward_path: &str) -> Result<Reply, Failure> {
        let reply = self.command(&format!("MAIL FROM:<{reverse_path}>"))?;
        if reply.code != 250 {
            return Err(format!("MAIL is to be taken in every configuration: {reply:?}"));
        }
        self.command(&format!("RCPT TO:<{forward_path}>"))
    }

    /// DATA and a message with a subject; the reply to the end of mail data. The forward-path was accepted before.
    pub(super) fn message(&mut self, subject: &str) -> Result<Reply, Failure> {
        let reply = self.command("DATA")?;
        if reply.code != 354 {
            return Ok(reply);
        }
        self.command(&format!("Subject: {subject}\r\n\r\nText.\r\n."))
    }

    fn read_reply(&mut self) -> Result<Reply, Failure> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            match self.reader.read_line(&mut line) {
                Ok(0) => return Err(format!("the server closed the connection after {lines:?}")),
                Ok(_) => {}
                Err(error) => return Err(format!("no reply after {lines:?}: {error}")),
            }
            let malformed = || format!("not a reply line: {line:?}");
            let (code, rest) = line.split_at_checked(3).ok_or_else(malformed)?;
            let code = code.parse().map_err(|_| malformed())?;
            let text = rest.trim_end();
            lines.push(text.get(1..).unwrap_or("").to_owned());
            if !text.starts_with('-') {
                return Ok(Reply { code, lines });
            }
        }
    }
}

/// std cannot bind a stream's source address before it connects; tokio can, and hands over a plain stream.
fn connect(source: IpAddr, server: SocketAddr) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let stream = runtime.block_on(async {
        let socket = match server {
            SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4(),
            SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6(),
        }?;
        socket.bind(SocketAddr::new(source, 0))?;
        socket.connect(server).await
    })?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}
