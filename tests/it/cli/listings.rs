//! `list`: what there is.

use rstest::rstest;

use super::run::run;

/// MS02-011 has 24 claims: each is tested, and holds now.
#[test]
fn all_claims_hold() {
    let stdout = run(&["list", "claims"]).fits().with(0).stdout;
    for claim in 1..=24 {
        assert!(stdout.contains(&format!("✓ c{claim:02}  ")), "c{claim:02}: {stdout}");
    }
    assert!(stdout.ends_with("24 claims: 24 conformant\n"), "{stdout}");
}

/// What generalises a claim stands under it, with what it comes to on the present-day server: c07 and no other claim is
/// carried by the requirement about a wrong password.
#[test]
fn the_requirements_of_a_claim_stand_under_it() {
    let stdout = run(&["list", "claims"]).fits().with(0).stdout;
    let under = |claim: &str| {
        let block = stdout.split(&format!("\n✓ {claim}  ")).nth(1).unwrap();
        block.split("\n\n").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for claim in ["c07", "c08", "c10", "c11", "c15", "c22", "c23", "c24"] {
        assert!(under(claim).contains("requirement, on reference: features/requirements/"), "{}", under(claim));
    }
    assert!(!under("c09").contains("requirement"), "{}", under("c09"));
    let wrong_password = "✓ A client with a wrong password cannot relay requirement, on reference: \
                          features/requirements/relay.feature:17: 1 conformant";
    assert!(under("c07").contains(wrong_password), "{}", under("c07"));
}

#[test]
fn a_listed_case_is_a_selector() {
    let listed = run(&["list", "cases"]).with(0).stdout;
    let ids: Vec<&str> = listed.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(ids.contains(&"requirements/relay/null-session"), "{ids:?}");
    for id in [ids.first(), ids.last()].into_iter().flatten() {
        assert!(run(&["verify", id, "--on", "reference"]).code != 2 || id.starts_with("bulletin/"), "{id}");
        assert!(run(&["verify", id]).stdout.contains(&format!(" selected by {id}\n")), "{id}");
    }
}

#[rstest]
#[case("deployments", "windows-2000-patched")]
#[case("steps", "Given the mail server")]
#[case("facts", "CHOSEN")]
fn a_listing_has_what_it_is_about(#[case] what: &str, #[case] words: &str) {
    let ended = run(&["list", what]).with(0);
    assert!(ended.stdout.contains(words), "{}", ended.stdout);
}

/// Only an id is longer than a line: it is typed as a selector, and stays whole.
#[rstest]
#[case("cases")]
#[case("deployments")]
#[case("steps")]
#[case("facts")]
fn a_listing_is_readable(#[case] what: &str) {
    let mut ended = run(&["list", what]).with(0);
    if what == "cases" {
        let is_id = |line: &&str| !line.starts_with(' ') && !line.contains(' ');
        ended.stdout = ended.stdout.lines().filter(|line| !is_id(line)).map(|line| format!("{line}\n")).collect();
        assert!(ended.stdout.contains("    On Windows 2000 as installed, "), "{}", ended.stdout);
    }
    assert!(!ended.fits().stdout.is_empty());
}

#[test]
fn a_listed_deployment_can_be_advised_on() {
    let listed = run(&["list", "deployments"]).with(0).stdout;
    let ids: Vec<&str> = listed.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(ids.contains(&"windows-2000-patched"), "{ids:?}");
    for id in [ids.first(), ids.last()].into_iter().flatten() {
        run(&["advise", id]).with(0);
    }
}

#[rstest]
#[case("deployments")]
#[case("steps")]
#[case("facts")]
fn a_listing_that_reads_no_cases_wants_none(#[case] what: &str) {
    let ended = run(&["list", what, "--features", "cases"]).fits().with(2);
    assert!(ended.stderr.contains("leave it away"), "{}", ended.stderr);
}
