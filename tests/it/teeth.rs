//! The record has teeth: whatever part of the model or rule of the bulletins is put in wrong, the cases of the claim it
//! breaks turn red. A wrong part goes into every deployment; what has to turn red is listed by id, or its beginning.

mod comparers;
mod requirements;
mod table;
mod wrong_advice;
mod wrong_parts;

use std::collections::BTreeSet;
use std::sync::Arc;

use smtpspec::feature::{Advisor, Outcome};
use smtpspec::harness::BenchOptions;
use smtpspec::judge::{CaseResult, Rules, StandardRules, Verdict};
use smtpspec::reference::bulletin::Bulletins;

use super::features::{catalogue, record_by, suite};
use table::Wrong::{self, Advice, Part, SomebodyAnswers};
use table::{Row, SILENT, mutants};
use wrong_advice::Misled;

/// The cases meant, on models with the wrong part in them. Cases do not depend on one another, so the rest of the
/// record would show nothing more.
fn record_with(wrong: Wrong, beginnings: &[&str], rules: Arc<dyn Rules>) -> Vec<CaseResult> {
    let selectors: Vec<String> = beginnings.iter().map(|beginning| format!("bulletin/{beginning}")).collect();
    let suite = suite().select(&selectors).unwrap();
    let (options, advisor) = match wrong {
        Part(change) => (BenchOptions { change_components: Some(Arc::new(change)), ..BenchOptions::default() }, None),
        SomebodyAnswers => {
            let somebody = catalogue().get("windows-2000").unwrap().listeners[0].behaviours.clone().unwrap();
            (BenchOptions { in_place_of_nobody: Some(Arc::new(somebody)), ..BenchOptions::default() }, None)
        }
        Advice(by) => {
            let advisor: Arc<dyn Advisor> = Arc::new(Misled { by, right: Bulletins::built_in().unwrap() });
            (BenchOptions::default(), Some(advisor))
        }
    };
    let Outcome { results, faults } = record_by(rules, &suite, options, advisor);
    assert!(faults.is_empty(), "{faults:#?}");
    results
}

/// What survived of a row: cases that had to come to `expected` and did not.
fn survivors(row: Row, expected: Verdict) -> Vec<String> {
    survivors_by(Arc::new(StandardRules), row, expected)
}

/// The same, by other rules.
fn survivors_by(rules: Arc<dyn Rules>, (claim, wrong, beginnings): Row, expected: Verdict) -> Vec<String> {
    let results = record_with(wrong, beginnings, rules);
    let tag = format!("ms02-011-{claim}");
    let carries = |result: &CaseResult| {
        let case = suite().cases().iter().find(|case| case.requirement.id == result.requirement.id);
        case.is_some_and(|case| case.tags.contains(&tag))
    };
    let mut survivors = Vec::new();
    for beginning in beginnings {
        let is_meant = |result: &&CaseResult| {
            let rest = result.requirement.id.0.strip_prefix("bulletin/").and_then(|id| id.strip_prefix(beginning));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let meant: Vec<&CaseResult> = results.iter().filter(is_meant).collect();
        assert!(meant.iter().any(|result| carries(result)), "no case of {claim} begins with {beginning}");
        let green = meant.iter().filter(|result| result.judgement.verdict() != expected);
        survivors.extend(green.map(|result| result.requirement.id.0.clone()));
    }
    survivors
}

#[test]
fn every_mutant_turns_the_cases_of_its_claim_red() {
    assert_none_survives(&mutants(), Verdict::Deviates);
}

#[test]
fn what_shows_nothing_is_not_green() {
    assert_none_survives(SILENT, Verdict::Inconclusive);
}

fn assert_none_survives(rows: &[Row], expected: Verdict) {
    let survived: Vec<(usize, &str, Vec<String>)> = rows
        .iter()
        .enumerate()
        .map(|(row, mutant)| (row, mutant.0, survivors(*mutant, expected)))
        .filter(|(_, _, survivors)| !survivors.is_empty())
        .collect();
    assert!(survived.is_empty(), "{survived:#?}");
}

/// Without a wrong part nothing turns red: it is the wrong parts that the table above sees.
#[test]
fn a_right_part_survives() {
    let row: Row = ("c01", Part(|parts| parts), &["windows-2000/relays", "windows-2000/refuses"]);
    assert_eq!(survivors(row, Verdict::Deviates).len(), 6);
    let row: Row = ("c12", Advice(|asked| asked.answer()), &["windows-2000"]);
    let all = suite().select(&["bulletin/windows-2000".to_owned()]).unwrap();
    assert_eq!(survivors(row, Verdict::Deviates).len(), all.cases().len());
}

#[test]
fn every_claim_has_a_mutant() {
    let with: BTreeSet<&str> = mutants().iter().map(|(claim, _, _)| *claim).collect();
    let all: Vec<String> = (1..=24).map(|number| format!("c{number:02}")).collect();
    assert_eq!(with.into_iter().collect::<Vec<_>>(), all);
}

/// What no wrong part can reach, why, and the test that sees it fail.
const WITHOUT_A_SEAM: &[(&str, &str)] = &[
    (
        "exchange-2000/impossible",
        "files have no seam; `a_wrong_deployment` of the catalogue's tests, exchange_2000_on_nt4",
    ),
    ("exchange-5.0/no-third-setting", "files have no seam; `a_wrong_deployment`, not_quite_a_boolean and wrong_type"),
];

#[test]
fn every_case_of_the_record_has_a_mutant() {
    let rows = mutants();
    let with: Vec<&str> = rows.iter().chain(SILENT).flat_map(|(_, _, beginnings)| beginnings.iter().copied()).collect();
    let listed: Vec<&str> = WITHOUT_A_SEAM.iter().map(|(beginning, _)| *beginning).collect();
    let begins = |id: &str, beginning: &str| {
        id.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut forgotten = Vec::new();
    for case in suite().cases() {
        let Some(id) = case.requirement.id.0.strip_prefix("bulletin/") else { continue };
        let has_mutant = with.iter().any(|beginning| begins(id, beginning));
        let is_listed = listed.iter().any(|beginning| begins(id, beginning));
        assert!(!(has_mutant && is_listed), "{id} has a mutant and is listed as having none");
        if !has_mutant && !is_listed {
            forgotten.push(id);
        }
    }
    assert!(forgotten.is_empty(), "{forgotten:#?}");
    for (beginning, _) in WITHOUT_A_SEAM {
        let is_there =
            suite().cases().iter().any(|case| case.requirement.id.0.starts_with(&format!("bulletin/{beginning}")));
        assert!(is_there, "{beginning} is no case");
    }
}
