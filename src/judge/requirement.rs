//! What a case enforces.

/// A case's name, as users type it: `relay/unauthorized-account`, `bulletin/c08/windows-2000/null-session`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl std::fmt::Display for CaseId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a sentence stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Citation(pub String);

/// How strongly it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Every mail server has to.
    Must,
    /// Every mail server should.
    Should,
    /// The bulletin says so of one system.
    Record,
}

/// A case, without the steps that check it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Requirement {
    /// Its id.
    pub id: CaseId,
    /// The sentence it enforces: the scenario's name.
    pub sentence: String,
    /// Where the sentence comes from: claim tags, RFC sections.
    pub sources: Vec<Citation>,
    /// How strongly it binds.
    pub level: Level,
    /// The feature file and line it stands at, `features/requirements/relay.feature:12`.
    pub place: String,
}
