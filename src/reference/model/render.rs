//! Templates filled in.

use std::collections::BTreeMap;

use super::output::SpokenFact;
use crate::reference::deployment::facts::{Confidence, Fact, Placeholder, ReplyKey, Template, TemplatePart};

/// What the places of a template are filled in with. A place that nothing was given for stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling(BTreeMap<Placeholder, Vec<u8>>);

impl Filling {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With that value. Control octets in it would break the line and become `?`.
    #[must_use]
    pub fn with(mut self, placeholder: Placeholder, value: impl AsRef<[u8]>) -> Self {
        let printable = value.as_ref().iter().map(|octet| if octet.is_ascii_control() { b'?' } else { *octet });
        self.0.insert(placeholder, printable.collect());
        self
    }

    /// The value of a place.
    pub fn value(&self, placeholder: Placeholder) -> &[u8] {
        self.0.get(&placeholder).map_or(&[], Vec::as_slice)
    }
}

/// A line with its places filled in, without a line ending.
pub(super) fn fill(template: &Template, filling: &Filling) -> Vec<u8> {
    let pieces = template.parts().iter().map(|part| match part {
        TemplatePart::Text(text) => text.as_bytes(),
        TemplatePart::Place(placeholder) => filling.value(*placeholder),
    });
    pieces.collect::<Vec<_>>().concat()
}

/// One line of a reply, code included, and the fact behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenLine {
    /// Without CRLF.
    pub text: Vec<u8>,
    /// The fact.
    pub fact: SpokenFact,
}

/// The lines of a reply. A reply that the facts lack is a local error: 451, marked as chosen.
pub(super) fn speak(key: ReplyKey, fact: Option<&Fact>, filling: &Filling) -> Vec<SpokenLine> {
    let Some(fact) = fact else {
        let text = format!("451 Requested action aborted: no wording for {key}");
        return vec![SpokenLine {
            text: text.into_bytes(),
            fact: SpokenFact { fact: format!("missing/{key}"), chosen: true },
        }];
    };
    let spoken = SpokenFact { fact: fact.id.clone(), chosen: fact.confidence == Confidence::Chosen };
    let lines = fact.lines.iter().map(|line| SpokenLine { text: fill(line, filling), fact: spoken.clone() });
    lines.collect()
}

/// The octets of a reply: hyphen or space behind each code by the line's place (RFC 5321 4.2.1), each line cut at
/// `limit` octets, its CRLF included.
pub(super) fn join(lines: &[SpokenLine], limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let most = limit.saturating_sub(2);
        let text = line.text.get(..most).unwrap_or(&line.text);
        let (code, behind) = text.split_at_checked(3).unwrap_or((text, &[]));
        bytes.extend_from_slice(code);
        bytes.push(if rest.len() == 0 { b' ' } else { b'-' });
        bytes.extend_from_slice(behind.get(1..).unwrap_or_default());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
