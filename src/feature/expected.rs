//! Expected deviations: a file of `case: reason` that lays over the verdicts what is known and accepted. No verdict reads
//! it. `docs/expected.md` says how it is written.

mod file;

use super::suite::Suite;
use crate::diagnostic::{Diagnostic, Excerpt};
use crate::harness::TargetName;
use crate::judge::{CaseId, CaseResult, Listed, Verdict};
use crate::reference::yaml::{Placed, Source};
use file::{Written, WrittenReason};

/// The cases that are known to deviate, each with its reason.
#[derive(Clone, Debug)]
pub struct Expected {
    source: Source,
    entries: Vec<Entry>,
}

/// One reason.
#[derive(Clone, Debug)]
struct Entry {
    pattern: Pattern,
    /// The target it is about; `None`: every target of the run.
    target: Option<Placed<String>>,
    reason: String,
    /// The key that the reason stands behind.
    key: Placed<String>,
}

impl Entry {
    fn is_about(&self, case: &CaseId, target: &str) -> bool {
        self.pattern.names(case) && self.target.as_ref().is_none_or(|named| named.value == target)
    }
}

/// Which cases a key names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// One, by its whole id.
    Case(String),
    /// All whose ids begin with this and a `/`.
    Below(String),
}

impl Pattern {
    fn read(text: &str) -> Self {
        match text.strip_suffix("/*") {
            Some(beginning) => Self::Below(beginning.to_owned()),
            None => Self::Case(text.to_owned()),
        }
    }

    fn names(&self, case: &CaseId) -> bool {
        match self {
            Self::Case(id) => case.0 == *id,
            Self::Below(beginning) => case.0.strip_prefix(beginning.as_str()).is_some_and(|rest| rest.starts_with('/')),
        }
    }

    /// Of two that name one case, the one that says more of its id weighs more. No two weigh the same: their keys would.
    const fn weight(&self) -> (bool, usize) {
        match self {
            Self::Case(id) => (true, id.len()),
            Self::Below(beginning) => (false, beginning.len()),
        }
    }
}

