//! Replacing what legitimately differs between runs, by named rules and never by dropping text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Content, Entry, Happening, Side, Transcript};

mod date;

/// One kind of replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// A literal text becomes a placeholder: host names, addresses, nonces. In lines, mail data and the reasons of
    /// happenings, wherever it stands. An empty text is found nowhere.
    Literal {
        /// What is replaced.
        text: String,
        /// What stands for it, `{host}`.
        placeholder: String,
    },
    /// The base64 of a 334 becomes `{challenge}`. The prompts of LOGIN stay: they are a product's wording and hold
    /// nothing that differs.
    Challenge,
    /// The date of a greeting (a 220) or of a Received field becomes `{date}`.
    Date,
    /// A queue id in a 250 after mail data becomes `{queue-id}`: the wordings of Windows, Postfix, Exim, Sendmail and the
    /// built-in `reference`.
    QueueId,
}

/// A list of rules, applied in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normaliser {
    /// The rules.
    pub rules: Vec<Rule>,
}

impl Normaliser {
    /// A normalised copy. Times, marks, credentials and the number of entries stay as they are.
    pub fn apply(&self, transcript: &Transcript) -> Transcript {
        let mut copy = transcript.clone();
        for entry in &mut copy.entries {
            self.rules.iter().for_each(|rule| rule.apply(entry));
        }
        copy
    }
}

impl Rule {
    fn apply(&self, entry: &mut Entry) {
        let side = entry.side;
        match (self, &mut entry.content) {
            (Self::Literal { text, placeholder }, Content::Line { bytes, .. } | Content::MailData { bytes }) => {
                *bytes = replace_all(bytes, text.as_bytes(), placeholder.as_bytes());
            }
            (
                Self::Literal { text, placeholder },
                Content::Happening(Happening::NotConnected { reason } | Happening::Reset { reason }),
            ) if !text.is_empty() => *reason = reason.replace(text, placeholder),
            (Self::Challenge, Content::Line { bytes, .. }) if side == Side::Server => {
                *bytes = each_line(bytes, challenge)
            }
            (Self::QueueId, Content::Line { bytes, .. }) if side == Side::Server => *bytes = each_line(bytes, queue_id),
            (Self::Date, Content::Line { bytes, .. }) if side == Side::Server => *bytes = each_line(bytes, greeting),
            (Self::Date, Content::MailData { bytes }) => *bytes = received(bytes),
            (Self::Literal { .. } | Self::Challenge | Self::Date | Self::QueueId, _) => {}
        }
    }
}

fn challenge(line: &[u8]) -> Vec<u8> {
    let is_challenge = |base64: &&[u8]| STANDARD.decode(base64).is_ok_and(|octets| has_nonce(&octets));
    match line.strip_prefix(b"334 ").filter(is_challenge) {
        Some(_) => b"334 {challenge}".to_vec(),
        None => line.to_vec(),
    }
}

/// Whether a challenge can hold a nonce: it is long enough, and not mere words as LOGIN's prompts are (`Username:`,
/// `User Name` and NUL).
fn has_nonce(challenge: &[u8]) -> bool {
    let of_words = |octet: &u8| octet.is_ascii_alphabetic() || matches!(octet, b' ' | b':' | 0);
    challenge.len() >= 8 && !challenge.iter().all(of_words)
}

fn greeting(line: &[u8]) -> Vec<u8> {
    if line.starts_with(b"220") { replace_dates(line) } else { line.to_vec() }
}

/// Replaces dates in the Received fields of a header section (RFC 5322 2.2, 3.6.7).
fn received(mail_data: &[u8]) -> Vec<u8> {
    let mut in_header = true;
    let mut in_received = false;
    each_line(mail_data, |line| {
        in_header &= !line.is_empty();
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            in_received = line.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"Received:"));
        }
        if in_header && in_received { replace_dates(line) } else { line.to_vec() }
    })
}

fn replace_dates(line: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&octet, after)) = rest.split_first() {
        // A date begins where no word goes on, lest `Wednesday` or `123 Apr` be cut in two.
        let within_a_word = octet.is_ascii_alphanumeric() && replaced.last().is_some_and(u8::is_ascii_alphanumeric);
        match date::length(rest).filter(|_| !within_a_word).and_then(|length| rest.get(length..)) {
            Some(after) => {
                replaced.extend_from_slice(b"{date}");
                rest = after;
            }
            None => {
                replaced.push(octet);
                rest = after;
            }
        }
    }
    replaced
}

fn queue_id(line: &[u8]) -> Vec<u8> {
    if !line.starts_with(b"250") {
        return line.to_vec();
    }
    // What stands before and behind a queue id, in each product's wording.
    let wordings: [(&[u8], &[u8]); 5] = [
        (b"<", b"> Queued mail for delivery"),
        (b"queued as ", b""),
        (b"Taken as ", b""),
        (b" id=", b""),
        (b" ", b" Message accepted for delivery"),
    ];
    for (before, behind) in wordings {
        if let Some((start, end)) = between(line, before, behind)
            && let (Some(head), Some(tail)) = (line.get(..start), line.get(end..))
        {
            return [head, b"{queue-id}", tail].concat();
        }
    }
    line.to_vec()
}

/// Where a word without spaces lies that stands between two texts; nothing behind means that it goes as far as it can.
fn between(line: &[u8], before: &[u8], behind: &[u8]) -> Option<(usize, usize)> {
    let limit = if behind.is_empty() { line.len() } else { find(line, behind)? };
    let head = line.get(..limit)?;
    let start = head.windows(before.len()).rposition(|window| window.eq_ignore_ascii_case(before))? + before.len();
    let word = head.get(start..)?;
    let length = word.iter().position(|octet| matches!(octet, b' ' | b'\r' | b'\n')).unwrap_or(word.len());
    let to_the_end = behind.is_empty() || length == word.len();
    (length > 0 && to_the_end).then_some((start, start + length))
}

/// Every occurrence from left to right.
fn replace_all(octets: &[u8], text: &[u8], placeholder: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(start) = find(rest, text) {
        let (head, tail) = rest.split_at(start);
        replaced.extend_from_slice(head);
        replaced.extend_from_slice(placeholder);
        rest = tail.get(text.len()..).unwrap_or_default();
    }
    replaced.extend_from_slice(rest);
    replaced
}

/// Where a text first stands. No text stands nowhere.
fn find(octets: &[u8], text: &[u8]) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    octets.windows(text.len()).position(|window| window == text)
}

/// Changes each of the lines that CRLF parts.
fn each_line(octets: &[u8], mut change: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut changed = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(end) = find(rest, b"\r\n") {
        let (line, after) = rest.split_at(end);
        changed.extend(change(line));
        changed.extend_from_slice(b"\r\n");
        rest = after.get(2..).unwrap_or_default();
    }
    changed.extend(change(rest));
    changed
}

#[cfg(test)]
mod tests;
