//! `lint` of what is no feature file.

use std::path::Path;

use rstest::rstest;

use super::run::{Folder, run};

const PRODUCT: &str = include_str!("../../../scenarios/products/windows-xp-smtp.yaml");
const BULLETIN: &str = include_str!("../../../scenarios/bulletins/ms02-012.yaml");
const DEPLOYMENT: &str = include_str!("../../../scenarios/deployments/windows-2000.yaml");

#[test]
fn the_built_in_scenarios_are_what_they_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let ended = run(&["lint", folder.to_str().unwrap()]).fits().with(0);
    assert!(ended.stdout.starts_with("nothing is wrong with "), "{}", ended.stdout);
}

#[rstest]
#[case::product(PRODUCT.replace("confidence: documented", "confidence: certain"), "`recorded`, `code`")]
#[case::bulletin(BULLETIN.replace("edition:", "edtion:"), "did you mean `edition`?")]
#[case::deployment(DEPLOYMENT.replace("listeners:", "lisners:"), "did you mean `listeners`?")]
#[case::target("address: 127.0.0.1:25\nservice: mta\n".to_owned(), "`mx`, `submission`")]
#[case::stranger("jobs: {}\n".to_owned(), "a bulletin file has keys as")]
fn each_file_is_checked_as_what_it_is(#[case] text: String, #[case] told: &str) {
    let ended = Folder::new().with("own.yaml", text).run(&["lint", "own.yaml"]).fits().with(2);
    let words = ended.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("--> own.yaml:") && words.contains(told), "{}", ended.stderr);
}

/// Nobody is told of slips in the YAML of a page that is none.
#[test]
fn what_lint_reads_is_told_who_names_another_file() {
    let page = include_str!("../../../README.md");
    let ended = Folder::new().with("README.md", page).run(&["lint", "README.md"]).fits().with(2);
    assert!(ended.stderr.contains("README.md is none of the files that lint reads"), "{}", ended.stderr);
    assert!(ended.stderr.contains("feature files end with `.feature`"), "{}", ended.stderr);
}

/// The scenario of the README's example, without the line above it.
#[test]
fn a_case_without_its_feature_is_told_how_a_file_begins() {
    let page = include_str!("../../../README.md");
    let example = page.split("```gherkin\n").nth(1).unwrap().split("```").next().unwrap();
    let example = example.split_once("\n\n").unwrap().1;
    let ended = Folder::new().with("own.feature", example).run(&["lint", "own.feature"]).fits().with(2);
    assert!(ended.stderr.contains("a feature file begins with `Feature: …`"), "{}", ended.stderr);
}

/// One that says nothing yet is what its folder says.
#[test]
fn a_folder_says_what_a_file_is_meant_to_be() {
    let folder = Folder::new().with("ours/products/new.yaml", "title: T\n");
    let ended = folder.run(&["lint", "ours/products"]).fits().with(2);
    assert!(ended.stderr.contains("the key `systems` is missing"), "{}", ended.stderr);
}

/// Neither a product nor a bulletin can be judged or advised on, and nobody is told of keys that it lacks.
#[rstest]
#[case::product(PRODUCT, "is a product file")]
#[case::bulletin(BULLETIN, "is a bulletin file")]
fn what_is_no_host_is_told_as_what_it_is(#[case] text: &str, #[case] told: &str) {
    let folder = Folder::new().with("own.yaml", text);
    for arguments in [&["verify", "--on", "own.yaml"][..], &["advise", "own.yaml"]] {
        let ended = folder.run(arguments).fits().with(2);
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}
