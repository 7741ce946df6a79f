//! What follows from what the deployments are: beside itself each is the same, and what a patch changes is what the bulletin
//! says it changes.

use std::collections::BTreeMap;

use rstest::rstest;
use smtpspec::harness::BenchOptions;
use smtpspec::harness::bench::Companion;
use smtpspec::judge::{Compared, Comparison, Destination, Role, RunEvent, Weight, is_same_answer, is_same_fate};
use smtpspec::reference::deployment::Deployment;
use smtpspec::reference::deployment::catalogue::Catalogue;

use super::evidence_beside;

/// Runs the program, and gives what it held beside the model.
fn compared(selectors: &[&str], on: &str, beside: &str) -> Vec<Comparison> {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("run.ndjson");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_smtpspec"))
        .arg("verify")
        .args(selectors)
        .args(["--on", on, "--beside", beside, "--report", &format!("ndjson={}", report.display())])
        .output()
        .unwrap();
    let code = output.status.code().unwrap();
    assert!(matches!(code, 0 | 1 | 3), "{code}: {}", String::from_utf8_lossy(&output.stderr));
    let written = std::fs::read_to_string(&report).unwrap();
    let of = |line: &str| match serde_json::from_str(line).unwrap() {
        RunEvent::Compared { target: _, comparison } => Some(*comparison),
        _ => None,
    };
    written.lines().filter_map(of).collect()
}

#[track_caller]
fn is_the_same(deployment: &str, comparisons: &[Comparison]) {
    for comparison in comparisons {
        assert_eq!(comparison.weight, Weight::Same, "{deployment}: {comparison:#?}");
        assert_eq!(comparison.partings, [], "{deployment}");
    }
}

/// Every listener that answers, in each dialogue of each role, in every octet but what the rules name.
#[tokio::test]
async fn beside_itself_every_deployment_is_the_same() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut held = 0;
    for deployment in &catalogue.deployments {
        for listener in &deployment.listeners {
            let Some(behaviours) = &listener.behaviours else { continue };
            let companion = Companion::new("itself", deployment.host.name.clone(), behaviours.clone());
            let alone = Deployment { listeners: vec![listener.clone()], ..deployment.clone() };
            let comparisons = evidence_beside(BenchOptions::default(), companion, &alone).await;
            assert!(comparisons.len() >= Role::MATRIX.len(), "{}: {}", deployment.id, comparisons.len());
            is_the_same(&deployment.id, &comparisons);
            held += 1;
        }
    }
    assert!(held > 30, "{held}");
}

/// The dialogues of the requirements' cases too: those that break the sequence of chunks, that close connections, that say
/// lines of their own.
#[rstest]
#[case("windows-2000")]
#[case("exchange-5.0-rerouting")]
#[case("reference")]
fn beside_itself_each_case_is_the_same(#[case] deployment: &str) {
    let comparisons = compared(&["requirements"], deployment, deployment);
    let of_cases = comparisons.iter().filter(|comparison| matches!(comparison.of, Compared::Dialogue { .. })).count();
    assert!(of_cases > 15, "{of_cases}");
    is_the_same(deployment, &comparisons);
}

/// Roles whose AUTH or mail came to something else, each with which of the two.
fn changed(on: &str, beside: &str) -> BTreeMap<Role, (bool, bool)> {
    let mut changed = BTreeMap::new();
    for comparison in compared(&["relay"], on, beside) {
        let Compared::Attempt { role, sender_of, destination, .. } = comparison.of else { continue };
        let Some(answers) = &comparison.answers else { continue };
        let authentication = !is_same_answer(&answers.target.authentication, &answers.model.authentication);
        let mail = !is_same_fate(&answers.target.fate, &answers.model.fate);
        assert_eq!(comparison.weight.matters(), authentication || mail, "{comparison:#?}");
        if comparison.weight.matters() {
            assert_eq!((role, destination), (sender_of, Destination::Remote));
            let case = format!("requirements/relay/{role}");
            assert_eq!(comparison.touches.iter().map(|case| case.0.clone()).collect::<Vec<_>>(), [case]);
            changed.insert(role, (authentication, mail));
        }
    }
    changed
}

const ANSWER: (bool, bool) = (true, false);
const BOTH: (bool, bool) = (true, true);

/// MS02-011, the claims of `features/bulletin`: c07 and c22, whoever could authenticate could relay, and with the patch only
/// whom it is appropriate for; c08, an account without rights, and Guest where Guest is enabled. Exchange 5.5 as installed
/// reroutes for everybody, patched or not (c03). Of XP (c06) and of Exchange 2000 (c04) the bulletin says that they are not
/// affected.
#[rstest]
#[case::c07("windows-2000", "windows-2000-patched", &[(Role::NullSession, BOTH), (Role::UnauthorizedAccount, BOTH)])]
#[case::c07_nt4("nt4-option-pack", "nt4-option-pack-patched", &[(Role::NullSession, BOTH), (Role::UnauthorizedAccount, BOTH)])]
#[case::c08(
    "windows-2000-guest-enabled",
    "windows-2000-guest-enabled-patched",
    &[(Role::NullSession, BOTH), (Role::Guest, BOTH), (Role::UnauthorizedAccount, BOTH)]
)]
#[case::c03(
    "exchange-5.5-on-nt4-restricted",
    "exchange-5.5-on-nt4-restricted-patched",
    &[(Role::NullSession, BOTH), (Role::UnauthorizedAccount, BOTH)]
)]
#[case::c03_rerouting(
    "exchange-5.5-on-nt4",
    "exchange-5.5-on-nt4-patched",
    &[(Role::NullSession, ANSWER), (Role::UnauthorizedAccount, ANSWER)]
)]
#[case::c06("windows-xp-professional", "windows-xp-professional-patched", &[])]
#[case::c20_the_wrong_patch(
    "exchange-5.5-on-windows-2000-restricted",
    "exchange-5.5-on-windows-2000-restricted-windows-patch",
    &[]
)]
#[case::c04("exchange-2000-on-windows-2000", "exchange-2000-on-windows-2000-patched", &[])]
fn a_patch_changes_whom_the_bulletin_names(
    #[case] unpatched: &str,
    #[case] patched: &str,
    #[case] expected: &[(Role, (bool, bool))],
) {
    let expected: BTreeMap<Role, (bool, bool)> = expected.iter().copied().collect();
    assert_eq!(changed(unpatched, patched), expected);
    // The same seen from the other side.
    assert_eq!(changed(patched, unpatched), expected);
}
