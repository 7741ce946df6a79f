//! What is known of a target before it is asked: the part of a target file that verdicts read.

use std::collections::{BTreeMap, BTreeSet};

use super::Role;

/// What the server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// Takes mail for its own domains from anyone.
    Mx,
    /// Takes mail from those who authenticate (RFC 6409).
    Submission,
}

/// Where the probing address stands, as the target file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An address the server has no reason to trust.
    Outside,
    /// An address the server may trust.
    Inside,
}

/// Whether a role can be had at this target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// Its credentials are known.
    Given,
    /// The file says nothing of it: its cases are skipped.
    NotGiven,
    /// The file says that this target has no such role: its cases do not apply.
    Absent,
}

/// What verdicts may know of a target.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Declaration {
    /// What the server is for.
    pub service: Service,
    /// Where the probing address stands; `None` where the file is silent.
    pub source: Option<Source>,
    /// The probing address as the server sees it, for sentences.
    pub address: String,
    /// Whether a witness receives what the target sends to the remote domain.
    pub witness: bool,
    /// Whether no account may relay here (`authorized: none`).
    pub no_authorized_account: bool,
    /// Texts by which this server words a refusal that is about authorization.
    pub refusal_wordings: Vec<String>,
    /// Each role's presence.
    pub presence: BTreeMap<Role, Presence>,
    /// Roles whose login the file expects to be refused (`login: refused`).
    pub login_refused: BTreeSet<Role>,
    /// Whether the harness set the accounts' passwords itself, so that none can be a typo.
    pub passwords_are_ours: bool,
    /// Roles whose sender (reverse-path) the file gives; the others' refusals are inconclusive.
    pub sender_given: BTreeSet<Role>,
}
