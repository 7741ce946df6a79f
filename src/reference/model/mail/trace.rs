//! Trace headers (RFC 5321 4.4): written and counted.

use super::super::render::{Filling, fill};
use crate::reference::deployment::facts::Fact;

/// The trace header, CRLFs included. Without a fact there is none, and the message goes on as it is.
pub(crate) fn header(fact: Option<&Fact>, filling: &Filling) -> Vec<u8> {
    let lines = fact.map(|fact| fact.lines.as_slice()).unwrap_or_default();
    lines.iter().flat_map(|line| [fill(line, filling), b"\r\n".to_vec()]).collect::<Vec<_>>().concat()
}

/// How many trace headers a message has: lines of its header section that begin with `Received:`.
pub(crate) fn count(content: &[u8]) -> usize {
    let lines = content.split(|octet| *octet == b'\n');
    let header = lines.take_while(|line| !matches!(line, [] | [b'\r']));
    header.filter(|line| line.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"received:"))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_header_section_counts() {
        let content =
            b"Received: from a\r\n\tReceived: folded\r\nrecEIVED: b\r\nX: Received: no\r\n\r\nReceived: body\r\n";
        assert_eq!(count(content), 2);
        assert_eq!(count(b""), 0);
    }
}
