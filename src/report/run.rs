//! What a run came to so far, collected from its events.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::judge::{
    Attempt, Authentication, CaseId, CaseResult, Cell, Compared, Comparison, Destination, Level, Listed, Role,
    RunEvent, Summary, TargetKind, TlsUse, Verdict,
};
use crate::protocol::transcript::Transcript;

/// How a run ended.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) summary: Summary,
    pub(super) unjudged: Vec<(String, Role, String)>,
    pub(super) took: Duration,
    pub(super) exit: u8,
}

/// A case's result and whether it decides the exit code.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) result: CaseResult,
    pub(super) decides: bool,
    /// What a file of expected deviations says of it.
    pub(super) listed: Option<Listed>,
}

impl Ended {
    /// How people read what it came to.
    pub(super) const fn standing(&self) -> Standing {
        Standing::of(self.result.judgement.verdict(), self.listed.is_some())
    }

    /// Why it is listed, with the place, where a deviation was expected and it conforms.
    pub(super) fn stale(&self) -> Option<&Listed> {
        self.listed.as_ref().filter(|_| self.result.judgement.verdict() == Verdict::Conformant)
    }
}

/// A verdict as people read it: a deviation that a file lists stands apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The verdict as it is.
    Judged(Verdict),
    /// It deviates, as it is expected to.
    Expected,
}

impl Standing {
    pub(super) const fn of(verdict: Verdict, is_listed: bool) -> Self {
        match verdict {
            Verdict::Deviates if is_listed => Self::Expected,
            verdict => Self::Judged(verdict),
        }
    }
}

/// All that the reports at the end of a run need.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    pub(super) version: String,
    pub(super) selectors: Vec<String>,
    pub(super) cases: u32,
    pub(super) targets: Vec<(String, TargetKind)>,
    pub(super) cells: Vec<Cell>,
    pub(super) ended: Vec<Ended>,
    /// Cases that began and did not end.
    pub(super) open: Vec<(CaseId, String)>,
    /// Cases that began again after they had ended.
    pub(super) again: BTreeSet<(CaseId, String)>,
    /// `None`: broken off.
    pub(super) end: Option<End>,
    /// Whether the user broke it off; otherwise nothing is known of why there is no end.
    pub(super) interrupted: bool,
    /// What the process ends with although the run did not: a report could not be written.
    pub(super) not_written: Option<u8>,
    attempts: BTreeMap<(String, u32), Attempt>,
    /// What was held beside a model, in order, each with its target.
    pub(super) comparisons: Vec<(String, Comparison)>,
}

