use rstest::rstest;

use super::*;
use crate::diagnostic::text::width;

fn scenario(name: &str, results: Summary) -> ScenarioRow {
    ScenarioRow { name: name.to_owned(), place: "features/bulletin/windows-2000.feature:12".to_owned(), results }
}

fn claims() -> Vec<ClaimRow> {
    let conformant = Summary { conformant: 12, ..Summary::default() };
    let mixed = Summary { conformant: 3, deviates: 1, skipped: 2, ..Summary::default() };
    vec![
        ClaimRow {
            id: "ms02-011-c08".to_owned(),
            sentence: "A user who can authenticate can always use the mail services, even if it is not appropriate"
                .to_owned(),
            scenarios: vec![
                scenario("An account without mail rights relays through an unpatched server", conformant),
                scenario("So does the null session", mixed),
            ],
            requirements: vec![ScenarioRow {
                name: "An account without the right to use the mail service cannot relay".to_owned(),
                place: "features/requirements/relay.feature:35".to_owned(),
                results: Summary { deviates: 1, ..Summary::default() },
            }],
        },
        ClaimRow {
            id: "ms02-011-c09".to_owned(),
            sentence: "Exchange 2000 is not affected".to_owned(),
            scenarios: vec![scenario("Exchange 2000 on Windows 2000 without the patch", conformant)],
            requirements: Vec::new(),
        },
        ClaimRow {
            id: "ms02-011-c10".to_owned(),
            sentence: "Nobody tests this".to_owned(),
            scenarios: Vec::new(),
            requirements: Vec::new(),
        },
    ]
}

#[test]
fn looks_as_it_should() {
    let mut out = Vec::new();
    let options = TerminalOptions { colour: false, width: 80, progress: false, verbose: false };
    write(&mut out, &claims(), "reference", &options).unwrap();
    let drawn = String::from_utf8(out).unwrap();
    assert!(drawn.lines().all(|line| width(line) <= 80));
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("claims", drawn);
    });
}

// Skipped is not passed; a deviation is worse than not knowing.
#[rstest]
#[case::nothing(Summary::default(), None)]
#[case::all_conform(Summary { conformant: 2, ..Summary::default() }, Some(Verdict::Conformant))]
#[case::one_deviates(Summary { conformant: 2, deviates: 1, inconclusive: 1, ..Summary::default() }, Some(Verdict::Deviates))]
#[case::one_unknown(Summary { conformant: 2, inconclusive: 1, ..Summary::default() }, Some(Verdict::Inconclusive))]
#[case::only_skipped(Summary { skipped: 2, not_applicable: 1, ..Summary::default() }, Some(Verdict::Skipped))]
fn a_claim_is_as_good_as_its_worst_case(#[case] results: Summary, #[case] expected: Option<Verdict>) {
    // What a requirement comes to says something of the target.
    let requirements = vec![scenario("r", Summary { deviates: 1, ..Summary::default() })];
    let scenarios = vec![scenario("s", results)];
    let mut claim = ClaimRow { id: String::new(), sentence: String::new(), scenarios, requirements };
    assert_eq!(claim.verdict(), expected);
    claim.scenarios.push(scenario("overflowing", Summary { deviates: u32::MAX, ..Summary::default() }));
    assert_eq!(claim.verdict(), Some(Verdict::Deviates));
}
