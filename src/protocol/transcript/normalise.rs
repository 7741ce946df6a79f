//! Replacing what legitimately differs between runs, by named rules and never by dropping text.

use super::Transcript;

/// One kind of replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// A literal text becomes a placeholder: host names, addresses, nonces.
    Literal {
        /// What is replaced.
        text: String,
        /// What stands for it, `{host}`.
        placeholder: String,
    },
    /// The base64 of a 334 becomes `{challenge}`.
    Challenge,
    /// The date of a greeting or trace header becomes `{date}`.
    Date,
    /// A queue id in a 250 after mail data becomes `{queue-id}`.
    QueueId,
}

/// A list of rules, applied in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normaliser {
    /// The rules.
    pub rules: Vec<Rule>,
}

impl Normaliser {
    /// A normalised copy.
    pub fn apply(&self, transcript: &Transcript) -> Transcript {
        let _ = transcript;
        todo!()
    }
}
