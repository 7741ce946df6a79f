//! What a witness says of what comes in: a line each, at once.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cli::arguments::LogFormat;
use crate::diagnostic::text::printable;
use crate::harness::witness::{AtWitness, Inspected, Message, Ports};
use crate::judge::Door;

/// The log.
pub(super) struct Log {
    format: LogFormat,
    began: Instant,
}

/// A line for programs; `docs/witness.md` has the fields.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
enum Line {
    Listening {
        outside: SocketAddr,
        inside: Option<SocketAddr>,
        control: SocketAddr,
    },
    Received {
        at: Duration,
        door: Door,
        reverse_path: String,
        forward_paths: Vec<String>,
        trace: Vec<String>,
        octets: usize,
    },
    RunJoined {
        at: Duration,
        run: SocketAddr,
    },
    RunParted {
        at: Duration,
        run: SocketAddr,
        why: String,
    },
    TurnedAway {
        at: Duration,
        run: SocketAddr,
        why: String,
    },
}

impl Log {
    pub(super) fn new(format: LogFormat) -> Self {
        Self { format, began: Instant::now() }
    }

    pub(super) fn opened(&self, ports: Ports) {
        let Ports { outside, inside, control } = ports;
        self.line(&Line::Listening { outside, inside, control });
    }

    pub(super) fn note(&self, what: &AtWitness) {
        let at = self.began.elapsed();
        let line = match what {
            AtWitness::Received { door, message } => received(at, *door, message),
            AtWitness::Joined { run } => Line::RunJoined { at, run: *run },
            AtWitness::Parted { run, why, had_joined: true } => Line::RunParted { at, run: *run, why: why.to_string() },
            AtWitness::Parted { run, why, had_joined: false } => {
                Line::TurnedAway { at, run: *run, why: why.to_string() }
            }
        };
        self.line(&line);
    }

    /// Whoever reads the log may go away; the witness goes on.
    fn line(&self, line: &Line) {
        let mut said = match self.format {
            LogFormat::Text => printable(&text(line)).into_owned().into_bytes(),
            LogFormat::Ndjson => serde_json::to_vec(line).unwrap_or_default(),
        };
        said.push(b'\n');
        let mut out = io::stdout().lock();
        let _ = out.write_all(&said).and_then(|()| out.flush());
    }
}

fn received(at: Duration, door: Door, message: &Message) -> Line {
    let text = |octets: &Vec<u8>| String::from_utf8_lossy(octets).into_owned();
    Line::Received {
        at,
        door,
        reverse_path: text(&message.reverse_path),
        forward_paths: message.forward_paths.iter().map(text).collect(),
        trace: Inspected::read(&message.content, &std::collections::BTreeSet::new()).trace,
        octets: message.content.len(),
    }
}

fn text(line: &Line) -> String {
    match line {
        Line::Listening { outside, inside, control } => {
            let inside = inside.map(|inside| format!(", inside {inside}")).unwrap_or_default();
            format!("listening: outside {outside}{inside}, control {control}")
        }
        Line::Received { at, door, reverse_path, forward_paths, trace, octets } => {
            let forward_paths: Vec<String> = forward_paths.iter().map(|path| format!("<{path}>")).collect();
            let trace = trace.first().map(|newest| format!("; {newest}")).unwrap_or_default();
            let door = door_word(*door);
            format!("{} {door}: <{reverse_path}> to {}, {octets} octets{trace}", seconds(*at), forward_paths.join(", "))
        }
        Line::RunJoined { at, run } => format!("{} a run follows, from {run}", seconds(*at)),
        Line::RunParted { at, run, why } => format!("{} the run from {run} is gone: {why}", seconds(*at)),
        Line::TurnedAway { at, run, why } => format!("{} {run} was turned away: {why}", seconds(*at)),
    }
}

const fn door_word(door: Door) -> &'static str {
    match door {
        Door::Outside => "outside",
        Door::Inside => "inside",
    }
}

fn seconds(at: Duration) -> String {
    format!("{:.3} s", at.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_came_and_cannot_paint_the_terminal() {
        let message = Message {
            reverse_path: b"a@b.example".to_vec(),
            forward_paths: vec![b"\x1b[31mc@d.example".to_vec(), b"e@f.example".to_vec()],
            content: b"Received: from b\r\n\tby c\r\nReceived: older\r\n\r\nx\r\n".to_vec(),
        };
        let line = text(&received(Duration::from_millis(1500), Door::Inside, &message));
        assert_eq!(
            line,
            "1.500 s inside: <a@b.example> to <\u{1b}[31mc@d.example>, <e@f.example>, 47 octets; Received: from b\tby c"
        );
        assert!(!printable(&line).contains('\u{1b}'));
    }
}
