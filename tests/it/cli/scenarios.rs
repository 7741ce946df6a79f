//! `--scenarios`: products and deployments of a user's own over the built-in ones.

use super::run::{Folder, run};

const PATCHED: &str = include_str!("../../../scenarios/deployments/windows-2000-patched.yaml");
const EXCHANGE_55: &str = include_str!("../../../scenarios/products/exchange-5.5.yaml");

#[test]
fn an_own_deployment_is_one_more() {
    let folder = Folder::new().with("own/deployments/mine.yaml", PATCHED);
    let list = |arguments: &[&str]| {
        let listed = folder.run(arguments).with(0).stdout;
        listed.lines().filter(|line| !line.starts_with(' ')).count()
    };
    let added = list(&["list", "deployments", "--scenarios", "own"]);
    assert_eq!(added, list(&["list", "deployments"]) + 1);
    folder.run(&["verify", "--on", "mine", "--scenarios", "own"]).with(0);
    folder.run(&["advise", "mine", "--scenarios", "own"]).with(0);
    folder.run(&["verify", "--on", "mine"]).with(2);
}

/// The unpatched id with the patched content: what decides is the file, not its name.
#[test]
fn an_own_deployment_takes_the_place_of_a_built_in_one() {
    let folder = Folder::new().with("own/deployments/windows-2000.yaml", PATCHED);
    folder.run(&["verify", "relay", "--on", "windows-2000"]).with(1);
    folder.run(&["verify", "relay", "--on", "windows-2000", "--scenarios", "own"]).with(0);
}

#[test]
fn an_own_product_is_behind_every_deployment_of_it() {
    let reworded = EXCHANGE_55.replace("Relaying is prohibited", "Not through here");
    assert_ne!(reworded, EXCHANGE_55);
    let folder = Folder::new().with("own/products/exchange-5.5.yaml", reworded);
    let facts = folder.run(&["list", "facts", "--scenarios", "own"]).with(0).stdout;
    assert!(facts.contains("Not through here") && !facts.contains("Relaying is prohibited"));
    let report = "ndjson=run.ndjson";
    folder
        .run(&[
            "verify",
            "relay/anonymous",
            "--on",
            "exchange-5.5-on-nt4-restricted",
            "--scenarios",
            "own",
            "--report",
            report,
        ])
        .with(0);
    assert!(folder.read("run.ndjson").contains("550 Not through here"));
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place() {
    let folder = Folder::new().with("own/deployments/mine.yaml", PATCHED.replace("system:", "sistem:"));
    let ended = folder.run(&["list", "deployments", "--scenarios", "own"]).with(2);
    assert!(ended.stderr.contains("own/deployments/mine.yaml:"), "{}", ended.stderr);
    assert!(ended.stderr.contains("did you mean `system`?"), "{}", ended.stderr);
}

#[test]
fn a_folder_without_scenarios_is_told() {
    let ended = Folder::new().with_folder("own").run(&["verify", "--scenarios", "own"]).with(2);
    assert!(ended.stderr.contains("own holds no scenarios"), "{}", ended.stderr);
    let ended = run(&["verify", "--scenarios", "nowhere"]).with(2);
    assert!(ended.stderr.contains("nowhere"), "{}", ended.stderr);
}
