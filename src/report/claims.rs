//! The table of `smtpspec list claims`: every claim of the bulletin, the scenarios that test it and what they came to.

use std::io::{self, Write};

use super::layout::{counted, hanging};
use super::palette::{Palette, paint};
use super::{TerminalOptions, describe, run};
use crate::diagnostic::text::printable;
use crate::judge::{Summary, Verdict};

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Its id, `ms02-011-c08`.
    pub id: String,
    /// What it says.
    pub sentence: String,
    /// The scenarios of the record that carry its tag.
    pub scenarios: Vec<ScenarioRow>,
    /// The requirements that carry it, with what they came to on the target that [`write`] is told of. They judge that
    /// target, and not the claim.
    pub requirements: Vec<ScenarioRow>,
}

/// A scenario, or an outline with all its examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioRow {
    /// Its name.
    pub name: String,
    /// Where it stands, `features/bulletin/windows-2000.feature:12`.
    pub place: String,
    /// What its cases came to.
    pub results: Summary,
}

impl ScenarioRow {
    /// The worst that a case of it came to; `None` where it has no case.
    pub fn verdict(&self) -> Option<Verdict> {
        // In this order: one conformant case outweighs any number of skipped ones, since outlines have examples that
        // some targets cannot run.
        run::verdicts(&self.results).into_iter().find(|(_, count)| *count > 0).map(|(verdict, _)| verdict)
    }
}

impl ClaimRow {
    /// The worst that a scenario of it came to; `None` where nothing tests it.
    pub fn verdict(&self) -> Option<Verdict> {
        let results = self.scenarios.iter().fold(Summary::default(), |sum, scenario| Summary {
            conformant: sum.conformant.saturating_add(scenario.results.conformant),
            deviates: sum.deviates.saturating_add(scenario.results.deviates),
            expected: sum.expected.saturating_add(scenario.results.expected),
            inconclusive: sum.inconclusive.saturating_add(scenario.results.inconclusive),
            skipped: sum.skipped.saturating_add(scenario.results.skipped),
            not_applicable: sum.not_applicable.saturating_add(scenario.results.not_applicable),
        });
        ScenarioRow { name: String::new(), place: String::new(), results }.verdict()
    }
}

/// Writes the table. `judged` is the target that the requirements were asked of.
///
/// # Errors
/// Where writing failed.
pub fn write(mut out: impl Write, claims: &[ClaimRow], judged: &str, options: &TerminalOptions) -> io::Result<()> {
    let palette = Palette::new(options.colour);
    for claim in claims {
        for line in lines(claim, judged, &palette, options.columns()) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    for line in hanging("", &totals(claims), options.columns()) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn lines(claim: &ClaimRow, judged: &str, palette: &Palette, columns: usize) -> Vec<String> {
    let label = format!("{} {}  ", mark(claim.verdict()), printable(&claim.id));
    let style = style(palette, claim.verdict());
    let mut lines: Vec<String> =
        hanging(&label, &printable(&claim.sentence), columns).iter().map(|line| paint(style, line)).collect();
    if claim.scenarios.is_empty() {
        lines.push(paint(palette.deviates, "    no scenario tests it"));
    }
    for scenario in &claim.scenarios {
        lines.extend(scenario_lines(scenario, "", palette, columns));
    }
    let on = format!("requirement, on {}: ", printable(judged));
    for requirement in &claim.requirements {
        lines.extend(scenario_lines(requirement, &on, palette, columns));
    }
    lines
}

fn scenario_lines(scenario: &ScenarioRow, on: &str, palette: &Palette, columns: usize) -> Vec<String> {
    let name = hanging(&format!("    {} ", mark(scenario.verdict())), &printable(&scenario.name), columns);
    let results = format!("{on}{}: {}", printable(&scenario.place), run::summary(&scenario.results));
    let results = hanging("      ", &results, columns);
    name.into_iter().chain(results.iter().map(|line| paint(palette.faint, line))).collect()
}

fn mark(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("✗", describe::mark)
}

fn style(palette: &Palette, verdict: Option<Verdict>) -> anstyle::Style {
    match verdict {
        None => palette.deviates,
        Some(Verdict::Conformant) => palette.heading,
        Some(other) => palette.verdict(other),
    }
}

/// `24 claims: 1 deviates, 22 conformant, 1 without a case`.
fn totals(claims: &[ClaimRow]) -> String {
    let mut summary = Summary::default();
    let mut without = 0_u32;
    for claim in claims {
        match claim.verdict() {
            Some(Verdict::Conformant) => summary.conformant += 1,
            Some(Verdict::Deviates) => summary.deviates += 1,
            Some(Verdict::Inconclusive) => summary.inconclusive += 1,
            Some(Verdict::Skipped) => summary.skipped += 1,
            Some(Verdict::NotApplicable) => summary.not_applicable += 1,
            None => without += 1,
        }
    }
    let counts = run::summary(&summary);
    let without = if without > 0 { format!(", {without} without a case") } else { String::new() };
    format!("{}: {counts}{without}", counted(claims.len(), "claim"))
}

#[cfg(test)]
mod tests;