impl Run {
    pub(super) fn record(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { version, schema: _, selectors, cases } => {
                self.version.clone_from(version);
                self.selectors.clone_from(selectors);
                self.cases = *cases;
            }
            RunEvent::TargetStarted { target, kind } => self.targets.push((target.clone(), kind.clone())),
            RunEvent::Attempted { target, attempt } => {
                self.attempts.insert((target.clone(), attempt.order), attempt.as_ref().clone());
            }
            RunEvent::Compared { target, comparison } => self.compared(target, comparison),
            RunEvent::CaseStarted { case, target } => {
                if self.forget(case, target) {
                    self.again.insert((case.clone(), target.clone()));
                }
                self.open.push((case.clone(), target.clone()));
            }
            RunEvent::CaseFinished { result, decides, listed } => {
                self.forget_result(&result.requirement.id, &result.target);
                let listed = listed.as_deref().cloned();
                self.ended.push(Ended { result: result.as_ref().clone(), decides: *decides, listed });
            }
            RunEvent::WaitBegan { .. } | RunEvent::WaitEnded { .. } => {}
            RunEvent::CellFilled { cell } => self.cells.push(cell.as_ref().clone()),
            RunEvent::RunFinished { exit: RunEvent::BROKEN_OFF, .. } => self.interrupted = true,
            RunEvent::RunFinished { summary, unjudged, took, exit } => {
                self.end = Some(End { summary: *summary, unjudged: unjudged.clone(), took: *took, exit: *exit });
            }
        }
    }

    /// A comparison about the same attempt takes the place of the earlier one.
    fn compared(&mut self, target: &str, comparison: &Comparison) {
        let is_same = |(name, other): &&mut (String, Comparison)| {
            name == target && matches!(comparison.of, Compared::Attempt { .. }) && other.of == comparison.of
        };
        match self.comparisons.iter_mut().find(is_same) {
            Some((_, earlier)) => earlier.clone_from(comparison),
            None => self.comparisons.push((target.to_owned(), comparison.clone())),
        }
    }

    /// Drops what is known of a case on a target: it is judged again. Says whether it had ended.
    fn forget(&mut self, case: &CaseId, target: &str) -> bool {
        let is_its = |of: &Compared| matches!(of, Compared::Dialogue { case: its } if its == case);
        self.comparisons.retain(|(name, comparison)| name != target || !is_its(&comparison.of));
        self.forget_result(case, target)
    }

    fn forget_result(&mut self, case: &CaseId, target: &str) -> bool {
        let ended = self.ended.len();
        self.open.retain(|(id, name)| id != case || name != target);
        self.cells.retain(|cell| cell.case != *case || cell.target != target);
        self.ended.retain(|ended| ended.result.requirement.id != *case || ended.result.target != target);
        self.ended.len() < ended
    }

    /// The dialogue behind a result and its deciding entry: the result's own, or that of the attempt that decided.
    pub(super) fn dialogue<'a>(&'a self, result: &'a CaseResult) -> Option<(&'a Transcript, Option<usize>)> {
        if let Some(transcript) = &result.transcript {
            return Some((transcript, result.deciding_entry));
        }
        let order = result.judgement.deciding_attempt?;
        let attempt = self.attempts.get(&(result.target.clone(), order))?;
        Some((&attempt.transcript, attempt.deciding_entry))
    }

    /// The latest attempt of a role on the remote recipient, with its own sender.
    pub(super) fn attempt(&self, target: &str, role: Role) -> Option<&Attempt> {
        let mut of_target = self.attempts.iter().filter(|((name, _), _)| name == target).map(|(_, attempt)| attempt);
        of_target.rfind(|attempt| {
            attempt.role == role && attempt.sender_of == role && attempt.destination == Destination::Remote
        })
    }

    /// Whether a target is a server over TCP.
    pub(super) fn is_external(&self, target: &str) -> bool {
        self.targets.iter().any(|(name, kind)| name == target && matches!(kind, TargetKind::External { .. }))
    }

    /// Whether the record, run on the models of the systems it is about, decides: then the models are judged.
    pub(super) fn judges_the_models(&self) -> bool {
        let mut deciding = self.ended.iter().filter(|ended| ended.decides).peekable();
        let any = deciding.peek().is_some();
        let models = self.targets.iter().all(|(_, kind)| matches!(kind, TargetKind::Model { .. }));
        any && models && deciding.all(|ended| ended.result.requirement.level == Level::Record)
    }

    /// Whether a role's verdict rests on what the file says of its login (`login: refused`): an account whose login was
    /// refused is judged on no other ground, unless the password is ours, as it is on models.
    pub(super) fn rests_on_the_file(&self, cell: &Cell) -> bool {
        cell.role == Role::UnauthorizedAccount
            && cell.verdict == Verdict::Conformant
            && matches!(cell.authentication, Authentication::Refused { .. })
            && self.is_external(&cell.target)
    }

    /// What a target is called in front of people: a model's title, a server's, or the address of one that has none.
    pub(super) fn title_of<'a>(&'a self, target: &'a str) -> &'a str {
        match self.kind_of(target) {
            Some(TargetKind::Model { title } | TargetKind::External { title: Some(title), .. }) => title,
            Some(TargetKind::External { address, title: None, .. }) => address,
            None => target,
        }
    }

    /// The same, with the address behind the title of a server that has one.
    pub(super) fn title_and_address_of(&self, target: &str) -> String {
        match self.kind_of(target) {
            Some(TargetKind::External { address, title: Some(title), .. }) => format!("{title} ({address})"),
            _ => self.title_of(target).to_owned(),
        }
    }

    /// How a server is spoken with under TLS, if it is.
    pub(super) fn tls_of(&self, target: &str) -> Option<TlsUse> {
        match self.kind_of(target) {
            Some(TargetKind::External { tls, .. }) => *tls,
            Some(TargetKind::Model { .. }) | None => None,
        }
    }

    fn kind_of(&self, target: &str) -> Option<&TargetKind> {
        self.targets.iter().find_map(|(name, kind)| (name == target).then_some(kind))
    }

    /// How many targets a case ended on: those that the selected cases are not about take no part,
    /// and a case about a deployment file has none.
    pub(super) fn judged_targets(&self) -> usize {
        let ended: BTreeSet<&str> = self.ended.iter().map(|ended| ended.result.target.as_str()).collect();
        self.targets.iter().filter(|(name, _)| ended.contains(name.as_str())).count()
    }

    /// How many cases came to what, among those that decide or those that do not.
    pub(super) fn count(&self, decides: bool) -> Summary {
        let mut summary = Summary::default();
        for ended in self.ended.iter().filter(|ended| ended.decides == decides) {
            match ended.standing() {
                Standing::Expected => summary.count_expected(),
                Standing::Judged(verdict) => summary.count(verdict),
            }
        }
        summary
    }

    /// How people read what stands in a cell.
    pub(super) fn standing(&self, cell: &Cell) -> Standing {
        let of_cell = |ended: &&Ended| ended.result.requirement.id == cell.case && ended.result.target == cell.target;
        Standing::of(cell.verdict, self.ended.iter().rfind(of_cell).is_some_and(|ended| ended.listed.is_some()))
    }

    /// The cases that conform although a file expects them to deviate.
    pub(super) fn stale(&self) -> impl Iterator<Item = (&CaseResult, &Listed)> {
        self.ended.iter().filter_map(|ended| Some((&ended.result, ended.stale()?)))
    }
}

/// `190 conformant, 2 deviate, 1 skipped`: the counts that are not zero; `none` where all are.
pub(super) fn summary(summary: &Summary) -> String {
    let judged = verdicts(summary).map(|(verdict, count)| (Standing::Judged(verdict), count));
    let (deviates, others) = judged.split_at(1);
    let expected = [(Standing::Expected, summary.expected)];
    let all = deviates.iter().chain(&expected).chain(others);
    let counts: Vec<String> = all
        .filter(|(_, count)| *count > 0)
        .map(|(standing, count)| format!("{count} {}", plural(*standing, *count)))
        .collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

/// The counts of a summary, the worst first, deviations that are expected left out.
pub(super) const fn verdicts(summary: &Summary) -> [(Verdict, u32); 5] {
    [
        (Verdict::Deviates, summary.deviates),
        (Verdict::Inconclusive, summary.inconclusive),
        (Verdict::Conformant, summary.conformant),
        (Verdict::Skipped, summary.skipped),
        (Verdict::NotApplicable, summary.not_applicable),
    ]
}

const fn plural(standing: Standing, count: u32) -> &'static str {
    match standing {
        Standing::Judged(Verdict::Deviates) if count != 1 => "deviate",
        Standing::Expected if count == 1 => "deviates as expected",
        Standing::Expected => "deviate as expected",
        Standing::Judged(verdict) => super::describe::verdict(verdict),
    }
}
