//! Two servers to which one client said the same, side by side: turn by turn, and where they part.

use super::{Content, Entry, Happening, Normaliser, Side, Transcript};
use crate::protocol::wire::EnhancedStatusCode;

/// What the client said, and what each server said to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Turn {
    /// The client's; empty where the servers begin.
    pub said: Vec<Entry>,
    /// The target's.
    pub target: Vec<Entry>,
    /// The model's.
    pub model: Vec<Entry>,
}

/// In what two answers part. Ordered by weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartsIn {
    /// The wording, and nothing else.
    Text,
    /// What EHLO lists.
    Keywords,
    /// The enhanced status code (RFC 3463), or that there is one.
    EnhancedCode,
    /// The reply code (RFC 5321 4.2), of the same first digit.
    Code,
    /// The reply code's first digit.
    Class,
    /// One of them said nothing, or ended the connection.
    Silence,
}

impl PartsIn {
    /// Whether it is more than a wording: what a verdict could read.
    pub const fn is_told(self) -> bool {
        match self {
            Self::Text | Self::Keywords => false,
            Self::EnhancedCode | Self::Code | Self::Class | Self::Silence => true,
        }
    }
}

/// A place where the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Parting {
    /// The turn, from 0.
    pub turn: usize,
    /// The entry in the target's transcript: where its answer begins, or where one is missing.
    pub entry: usize,
    /// In what they differ.
    pub parts_in: PartsIn,
}

/// Both transcripts by turns, which the target makes: a turn is what the client said before the target answered. The client's
/// entries have to be the same in both, since it is one client; a server that answers nothing has nothing between them.
pub fn turns(target: &Transcript, model: &Transcript) -> Vec<Turn> {
    let (mut target, mut model) = (target.entries.as_slice(), model.entries.as_slice());
    let mut turns = Vec::new();
    while !target.is_empty() || !model.is_empty() {
        let said = run_of(&mut target, Side::Client);
        let of_target = run_of(&mut target, Side::Server);
        let mut of_model = Vec::new();
        let mut left = said.len();
        loop {
            of_model.extend_from_slice(run_of(&mut model, Side::Server));
            match model.split_first() {
                Some((_, behind)) if left > 0 || target.is_empty() => model = behind,
                Some(_) | None => break,
            }
            left = left.saturating_sub(1);
        }
        turns.push(Turn { said: said.to_vec(), target: of_target.to_vec(), model: of_model });
    }
    turns
}

/// The entries of one side that come next.
fn run_of<'a>(rest: &mut &'a [Entry], side: Side) -> &'a [Entry] {
    let length = rest.iter().take_while(|entry| entry.side == side).count();
    let (run, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    *rest = behind;
    run
}

/// Where the two part, each answer held against the one in the same place, in order. Dates, queue ids, names and challenges
/// are what the rules of both sides make of them.
pub fn partings(turns: &[Turn], of_target: &Normaliser, of_model: &Normaliser) -> Vec<Parting> {
    let mut partings = Vec::new();
    let mut entry = 0;
    for (number, turn) in turns.iter().enumerate() {
        entry += turn.said.len();
        let (target, model) = (answers(&turn.target, of_target), answers(&turn.model, of_model));
        let mut at = entry;
        for place in 0..target.len().max(model.len()) {
            let pair = (target.get(place), model.get(place));
            if let Some(parts_in) = differ(pair.0, pair.1, introduces(turn)) {
                partings.push(Parting { turn: number, entry: at, parts_in });
            }
            at += pair.0.map_or(0, Answer::entries);
        }
        entry += turn.target.len();
    }
    partings
}

/// Whether the client introduces itself, so that the answer lists keywords (RFC 5321 4.1.1.1).
fn introduces(turn: &Turn) -> bool {
    let is_ehlo = |entry: &Entry| match &entry.content {
        Content::Line { bytes, .. } => bytes.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"EHLO")),
        Content::Credential { .. } | Content::MailData { .. } | Content::Happening(_) => false,
    };
    turn.said.last().is_some_and(is_ehlo)
}

/// One thing that a server did.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// The lines of a reply, normalised; the last may be missing.
    Reply(Vec<Vec<u8>>),
    /// The end of the connection, however it came.
    End,
    /// TLS, of whatever kind.
    Tls,
    /// Nothing within the limit.
    Nothing,
}

impl Answer {
    fn entries(&self) -> usize {
        match self {
            Self::Reply(lines) => lines.len(),
            Self::End | Self::Tls | Self::Nothing => 1,
        }
    }
}

fn answers(entries: &[Entry], normaliser: &Normaliser) -> Vec<Answer> {
    let normalised = normaliser.apply(&Transcript { entries: entries.to_vec() });
    let mut answers = Vec::new();
    let mut lines = Vec::new();
    for entry in normalised.entries {
        match entry.content {
            Content::Line { bytes, .. } | Content::MailData { bytes } => {
                let goes_on = bytes.get(3) == Some(&b'-');
                lines.push(bytes);
                if !goes_on {
                    answers.push(Answer::Reply(std::mem::take(&mut lines)));
                }
            }
            // What a server says of a password is a challenge (RFC 5802 5: its signature).
            Content::Credential { label, .. } => {
                answers.push(Answer::Reply(vec![format!("334 ({label})").into_bytes()]))
            }
            Content::Happening(happening) => {
                if !lines.is_empty() {
                    answers.push(Answer::Reply(std::mem::take(&mut lines)));
                }
                match happening {
                    Happening::Connected => {}
                    Happening::NotConnected { .. }
                    | Happening::Closed
                    | Happening::Reset { .. }
                    | Happening::TlsFailed { .. } => answers.push(Answer::End),
                    Happening::TlsEstablished(_) => answers.push(Answer::Tls),
                    Happening::TimedOut { .. } => answers.push(Answer::Nothing),
                }
            }
        }
    }
    if !lines.is_empty() {
        answers.push(Answer::Reply(lines));
    }
    answers
}

fn differ(target: Option<&Answer>, model: Option<&Answer>, lists_keywords: bool) -> Option<PartsIn> {
    match (target, model) {
        (Some(Answer::Reply(target)), Some(Answer::Reply(model))) => {
            if target == model {
                None
            } else if class(target) != class(model) {
                Some(PartsIn::Class)
            } else if code(target) != code(model) {
                Some(PartsIn::Code)
            } else if enhanced(target) != enhanced(model) {
                Some(PartsIn::EnhancedCode)
            } else if lists_keywords {
                Some(PartsIn::Keywords)
            } else {
                Some(PartsIn::Text)
            }
        }
        // Saying nothing looks the same whether it was waited for or not.
        (Some(Answer::End), Some(Answer::End))
        | (Some(Answer::Tls), Some(Answer::Tls))
        | (Some(Answer::Nothing) | None, Some(Answer::Nothing) | None) => None,
        _ => Some(PartsIn::Silence),
    }
}

/// The code of the last line, as [`crate::protocol::wire::Reply::code`] has it.
fn code(lines: &[Vec<u8>]) -> Option<&[u8]> {
    lines.last().map(|line| line.get(..3).unwrap_or(line))
}

fn class(lines: &[Vec<u8>]) -> Option<u8> {
    code(lines)?.first().copied()
}

fn enhanced(lines: &[Vec<u8>]) -> Option<EnhancedStatusCode> {
    lines.iter().find_map(|line| EnhancedStatusCode::at_start_of(line.get(4..)?).ok())
}

#[cfg(test)]
mod tests;
