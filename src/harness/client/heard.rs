//! What came from the server and is no whole awaited reply: kept, so that none of it is missing where it is told of.

/// The most that is kept of a line that is no part of an answer.
pub(super) const MOST_OF_A_LINE: usize = 256;

/// The most lines that are kept at once of what is no answer.
pub(super) const MOST_LINES: usize = 256;

/// The octets that came and were not told of yet, in order.
#[derive(Debug, Default)]
pub(super) struct Heard {
    octets: Vec<u8>,
    /// Whether a line is under way whose beginning was told of, and of which no more is kept.
    passes_over: bool,
}

/// A line, or what there is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its octets without line ending, no more than [`MOST_OF_A_LINE`].
    pub(super) bytes: Vec<u8>,
    /// Whether there was more, or the line has not ended.
    pub(super) is_cut: bool,
    /// Whether nothing of the same reply follows.
    pub(super) ends_a_reply: bool,
}

impl Heard {
    /// Adds what came.
    pub(super) fn push(&mut self, octets: &[u8]) {
        let kept = match (self.passes_over, octets.iter().position(|octet| *octet == b'\n')) {
            (false, _) => octets,
            (true, Some(end)) => octets.get(end.saturating_add(1)..).unwrap_or_default(),
            (true, None) => return,
        };
        self.passes_over = false;
        self.octets.extend_from_slice(kept);
    }

    /// Drops as many octets as a whole reply had, which was told of in another way.
    pub(super) fn drop_reply(&mut self, length: usize) {
        self.octets.drain(..length.min(self.octets.len()));
    }

    /// The next whole line; of a line that is too long to be kept, its beginning as soon as that is there.
    pub(super) fn line(&mut self) -> Option<Piece> {
        match self.octets.iter().position(|octet| *octet == b'\n') {
            Some(end) => {
                let line: Vec<u8> = self.octets.drain(..=end).collect();
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let bytes = line.get(..MOST_OF_A_LINE).unwrap_or(line).to_vec();
                Some(Piece { is_cut: bytes.len() < line.len(), bytes, ends_a_reply: line.get(3) != Some(&b'-') })
            }
            None if self.octets.len() > MOST_OF_A_LINE => {
                self.passes_over = true;
                self.rest()
            }
            None => None,
        }
    }

    /// What there is of a line whose end has not come. Drops whole lines that nobody asked for.
    pub(super) fn rest(&mut self) -> Option<Piece> {
        let mut bytes = std::mem::take(&mut self.octets);
        bytes.truncate(MOST_OF_A_LINE);
        (!bytes.is_empty()).then_some(Piece { bytes, is_cut: true, ends_a_reply: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(heard: &mut Heard) -> Vec<(String, bool)> {
        std::iter::from_fn(|| heard.line())
            .map(|piece| (piece.bytes.escape_ascii().to_string(), piece.is_cut))
            .collect()
    }

    #[test]
    fn lines_come_whole_and_what_has_not_ended_comes_as_a_rest() {
        let mut heard = Heard::default();
        for piece in [b"250-a\r\n25".as_slice(), b"0 b\nban", b"ana"] {
            heard.push(piece);
        }
        assert_eq!(lines(&mut heard), [("250-a".to_owned(), false), ("250 b".to_owned(), false)]);
        assert_eq!(heard.rest().map(|piece| (piece.bytes, piece.is_cut)), Some((b"banana".to_vec(), true)));
        assert!(heard.rest().is_none());
    }

    #[test]
    fn of_a_line_without_end_the_beginning_is_kept_once() {
        let mut heard = Heard::default();
        let mut kept = Vec::new();
        for _ in 0..100 {
            heard.push(&[b'x'; 100]);
            kept.extend(lines(&mut heard));
            assert!(heard.octets.len() <= MOST_OF_A_LINE);
        }
        assert_eq!(kept, [("x".repeat(MOST_OF_A_LINE), true)]);
        heard.push(b"xx\r\n221 bye\r\n");
        assert_eq!(lines(&mut heard), [("221 bye".to_owned(), false)]);
    }
}