impl Expected {
    /// Reads a file; `name` is its path. Every key names a case of the suite, whether that is selected or not.
    ///
    /// # Errors
    /// All mistakes, each with file, line, column and remedy.
    pub fn read(name: &str, text: &str, suite: &Suite) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(name, text);
        // A file from which the last line was removed is no mistake.
        let is_blank =
            |line: &str| matches!(line.trim_start_matches(['\u{feff}', ' ']).chars().next(), None | Some('#'));
        if text.lines().all(is_blank) {
            return Ok(Self { source, entries: Vec::new() });
        }
        let salvaged = source.salvage::<Written>();
        let mut wrong = salvaged.wrong;
        let is_whole = wrong.is_empty();
        let mut entries = Vec::new();
        for (key, reason) in salvaged.value.map_or_else(Vec::new, |written| written.lines) {
            let pattern = Pattern::read(&key.value);
            if !suite.cases().iter().any(|case| pattern.names(&case.requirement.id)) {
                wrong.push(names_nothing(&source, &key, suite));
            }
            match reason {
                WrittenReason::Everywhere(reason) => entries.push(Entry { pattern, target: None, reason, key }),
                WrittenReason::On(targets) if targets.is_empty() && is_whole => {
                    wrong.push(without_reason(&source, &key));
                }
                WrittenReason::On(targets) => entries.extend(targets.into_iter().map(|(target, reason)| Entry {
                    pattern: pattern.clone(),
                    target: Some(target.clone()),
                    reason,
                    key: target,
                })),
            }
        }
        let empty = entries.iter().filter(|entry| entry.reason.trim().is_empty());
        wrong.extend(empty.map(|entry| without_reason(&source, &entry.key)));
        if wrong.is_empty() {
            return Ok(Self { source, entries });
        }
        wrong.sort_by_key(|diagnostic| diagnostic.source.as_ref().map(|excerpt| (excerpt.line(), excerpt.column())));
        Err(wrong)
    }

    /// Checks the file against the targets of a run.
    ///
    /// # Errors
    /// A target that is none of the run's; an entry that can never tell, since others that say more of the id take each
    /// of its cases.
    pub fn check(&self, suite: &Suite, targets: &[TargetName]) -> Result<(), Vec<Diagnostic>> {
        let names = || targets.iter().map(|target| target.0.as_str());
        let mut wrong = Vec::new();
        for entry in &self.entries {
            if let Some(target) = &entry.target
                && !names().any(|name| name == target.value)
            {
                let here = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                wrong.push(
                    self.source
                        .error_at(target, format!("`{}` is no target of this run", target.value))
                        .note(format!("its targets are {here}"))
                        .remedy("name one of them, and keep what is known of other targets in a file of their own")
                        .did_you_mean(&target.value, names()),
                );
                continue;
            }
            let tells = suite.cases().iter().any(|case| {
                let id = &case.requirement.id;
                names().any(|name| self.of(id, name).is_some_and(|deciding| std::ptr::eq(deciding, entry)))
            });
            if !tells {
                wrong.push(
                    self.source
                        .error_at(&entry.key, format!("`{}` is said of no case", entry.key.value))
                        .note("other lines say more of the id of each case it names, and those hold")
                        .remedy("remove the line"),
                );
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// What it says of a case on a target. Where several entries name it, the one that says most of its id holds.
    pub fn listed(&self, case: &CaseId, target: &str) -> Option<Listed> {
        let entry = self.of(case, target)?;
        Some(Listed { reason: entry.reason.clone(), place: self.place(entry).to_string() })
    }

    /// How many of these results deviate as they are expected to.
    pub fn count(&self, results: &[CaseResult]) -> u32 {
        let is_expected = |result: &&CaseResult| {
            result.judgement.verdict == Verdict::Deviates && self.of(&result.requirement.id, &result.target).is_some()
        };
        u32::try_from(results.iter().filter(is_expected).count()).unwrap_or(u32::MAX)
    }

    /// The entries that no longer hold: a case they name conforms. One diagnostic each.
    pub fn stale(&self, results: &[CaseResult]) -> Vec<Diagnostic> {
        let of = |entry: &Entry| {
            let conforms: Vec<&CaseResult> = self.told(entry, results).filter(|result| conforms(result)).collect();
            let first = conforms.first()?;
            let deviates = self.told(entry, results).any(|result| result.judgement.verdict == Verdict::Deviates);
            let what = format!("{} on {}", first.requirement.id, first.target);
            let others = match conforms.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            Some(
                Diagnostic::error("what is expected to deviate conforms")
                    .at(self.place(entry))
                    .label("no longer so")
                    .note(format!("{what}{others}"))
                    .remedy(if deviates {
                        "write only the cases, and the targets, that deviate in its place"
                    } else {
                        "remove the line"
                    }),
            )
        };
        self.entries.iter().filter_map(of).collect()
    }

    /// The entries that nothing is known of: no case they name was run. One warning each.
    pub fn not_run(&self, results: &[CaseResult]) -> Vec<Diagnostic> {
        let unknown = self.entries.iter().filter(|entry| self.told(entry, results).next().is_none());
        unknown
            .map(|entry| {
                Diagnostic::warning("no case of this line was run, or none that decides").at(self.place(entry))
            })
            .collect()
    }

    /// The results that an entry tells of.
    fn told<'a>(&'a self, entry: &'a Entry, results: &'a [CaseResult]) -> impl Iterator<Item = &'a CaseResult> {
        results.iter().filter(move |result| {
            let deciding = self.of(&result.requirement.id, &result.target);
            deciding.is_some_and(|deciding| std::ptr::eq(deciding, entry))
        })
    }

    fn of(&self, case: &CaseId, target: &str) -> Option<&Entry> {
        let entries = self.entries.iter().filter(|entry| entry.is_about(case, target));
        entries.max_by_key(|entry| entry.pattern.weight())
    }

    fn place(&self, entry: &Entry) -> Excerpt {
        self.source.excerpt(entry.key.place())
    }
}

fn conforms(result: &CaseResult) -> bool {
    result.judgement.verdict == Verdict::Conformant
}

fn without_reason(source: &Source, key: &Placed<String>) -> Diagnostic {
    source
        .error_at(key, format!("there is no reason why `{}` deviates", key.value))
        .remedy("write behind the colon why that is known and accepted")
}

fn names_nothing(source: &Source, key: &Placed<String>, suite: &Suite) -> Diagnostic {
    let error = source.error_at(key, format!("`{}` is no case", key.value));
    let ids = || suite.cases().iter().map(|case| case.requirement.id.0.as_str());
    let below = Pattern::Below(key.value.clone());
    if suite.cases().iter().any(|case| below.names(&case.requirement.id)) {
        return error.remedy(format!("did you mean `{}/*`, all cases below it?", key.value));
    }
    if let Some(whole) = ids().find(|id| id.split_once('/').is_some_and(|(_, rest)| rest == key.value)) {
        return error.remedy(format!("an id is written whole here: did you mean `{whole}`?"));
    }
    let beginnings = ids().flat_map(|id| id.match_indices('/').filter_map(|(at, _)| id.get(..at)));
    let mut candidates: Vec<String> = match Pattern::read(&key.value) {
        Pattern::Case(_) => ids().map(str::to_owned).collect(),
        Pattern::Below(_) => beginnings.map(|beginning| format!("{beginning}/*")).collect(),
    };
    candidates.sort_unstable();
    candidates.dedup();
    error
        .note("a key is a whole id, or the beginning of ids with `/*` behind it")
        .remedy("`smtpspec list cases` prints all there are")
        .did_you_mean(&key.value, candidates.iter().map(String::as_str))
}

#[cfg(test)]
mod tests;
