//! Facts: how a product words each reply, with source and confidence.

use std::collections::BTreeMap;

/// How well a fact is known (wire-facts section 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Quoted from a real session.
    Recorded,
    /// A reply code gathered by a scanner; its text is ours.
    Code,
    /// Documented by the vendor, an RFC, or a scanner's author.
    Documented,
    /// Inferred from a sibling or from several facts together.
    Inferred,
    /// A third party's imitation.
    Hearsay,
    /// No evidence: chosen.
    Chosen,
}

/// Which reply it is. The name in YAML is the kebab-case path: `rcpt.relay-refused`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyKey(pub &'static str);

/// One fact: a reply's wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its id: `windows-2000-smtp/rcpt.relay-refused`.
    pub id: String,
    /// The reply's lines with `{placeholders}`, codes included, without CRLF.
    pub lines: Vec<String>,
    /// Where it is from: keys of the product file's `sources`.
    pub sources: Vec<String>,
    /// How well it is known.
    pub confidence: Confidence,
}

/// All facts of one product (with its component's own).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// By reply key.
    pub replies: BTreeMap<String, Fact>,
}
