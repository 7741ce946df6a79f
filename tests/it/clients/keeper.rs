//! A next hop that keeps messages octet by octet, with no line of the product in it.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Failure, LIMIT};

/// A message as it arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The argument of RCPT, once for each recipient: `TO:<a@b>`.
    pub(super) recipients: Vec<String>,
    /// Transparency undone; the last line's CRLF included.
    pub(super) content: Vec<u8>,
}

/// A server on a free port of loopback that takes every message, until it is dropped.
pub(super) struct Keeper {
    address: SocketAddr,
    kept: mpsc::UnboundedReceiver<Kept>,
    serving: JoinHandle<()>,
}

impl Keeper {
    /// Listens.
    pub(super) async fn open() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let (keep, kept) = mpsc::unbounded_channel();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that breaks off leaves no message, and the test waits in vain for it.
                let _ = serve(stream, &keep).await;
            }
        });
        Ok(Self { address, kept, serving })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next message.
    pub(super) async fn next(&mut self) -> Result<Kept, Failure> {
        let kept = timeout(LIMIT, self.kept.recv()).await.map_err(|_| format!("nothing arrived in {LIMIT:?}"))?;
        kept.ok_or_else(|| "the next hop is gone".to_owned())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: TcpStream, keep: &mpsc::UnboundedSender<Kept>) -> std::io::Result<()> {
    let (read, mut write) = stream.split();
    let mut reader = BufReader::new(read);
    let mut recipients = Vec::new();
    write.write_all(b"220 keeper.example ESMTP\r\n").await?;
    loop {
        let line = read_line(&mut reader).await?;
        let line = String::from_utf8_lossy(&line);
        let (verb, argument) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        let reply = match verb {
            "EHLO" => "250-keeper.example\r\n250 8BITMIME",
            "MAIL" => "250 OK",
            "RCPT" => {
                recipients.push(argument.to_owned());
                "250 OK"
            }
            "DATA" => {
                write.write_all(b"354 Go on\r\n").await?;
                let content = read_mail_data(&mut reader).await?;
                // Nobody waits any more where the test is over.
                let _ = keep.send(Kept { recipients: std::mem::take(&mut recipients), content });
                "250 Kept"
            }
            "QUIT" => return write.write_all(b"221 Bye\r\n").await,
            _ => "502 Not here",
        };
        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}

/// RFC 5321 4.5.2: a line of a single period is the end; of any other line that begins with a period, that is deleted.
async fn read_mail_data(reader: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let line = read_line(reader).await?;
        if line == b".\r\n" {
            return Ok(content);
        }
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// A line with its CRLF, to which a bare LF does not belong.
async fn read_line(reader: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        if reader.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(line)
}
