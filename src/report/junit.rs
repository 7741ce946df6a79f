//! A run for CI systems: JUnit XML, a suite a target.
//!
//! | verdict that decides | in JUnit |
//! |---|---|
//! | conformant | passed |
//! | deviates | `failure` of type `deviates` |
//! | deviates as a file expects it to | `skipped` with the file's reason, as pytest reports `xfail` |
//! | conformant although a file expects it to deviate | `failure` of type `stale` |
//! | inconclusive | `error` of type `inconclusive` |
//! | skipped, not applicable | `skipped` with the reason |
//!
//! A case that does not decide the exit code is never a failure or an error: where it is not conformant, it is `skipped`
//! and says so. Where the target was held beside a model, what a case is touched by is its `system-out`. What else makes a run fail is a case of its own: a role about which nothing was judged, a case that was
//! under way when the run was broken off, the run itself where it was broken off or failed.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::dialogue::{Extent, excerpt};
use super::run::{Ended, Run};
use super::{Report, beside, describe};
use crate::judge::{CaseResult, Comparison, Listed, RunEvent, TlsBegun, Verdict};

/// The suite of what is about the run, not a target.
const RUN_SUITE: &str = "smtpspec";

/// Collects a run and writes it as JUnit XML when it is finished, however far it came.
pub struct Junit<W> {
    out: W,
    run: Run,
}

impl<W: Write + Send> Junit<W> {
    /// A report on `out`.
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }
}

impl<W: Write + Send> Report for Junit<W> {
    fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        self.run.record(event);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        // Drawn first: an error of the XML writer would hide what the system says of the file.
        let drawn = report(&self.run).to_string().map_err(io::Error::other)?;
        self.out.write_all(drawn.as_bytes())?;
        self.out.flush()
    }
}

fn report(run: &Run) -> quick_junit::Report {
    let mut suites = Suites::default();
    for (target, _) in &run.targets {
        suites.of(target);
    }
    for ended in &run.ended {
        suites.add(&ended.result.target, case(run, ended));
    }
    for (case, target) in &run.open {
        let status = error("broken-off", "the run was broken off while this case was under way");
        suites.add(target, TestCase::new(case.0.as_str(), status));
    }
    match &run.end {
        Some(end) => {
            for (target, role, reason) in &end.unjudged {
                suites.add(target, TestCase::new(format!("judged/{role}"), error("inconclusive", reason)));
            }
            // A run that failed must not look like one in which nothing was found.
            let is_stale = end.exit == 2 && run.stale().next().is_some();
            if !matches!(end.exit, 0 | 1 | 3) && !is_stale {
                let message = format!("the run failed (exit code {})", end.exit);
                suites.add(RUN_SUITE, TestCase::new("run", error("failed", &message)));
            }
        }
        None => {
            let message = format!("the run was broken off: {} of {} cases had ended", run.ended.len(), run.cases);
            suites.add(RUN_SUITE, TestCase::new("run", error("broken-off", &message)));
        }
    }

    let mut report = quick_junit::Report::new("smtpspec");
    if let Some(end) = &run.end {
        report.set_time(end.took);
    }
    report.add_test_suites(suites.suites.into_iter().map(|(name, cases)| suite(run, &name, cases)));
    report
}

/// Suites in the order in which their targets came.
#[derive(Default)]
struct Suites {
    suites: Vec<(String, Vec<TestCase>)>,
    places: BTreeMap<String, usize>,
}

impl Suites {
    fn of(&mut self, target: &str) -> Option<&mut Vec<TestCase>> {
        let place = *self.places.entry(target.to_owned()).or_insert_with(|| {
            self.suites.push((target.to_owned(), Vec::new()));
            self.suites.len() - 1
        });
        self.suites.get_mut(place).map(|(_, cases)| cases)
    }

    fn add(&mut self, target: &str, mut case: TestCase) {
        // CI systems tell cases apart by class name and name, not by suite.
        case.set_classname(target);
        if let Some(cases) = self.of(target) {
            cases.push(case);
        }
    }
}

fn suite(run: &Run, name: &str, cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    if let Some(tls) = run.tls_of(name) {
        let begun = match tls.begun {
            TlsBegun::Starttls => "starttls",
            TlsBegun::Implicit => "implicit",
        };
        suite.add_property(("tls", begun));
        suite.add_property(("certificate", if tls.any_certificate { "any" } else { "verified" }));
    }
    let took = cases.iter().filter_map(|case| case.time).fold(Duration::ZERO, Duration::saturating_add);
    suite.set_time(took);
    suite.add_test_cases(cases);
    suite
}

