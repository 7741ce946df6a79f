//! Facts: how a product words each reply, with source and confidence.

mod reply_key;
mod template;

pub use reply_key::{Placeholder, ReplyKey};
pub use template::{Template, TemplateError, TemplatePart};

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

/// One fact: a reply's wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its id: `windows-2000-smtp/rcpt.relay-refused`.
    pub id: String,
    /// The reply's lines, codes included, without CRLF. Several lines are a multi-line reply; what stands behind the
    /// code of a line, space or hyphen, is set by the line's place when the reply is given.
    pub lines: Vec<Template>,
    /// Where it is from: keys of the product file's `sources`.
    pub sources: Vec<String>,
    /// How well it is known.
    pub confidence: Confidence,
}

/// All facts of one product (with its component's own).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// By reply key.
    pub replies: BTreeMap<ReplyKey, Fact>,
}
