//! A transcript for people: `C: ` and `S: ` lines.

use std::fmt::{Display, Formatter, Result, Write};

use super::{Content, Entry, Happening, Side, Transcript};

/// Lines of mail data that are shown before and after what is left out.
const FIRST_LINES: usize = 12;
const LAST_LINES: usize = 4;

/// Octets of a line of mail data that are shown before and after what is left out.
const FIRST_OCTETS: usize = 160;
const LAST_OCTETS: usize = 40;

impl Display for Transcript {
    /// A line an entry: `C: MAIL FROM:<a@b.example>`, `S: 250 OK`, `C: (NTLM message 3, 88 octets)`, `-- the server
    /// closed the connection`; a line of which not all is there ends in ` ·cut`, one from a chosen fact in ` ·chosen`. Octets that are no printable ASCII are
    /// escaped as `\xNN`. An entry of several lines is shown as such; mail data as `C: | ` and the line, with the
    /// middle of long data left out.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.entries.iter().try_for_each(|entry| write!(f, "{entry}"))
    }
}

impl Display for Entry {
    /// As in a transcript, each line with its line feed.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let side = match self.side {
            Side::Client => 'C',
            Side::Server => 'S',
        };
        match &self.content {
            Content::Line { bytes, is_cut } => {
                let cut = if *is_cut { " ·cut" } else { "" };
                let chosen = if self.mark.as_ref().is_some_and(|mark| mark.chosen) { " ·chosen" } else { "" };
                lines(bytes).into_iter().try_for_each(|line| writeln!(f, "{side}: {}{cut}{chosen}", Escaped(line)))
            }
            Content::Credential { label, length } => {
                writeln!(f, "{side}: ({}, {length} {})", Escaped(label.as_bytes()), octets(*length))
            }
            Content::MailData { bytes } => mail_data(f, side, bytes),
            Content::Happening(happening) => writeln!(f, "-- {}", happening_of(happening, self.side)),
        }
    }
}

/// Printable ASCII as it is, all else as `\xNN`.
struct Escaped<'octets>(&'octets [u8]);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.iter().try_for_each(|&octet| match octet {
            b' '..=b'~' => f.write_char(char::from(octet)),
            _ => write!(f, "\\x{octet:02x}"),
        })
    }
}

/// The lines of an entry. A CRLF at the very end begins no further line.
fn lines(octets: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = octets.strip_suffix(b"\r\n").unwrap_or(octets);
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let (line, after) = rest.split_at(end);
        lines.push(line);
        rest = after.strip_prefix(b"\r\n").unwrap_or_default();
    }
    lines.push(rest);
    lines
}

fn mail_data(f: &mut Formatter<'_>, side: char, octets: &[u8]) -> Result {
    let lines = lines(octets);
    let whole = lines.len() <= FIRST_LINES + LAST_LINES + 1;
    let (first, rest) = lines.split_at(if whole { lines.len() } else { FIRST_LINES });
    let (middle, last) = rest.split_at(rest.len().saturating_sub(LAST_LINES));
    first.iter().try_for_each(|line| mail_data_line(f, side, line))?;
    if !middle.is_empty() {
        left_out(f, side, middle.iter().map(|line| line.len() + 2).sum())?;
        writeln!(f)?;
    }
    last.iter().try_for_each(|line| mail_data_line(f, side, line))
}

fn mail_data_line(f: &mut Formatter<'_>, side: char, line: &[u8]) -> Result {
    let last = line.len().saturating_sub(LAST_OCTETS);
    match (line.get(..FIRST_OCTETS), line.get(FIRST_OCTETS..last), line.get(last..)) {
        (Some(first), Some(middle), Some(last)) if !middle.is_empty() => {
            let count = middle.len();
            writeln!(f, "{side}: | {}(… {count} {} left out …){}", Escaped(first), octets(count), Escaped(last))
        }
        _ => writeln!(f, "{side}: | {}", Escaped(line)),
    }
}

fn left_out(f: &mut Formatter<'_>, side: char, count: usize) -> Result {
    write!(f, "{side}: | (… {count} {} left out …)", octets(count))
}

fn happening_of(happening: &Happening, side: Side) -> String {
    let side = match side {
        Side::Client => "client",
        Side::Server => "server",
    };
    match happening {
        Happening::Connected => "connected".to_owned(),
        Happening::NotConnected { reason } => format!("not connected: {}", Escaped(reason.as_bytes())),
        Happening::Closed => format!("the {side} closed the connection"),
        Happening::Reset { reason } => format!("the {side} reset the connection: {}", Escaped(reason.as_bytes())),
        Happening::TimedOut { after } => format!("no whole reply came from the {side} within {after:?}"),
        Happening::TlsEstablished(established) => {
            format!("TLS stands: {}", Escaped(established.to_string().as_bytes()))
        }
        Happening::TlsFailed { error } => format!("no TLS: {}", Escaped(error.to_string().as_bytes())),
    }
}

fn octets(count: usize) -> &'static str {
    if count == 1 { "octet" } else { "octets" }
}

#[cfg(test)]
mod tests;
