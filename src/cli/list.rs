//! `smtpspec list`: what there is.

mod facts;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::arguments::{List, Listing};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use super::{cases, scenario, verify};
use crate::diagnostic::text::{printable, wrap};
use crate::feature::{self, Case, Claim, Plan, Scope, Suite, VOCABULARY};
use crate::harness::{Bench, BenchOptions, EventSink};
use crate::judge::{CaseResult, StandardRules, Summary, Verdict};
use crate::reference::bulletin::Bulletins;
use crate::reference::deployment::catalogue::Catalogue;
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
        Listing::Cases => write_cases(&mut out, &cases::suite(&arguments.features, &catalogue)?, terminal.width),
        Listing::Deployments => write_deployments(&mut out, &catalogue, terminal.width),
        Listing::Steps => write_steps(&mut out, terminal.width),
        Listing::Facts => facts::write(&mut out, &catalogue, terminal.width),
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

fn write_cases(out: &mut impl Write, suite: &Suite, columns: usize) -> io::Result<()> {
    suite.cases().iter().try_for_each(|case| entry(out, &case.requirement.id.0, &case.requirement.sentence, columns))
}

fn write_deployments(out: &mut impl Write, catalogue: &Catalogue, columns: usize) -> io::Result<()> {
    catalogue.deployments.iter().try_for_each(|deployment| entry(out, &deployment.id, &deployment.title, columns))
}

/// An id alone on its line, whole however long it is, so that lines without a space in front are what can be selected;
/// below it what it is.
fn entry(out: &mut impl Write, id: &str, says: &str, columns: usize) -> io::Result<()> {
    writeln!(out, "{}", printable(id))?;
    paragraph(out, "    ", &printable(says), columns)
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
