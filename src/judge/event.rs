//! The one stream of run events: everything that prints or stores a run hangs off it, and a stored one replays through
//! the same reports. `docs/events.md` has the schema.

use std::time::Duration;

use super::{Attempt, Authentication, CaseId, Comparison, Fate, Judgement, Requirement, Role, Verdict};
use crate::protocol::transcript::Transcript;

/// What is judged.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum TargetKind {
    /// A built-in deployment's listener, in process.
    Model {
        /// Its title.
        title: String,
    },
    /// A server over TCP.
    External {
        /// `host:port`.
        address: String,
        /// What the target file calls it, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// How TLS is used, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tls: Option<TlsUse>,
    },
}

/// How a target is spoken with under TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TlsUse {
    /// When it is begun.
    pub begun: TlsBegun,
    /// Whether any certificate is accepted: nobody is proved to be at the other end.
    pub any_certificate: bool,
}

/// When TLS is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsBegun {
    /// With STARTTLS behind the first EHLO (RFC 3207).
    Starttls,
    /// Before the greeting (RFC 8314 3.3).
    Implicit,
}

/// What a case came to on a target.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CaseResult {
    /// The case.
    pub requirement: Requirement,
    /// The target it was run on.
    pub target: String,
    /// The role it is about, where it is about one.
    pub role: Option<Role>,
    /// What AUTH said, where the case is about a role.
    pub authentication: Option<Authentication>,
    /// What became of the mail, likewise.
    pub fate: Option<Fate>,
    /// The verdict and its reasons.
    pub judgement: Judgement,
    /// The dialogue, whole, where it is wanted: cases that do not conform.
    pub transcript: Option<Transcript>,
    /// The entry that decided.
    pub deciding_entry: Option<usize>,
    /// How long it took, in the target's time.
    pub took: Duration,
}

/// That a file of expected deviations lists a case on a target. No verdict rests on it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listed {
    /// Why the deviation is known and accepted.
    pub reason: String,
    /// Where the file says so: `expected.yaml:3:1`.
    pub place: String,
}

/// One cell of the matrix: both answers of a role, and what the requirement about it came to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// The case that fills it.
    pub case: CaseId,
    /// The target.
    pub target: String,
    /// The role.
    pub role: Role,
    /// What AUTH said.
    pub authentication: Authentication,
    /// What became of the mail to the remote recipient.
    pub fate: Fate,
    /// What the requirement about this role came to.
    pub verdict: Verdict,
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Cases that conform.
    pub conformant: u32,
    /// Cases that deviate, those that are expected to left out.
    pub deviates: u32,
    /// Cases that deviate as a file says they are expected to.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub expected: u32,
    /// Cases that could not be told.
    pub inconclusive: u32,
    /// Cases that were not judged.
    pub skipped: u32,
    /// Cases that do not apply.
    pub not_applicable: u32,
}

impl Summary {
    /// Counts one case more.
    pub fn count(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Conformant => &mut self.conformant,
            Verdict::Deviates => &mut self.deviates,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Skipped => &mut self.skipped,
            Verdict::NotApplicable => &mut self.not_applicable,
        };
        *count = count.saturating_add(1);
    }

    /// Counts one case more that deviates as it is expected to.
    pub fn count_expected(&mut self) {
        self.expected = self.expected.saturating_add(1);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Mail that the witness is waited for to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Awaited {
    /// Who sent it.
    pub role: Role,
    /// The `order` of the attempt.
    pub order: u32,
}

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum RunEvent {
    /// The first event.
    RunStarted {
        /// This program's version.
        version: String,
        /// The version of this schema.
        schema: u32,
        /// What was asked for, as selectors.
        selectors: Vec<String>,
        /// How many cases will run, each counted once a target.
        cases: u32,
    },
    /// A target is about to be judged.
    TargetStarted {
        /// Its name.
        target: String,
        /// What it is.
        kind: TargetKind,
    },
    /// A role's mail was tried, or was seen only now: the attempt with the same `order` then comes again.
    Attempted {
        /// The target.
        target: String,
        /// What was tried and seen.
        attempt: Box<Attempt>,
    },
    /// A dialogue with a target was held beside the model's, where a run goes beside one. No verdict reads it. One about
    /// the same attempt comes again where the attempt does.
    Compared {
        /// The target.
        target: String,
        /// What came of it.
        comparison: Box<Comparison>,
    },
    /// All mail is sent, and the witness has not seen all of it: it is waited for. Attempts follow as they are settled.
    WaitBegan {
        /// The target.
        target: String,
        /// Whose mail is waited for.
        mail: Vec<Awaited>,
        /// How long at most.
        lasts: Duration,
    },
    /// The witness is no longer waited for.
    WaitEnded {
        /// The target.
        target: String,
    },
    /// A case begins. Where it ended before, on the same target, it is judged again: what it came to no longer holds.
    CaseStarted {
        /// The case.
        case: CaseId,
        /// The target.
        target: String,
    },
    /// A case ended.
    CaseFinished {
        /// What it came to. Whether it decides the exit code.
        result: Box<CaseResult>,
        /// Whether this result decides the exit code: in a run of the record on the model, only the record's does.
        decides: bool,
        /// What a file of expected deviations says of it: it is expected to deviate, and is an error where it conforms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed: Option<Box<Listed>>,
    },
    /// A cell of the matrix is known.
    CellFilled {
        /// The cell.
        cell: Box<Cell>,
    },
    /// The last event; absent where the program did not come to its end.
    RunFinished {
        /// What decides the exit code.
        summary: Summary,
        /// Roles about which nothing was judged although they are required, with the reason.
        unjudged: Vec<(String, Role, String)>,
        /// Since the run began.
        took: Duration,
        /// The exit code; [`RunEvent::BROKEN_OFF`] where the user broke the run off.
        exit: u8,
    },
}

impl RunEvent {
    /// The exit code of a run that the user broke off: what a shell gives a program that SIGINT ended.
    pub const BROKEN_OFF: u8 = 130;
}