fn case(run: &Run, ended: &Ended) -> TestCase {
    let result = &ended.result;
    let mut case = TestCase::new(result.requirement.id.0.as_str(), status(run, ended));
    case.set_time(result.took);
    if let Some(open) = result.judgement.open() {
        case.add_property(("open", open.id()));
    }
    if let Some((file, line)) = result.requirement.place.rsplit_once(':') {
        case.extra.insert("file".into(), file.into());
        case.extra.insert("line".into(), line.into());
    }
    let beside = beside(run, result);
    if !beside.is_empty() {
        case.set_system_out(beside.join("\n"));
    }
    case
}

/// What the case's requirement is touched by where the target parts from the model that it was held beside.
fn beside(run: &Run, result: &CaseResult) -> Vec<String> {
    let touches = |comparison: &Comparison| comparison.touches.contains(&result.requirement.id);
    let of_case = run.comparisons.iter().filter(|(target, comparison)| *target == result.target && touches(comparison));
    let told = of_case.map(|(_, comparison)| {
        let parting = comparison.first_parting();
        let place = parting.map_or(String::new(), |parting| {
            format!("at entry {}, in {}; ", parting.entry, beside::parts_in(parting.parts_in))
        });
        let (dialogue, model) = (beside::title(comparison), &comparison.beside);
        format!("{dialogue} beside {model}: parts {place}matters: {}", beside::sentence(comparison))
    });
    told.collect()
}

fn status(run: &Run, ended: &Ended) -> TestCaseStatus {
    let judgement = &ended.result.judgement;
    let because = judgement.reasons.first().map_or("no reason was given", String::as_str);
    if !ended.decides {
        return match judgement.verdict() {
            Verdict::Conformant => TestCaseStatus::success(),
            other => skipped(&format!("does not decide: {}: {because}", describe::verdict(other))),
        };
    }
    match judgement.verdict() {
        Verdict::Conformant => match ended.stale() {
            Some(Listed { reason, place }) => {
                let message = format!("this conforms, and {place} expects it to deviate: {reason}");
                non_success(NonSuccessKind::Failure, "stale", &message, "remedy: remove the line")
            }
            None => TestCaseStatus::success(),
        },
        Verdict::Deviates => match &ended.listed {
            Some(Listed { reason, place }) => skipped(&format!("deviates as expected: {reason} ({place}): {because}")),
            None => non_success(NonSuccessKind::Failure, "deviates", because, &description(run, &ended.result)),
        },
        Verdict::Inconclusive => {
            non_success(NonSuccessKind::Error, "inconclusive", because, &description(run, &ended.result))
        }
        Verdict::Skipped => skipped(because),
        Verdict::NotApplicable => skipped(&format!("not applicable: {because}")),
    }
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}

fn error(of_type: &str, message: &str) -> TestCaseStatus {
    non_success(NonSuccessKind::Error, of_type, message, message)
}

fn non_success(kind: NonSuccessKind, of_type: &str, message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(of_type).set_message(message).set_description(description);
    status
}

/// All there is to know about a case that does not conform.
fn description(run: &Run, result: &CaseResult) -> String {
    let requirement = &result.requirement;
    let place: Vec<&str> = std::iter::once(describe::level(requirement.level))
        .chain(requirement.sources.iter().map(|source| source.0.as_str()))
        .chain([requirement.place.as_str()])
        .collect();
    let mut lines = vec![requirement.sentence.clone(), format!("({})", place.join("; ")), String::new()];
    if let Some(answer) = &result.authentication {
        lines.push(format!("AUTH: {}", describe::authentication(answer)));
    }
    if let Some(fate) = &result.fate {
        lines.push(format!("mail: {}", describe::fate(fate)));
        lines.extend(describe::trace(fate).map(|trace| format!("received: {trace}")));
    }
    lines.extend(result.judgement.open().map(|open| format!("reason: {open}")));
    lines.extend(result.judgement.reasons.iter().map(|reason| format!("because: {reason}")));
    lines.extend(result.judgement.remedy.iter().map(|remedy| format!("remedy: {remedy}")));
    if let Some((transcript, deciding)) = run.dialogue(result) {
        lines.push(String::new());
        lines.extend(
            excerpt(transcript, deciding, Extent::Whole)
                .into_iter()
                .map(|line| format!("{} {}", if line.decides { ">" } else { " " }, line.text)),
        );
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
