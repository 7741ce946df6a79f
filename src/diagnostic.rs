//! diagnostic

/// placeholder until the real one lands
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub title: String,
}
