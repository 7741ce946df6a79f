//! `verify SELECTOR`: which cases run, and that the exit code is theirs.

use rstest::rstest;

use super::run::{Folder, run};

/// How many cases there are, as the first line says.
fn cases(stdout: &str) -> usize {
    let (_, rest) = stdout.split_once(": ").unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

// The record conforms on the model whatever it is asked for by; the requirements alone deviate on the old systems.
#[rstest]
#[case::id("bulletin/windows-2000/relays/null-session", 0)]
#[case::beginning("bulletin/windows-2000", 0)]
#[case::folder("bulletin", 0)]
#[case::claim("c08", 0)]
#[case::tag("@ms02-011-c08", 0)]
#[case::file("features/bulletin/gateways.feature", 0)]
#[case::requirement("requirements/relay/null-session", 1)]
#[case::level("@must", 1)]
fn a_selector_means_cases(#[case] selector: &str, #[case] code: i32) {
    let ended = run(&["verify", selector]).fits().with(code);
    let first = ended.stdout.lines().next().unwrap();
    assert!(first.ends_with(&format!(" selected by {selector}")), "{first}");
    assert!(cases(&ended.stdout) > 0);
}

#[test]
fn a_beginning_means_no_more_than_what_is_under_it() {
    let count = |selector: &str| cases(&run(&["verify", selector]).stdout);
    let (one, some, all) = (
        count("bulletin/windows-2000/relays/null-session"),
        count("bulletin/windows-2000/relays"),
        count("bulletin/windows-2000"),
    );
    assert_eq!(one, 1);
    assert!(one < some && some < all, "{one} {some} {all}");
    let both =
        cases(&run(&["verify", "bulletin/windows-2000/relays", "bulletin/windows-2000/relays/null-session"]).stdout);
    assert_eq!(both, some, "a case that two selectors mean runs once");
}

#[test]
fn a_line_of_a_file_means_its_scenario() {
    let folder = Folder::new();
    folder.run(&["new", "case", "my.feature"]).with(0);
    let line = 1 + folder.read("my.feature").lines().position(|line| line.contains("FROBNICATE")).unwrap();
    let here = format!("my.feature:{line}");
    let ended = folder.run(&["verify", "--features", "my.feature", &here, "--on", "reference"]).fits().with(0);
    assert_eq!(cases(&ended.stdout), 1);
    let ended = folder.run(&["verify", "--features", "my.feature", "my.feature:1", "--on", "reference"]).fits().with(2);
    assert!(ended.stderr.contains("line 1 of that file belongs to no scenario"), "{}", ended.stderr);
}

/// Targets that no selected case is about are not counted among those that were judged.
#[test]
fn only_targets_that_took_part_are_counted() {
    let ended = run(&["verify", "bulletin/windows-2000/relays/null-session"]).with(0);
    assert!(ended.summary().starts_with("Summary   1 case on 1 target in "), "{}", ended.stdout);
}

/// Who leaves `--on` away means it.
#[rstest]
#[case::there("server.yaml")]
#[case::not_there("serwer.yml")]
#[case::without_ending("server")]
fn a_file_to_judge_is_told_with_its_flag(#[case] selector: &str) {
    let folder = Folder::new().with("server.yaml", "").with("server", "");
    let ended = folder.run(&["verify", selector]).fits().with(2);
    assert!(ended.stderr.contains(&format!("did you mean `--on {selector}`?")), "{}", ended.stderr);
}

#[test]
fn a_feature_file_that_is_not_read_is_told_with_its_flag() {
    let ended = Folder::new().with("my.feature", "").run(&["verify", "my.feature"]).fits().with(2);
    assert!(ended.stderr.contains("`--features PATH` says which are"), "{}", ended.stderr);
}

#[rstest]
#[case::beginning("requirments/relay", "did you mean `requirements/relay`?")]
#[case::tag("@mst", "did you mean `@must`?")]
#[case::claim("c99", "claims are c01 to c24")]
#[case::empty("", "`smtpspec list cases` prints all there are")]
#[case::file("other.feature", "`--features PATH` says which are")]
fn an_unknown_selector_is_told_with_the_nearest(#[case] selector: &str, #[case] remedy: &str) {
    let ended = run(&["verify", selector]).fits().with(2);
    assert!(ended.stderr.contains(&format!("no case is meant by `{selector}`")), "{}", ended.stderr);
    assert!(ended.stderr.contains(remedy), "{}", ended.stderr);
}
