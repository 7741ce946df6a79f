//! `smtpspec list`: what there is.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::arguments::{List, Listing};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use super::{cases, scenario, verify};
use crate::diagnostic::text::wrap;
use crate::feature::{self, Case, Claim, Plan, Scope, Suite, VOCABULARY};
use crate::harness::{Bench, BenchOptions, EventSink};
use crate::judge::{CaseResult, StandardRules, Summary, Verdict};
use crate::reference::bulletin::Bulletins;
use crate::reference::deployment::catalogue::Catalogue;
use crate::reference::deployment::facts::Confidence;
use crate::report::TerminalOptions;
use crate::report::claims::{self, ClaimRow, ScenarioRow};

pub(super) fn list(arguments: &List, scenarios: &[PathBuf], terminal: &Terminal) -> Result<Exit, Failure> {
    let reads_features = matches!(arguments.what, Listing::Claims | Listing::Cases);
    if !reads_features && !arguments.features.is_empty() {
        let title = "--features says which cases there are, and none are asked for";
        return Err(Failure::argument(title, "leave it away, or ask for `claims`, `cases`"));
    }
    let catalogue = scenario::catalogue(scenarios)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = match arguments.what {
        Listing::Claims => {
            let suite = cases::suite(&arguments.features, &catalogue)?;
            return list_claims(&suite, catalogue, terminal);
        }
        Listing::Cases => write_cases(&mut out, &cases::suite(&arguments.features, &catalogue)?),
        Listing::Deployments => write_deployments(&mut out, &catalogue),
        Listing::Steps => write_steps(&mut out, terminal.width),
        Listing::Facts => write_facts(&mut out, &catalogue),
    };
    written.and_then(|()| out.flush()).map_err(Failure::Output)?;
    Ok(Exit::Conformant)
}

/// What the requirements of a claim are asked of: the present-day server, on which they have to hold.
const JUDGED: &str = "reference";

/// Runs the cases on the model, so that what is printed is what holds now.
fn list_claims(suite: &Suite, catalogue: Catalogue, terminal: &Terminal) -> Result<Exit, Failure> {
    let results = verify::runtime()?.block_on(run_all(suite, catalogue))?;
    let options = TerminalOptions { colour: terminal.colour, width: terminal.width, progress: false, verbose: false };
    let rows: Vec<ClaimRow> = feature::claims(suite, &results).iter().map(row).collect();
    claims::write(io::stdout().lock(), &rows, JUDGED, &options).map_err(Failure::Output)?;
    Ok(Exit::Conformant)
}

fn row(claim: &Claim<'_>) -> ClaimRow {
    ClaimRow {
        id: claim.id.to_string(),
        sentence: claim.sentence.to_owned(),
        scenarios: scenarios(&claim.cases),
        requirements: scenarios(&claim.requirements),
    }
}

fn scenarios(cases: &[(&Case, Option<Verdict>)]) -> Vec<ScenarioRow> {
    let mut scenarios: Vec<ScenarioRow> = Vec::new();
    for (case, verdict) in cases {
        let place = case.scenario_place();
        let known = scenarios.iter().position(|scenario| scenario.place == place);
        let at = known.unwrap_or_else(|| {
            scenarios.push(ScenarioRow { name: case.scenario.clone(), place, results: Summary::default() });
            scenarios.len() - 1
        });
        if let (Some(scenario), Some(verdict)) = (scenarios.get_mut(at), verdict) {
            scenario.results.count(*verdict);
        }
    }
    scenarios
}

/// The record on all deployments, and the requirements on one.
async fn run_all(suite: &Suite, catalogue: Catalogue) -> Result<Vec<CaseResult>, Failure> {
    let events: EventSink = Arc::new(drop);
    let bench = Arc::new(Bench::new(BenchOptions::default(), Arc::clone(&events)));
    let judged = catalogue.get(JUDGED).map(|deployment| bench.add_deployment(deployment)).unwrap_or_default();
    let record = Plan {
        bench,
        catalogue: Arc::new(catalogue),
        advisor: Arc::new(Bulletins::built_in().map_err(Failure::Input)?),
        rules: Arc::new(StandardRules),
        events,
        scope: Scope::Record { stands_in: None },
        decides: true,
    };
    let requirements = Plan { scope: Scope::Requirements(judged), ..record.clone() };
    let mut results = verify::without_faults(feature::run(suite, &record).await)?;
    results.extend(verify::without_faults(feature::run(suite, &requirements).await)?);
    Ok(results)
}

fn write_cases(out: &mut impl Write, suite: &Suite) -> io::Result<()> {
    for case in suite.cases() {
        writeln!(out, "{:<60} {}", case.requirement.id, case.requirement.sentence)?;
    }
    Ok(())
}

fn write_deployments(out: &mut impl Write, catalogue: &Catalogue) -> io::Result<()> {
    for deployment in &catalogue.deployments {
        writeln!(out, "{:<58} {}", deployment.id, deployment.title)?;
    }
    Ok(())
}

fn write_steps(out: &mut impl Write, columns: usize) -> io::Result<()> {
    for theme in VOCABULARY {
        writeln!(out, "{}\n", theme.title)?;
        for step in theme.steps {
            writeln!(out, "  {} {}", step.keyword, step.form)?;
            paragraph(out, "      ", step.says, columns)?;
            paragraph(out, "      e.g. ", &format!("{} {}", step.keyword, step.example), columns)?;
            for parameter in step.parameters() {
                paragraph(out, &format!("      {{{}}}: ", parameter.name), parameter.says, columns)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A text behind a label, its further lines under the first.
fn paragraph(out: &mut impl Write, label: &str, text: &str, columns: usize) -> io::Result<()> {
    let indent = label.len();
    for (number, line) in wrap(text, columns.saturating_sub(indent)).iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        writeln!(out, "{label:indent$}{line}")?;
    }
    Ok(())
}

fn write_facts(out: &mut impl Write, catalogue: &Catalogue) -> io::Result<()> {
    let mut product = String::new();
    for fact in catalogue.facts() {
        if fact.product != product {
            writeln!(out, "{}{}", if product.is_empty() { "" } else { "\n" }, fact.product)?;
            product.clone_from(&fact.product);
        }
        let known = match fact.confidence {
            Confidence::Recorded => "recorded",
            Confidence::Code => "code",
            Confidence::Documented => "documented",
            Confidence::Inferred => "inferred",
            Confidence::Hearsay => "hearsay",
            Confidence::Chosen => "CHOSEN",
        };
        let sources = if fact.sources.is_empty() { String::new() } else { format!("  [{}]", fact.sources.join(", ")) };
        for (number, line) in fact.text.lines().enumerate() {
            let (key, known) = if number == 0 { (fact.key.as_str(), known) } else { ("", "") };
            let sources = if number == 0 { sources.as_str() } else { "" };
            writeln!(out, "  {key:<34} {known:<11} {line}{sources}")?;
        }
    }
    Ok(())
}
