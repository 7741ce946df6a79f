//! A case: one scenario, or one row of an outline, ready to run.

use std::ops::RangeInclusive;

use cucumber::gherkin::Step;

use super::lint::ClaimId;
use crate::judge::{Requirement, Role};

/// A deployment as a step names it: `windows-2000`, `exchange-5.5-and-native-service:native`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentName {
    /// The deployment's id.
    pub id: String,
    /// Its listener, where the step names one.
    pub listener: Option<String>,
}

impl DeploymentName {
    /// Reads it: the listener stands behind a colon.
    pub fn read(text: &str) -> Self {
        match text.split_once(':') {
            Some((id, listener)) => Self { id: id.to_owned(), listener: Some(listener.to_owned()) },
            None => Self { id: text.to_owned(), listener: None },
        }
    }
}

impl std::fmt::Display for DeploymentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.listener {
            Some(listener) => write!(f, "{}:{listener}", self.id),
            None => f.write_str(&self.id),
        }
    }
}

/// What a case is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// "the mail server": whatever is judged. Such a case is a requirement.
    MailServer,
    /// The deployments it names, in order. Such a case is of the record.
    Deployments(Vec<DeploymentName>),
    /// A deployment file that it makes up itself: of the record too.
    DeploymentFile,
}

/// One scenario, or one row of an outline.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id, sentence, sources and level.
    pub requirement: Requirement,
    /// What it is about.
    pub subject: Subject,
    /// The role whose mail it is about, where it is about one's.
    pub role: Option<Role>,
    /// The claims it carries, in order.
    pub claims: Vec<ClaimId>,
    /// All its tags, without `@`.
    pub tags: Vec<String>,
    /// Whether it needs what only the model has (`@model-only`).
    pub model_only: bool,
    /// Whether it can stop a server that has a defect (`@disruptive`).
    pub disruptive: bool,
    /// The scenario's name as written: of an outline, with its `<placeholders>`.
    pub scenario: String,
    /// The feature file.
    pub(super) file: String,
    /// The scenario's lines, its tags and examples included.
    pub(super) scenario_lines: RangeInclusive<usize>,
    /// The line of the scenario's name, or of the outline's row.
    pub(super) line: usize,
    /// Whether it is a row of an outline.
    pub(super) is_row: bool,
    /// The first row of its outline's examples, or its own line.
    pub(super) first_row: usize,
    /// Its steps, those of the backgrounds first.
    pub(super) steps: Vec<Step>,
}

impl Case {
    /// Where its scenario begins, tags included: the same for all rows of an outline.
    pub fn scenario_place(&self) -> String {
        format!("{}:{}", self.file, self.scenario_lines.start())
    }

    /// Whether it is of the record: it says what some deployment does.
    pub const fn is_record(&self) -> bool {
        match self.subject {
            Subject::MailServer => false,
            Subject::Deployments(_) | Subject::DeploymentFile => true,
        }
    }

    /// The deployments it names.
    pub fn deployments(&self) -> &[DeploymentName] {
        match &self.subject {
            Subject::Deployments(names) => names,
            Subject::MailServer | Subject::DeploymentFile => &[],
        }
    }
}
