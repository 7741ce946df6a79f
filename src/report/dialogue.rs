//! The part of a transcript that a reader of a report needs.

use std::fmt::Write as _;

use super::describe;
use crate::protocol::transcript::{Content, Entry, Happening, Side, Transcript};

/// Entries shown before the deciding one: a whole authentication exchange and mail transaction.
const BEFORE: usize = 14;
/// Entries shown after it.
const AFTER: usize = 2;

/// A line of an excerpt, harmless on a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) decides: bool,
    pub(super) text: String,
}

/// How much of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    AroundDeciding,
}

/// The lines of a transcript, or those around the deciding one (the last, where none decided), what is left out counted.
pub(super) fn excerpt(transcript: &Transcript, deciding: Option<usize>, extent: Extent) -> Vec<Line> {
    let count = transcript.entries.len();
    let around = deciding.unwrap_or(count).min(count);
    let (first, end) = match extent {
        Extent::Whole => (0, count),
        Extent::AroundDeciding => (around.saturating_sub(BEFORE), around.saturating_add(AFTER + 1).min(count)),
    };
    let left_out = |count: usize, place: &str| {
        let plural = if count == 1 { "line" } else { "lines" };
        (count > 0).then(|| Line { decides: false, text: format!("… {count} {plural} {place}") })
    };
    let shown = transcript.entries.iter().enumerate().take(end).skip(first);
    left_out(first, "before")
        .into_iter()
        .chain(shown.map(|(index, entry)| Line { decides: deciding == Some(index), text: entry_line(entry) }))
        .chain(left_out(count - end, "after"))
        .collect()
}

/// An entry as a line: the form that transcripts are shown in everywhere.
pub(super) fn entry_line(entry: &Entry) -> String {
    let side = match entry.side {
        Side::Client => "C",
        Side::Server => "S",
    };
    let mut line = match &entry.content {
        Content::Line { bytes, is_cut } => format!("{side}: {}{}", escaped(bytes), if *is_cut { " ·cut" } else { "" }),
        Content::Credential { label, length } => format!("{side}: ({}, {length} octets)", escaped(label.as_bytes())),
        Content::MailData { bytes } => format!("{side}: (mail data, {} octets)", bytes.len()),
        Content::Happening(happening) => format!("-- {}", happened(entry.side, happening)),
    };
    if entry.mark.as_ref().is_some_and(|mark| mark.chosen) {
        line.push_str(" ·chosen");
    }
    line
}

fn happened(side: Side, happening: &Happening) -> String {
    let who = match side {
        Side::Client => "client",
        Side::Server => "server",
    };
    match happening {
        Happening::Connected => "connected".to_owned(),
        Happening::NotConnected { reason } => format!("no connection: {}", escaped(reason.as_bytes())),
        Happening::Closed => format!("the {who} closed the connection"),
        Happening::Reset { reason } => format!("the {who} reset the connection: {}", escaped(reason.as_bytes())),
        Happening::TimedOut { after } => {
            format!("no whole reply came from the {who} within {}", describe::duration(*after))
        }
        Happening::TlsEstablished(established) => {
            format!("TLS stands: {}", escaped(established.to_string().as_bytes()))
        }
        Happening::TlsFailed { error } => format!("no TLS: {}", escaped(error.to_string().as_bytes())),
    }
}

/// Printable ASCII as it is, every other octet as `\xNN`.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn numbered(count: usize) -> Transcript {
        let mut transcript = Transcript::new();
        for index in 0..count {
            transcript.line(Side::Client, Duration::ZERO, format!("NOOP {index}"));
        }
        transcript
    }

    #[test]
    fn shows_the_deciding_line_in_its_surroundings() {
        let lines = excerpt(&numbered(40), Some(20), Extent::AroundDeciding);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts.first(), Some(&"… 6 lines before"));
        assert_eq!(texts.last(), Some(&"… 17 lines after"));
        let deciding: Vec<&str> = lines.iter().filter(|line| line.decides).map(|line| line.text.as_str()).collect();
        assert_eq!(deciding, ["C: NOOP 20"]);
        assert_eq!(lines.len(), 1 + BEFORE + 1 + AFTER + 1);
    }

    #[test]
    fn shows_the_end_where_no_line_decided_and_all_where_all_is_wanted() {
        let lines = excerpt(&numbered(20), None, Extent::AroundDeciding);
        assert_eq!(lines.last().map(|line| line.text.as_str()), Some("C: NOOP 19"));
        assert!(lines.iter().all(|line| !line.decides));
        assert_eq!(excerpt(&numbered(40), Some(1), Extent::Whole).len(), 40);
        assert_eq!(excerpt(&numbered(2), Some(usize::MAX), Extent::AroundDeciding).len(), 2);
    }

    #[test]
    fn a_line_that_did_not_end_is_told_from_one_that_did() {
        let mut transcript = Transcript::new();
        transcript.line(Side::Server, Duration::ZERO, "250 o");
        transcript.cut_line(Side::Server, Duration::ZERO, "250 o");
        let texts: Vec<String> = excerpt(&transcript, None, Extent::Whole).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["S: 250 o", "S: 250 o ·cut"]);
    }

    #[test]
    fn octets_that_a_terminal_would_obey_are_escaped() {
        let mut transcript = Transcript::new();
        transcript.line(Side::Server, Duration::ZERO, b"220 \x1b[2J\xff".to_vec());
        transcript.credential(Duration::ZERO, "NTLM message 3", 88);
        transcript.happened(Side::Server, Duration::ZERO, Happening::Closed);
        let texts: Vec<String> = excerpt(&transcript, None, Extent::Whole).into_iter().map(|line| line.text).collect();
        assert_eq!(
            texts,
            ["S: 220 \\x1B[2J\\xFF", "C: (NTLM message 3, 88 octets)", "-- the server closed the connection"]
        );
    }
}
