//! The README tells the truth: its commands run as they stand, and what it shows of a run is what a run shows.

use std::path::Path;
use std::process::{Command, Output};

use smtpspec::reference::model::{NOT_MODELLED_REFUSED, NOT_MODELLED_WITHOUT_EFFECT};

const README: &str = include_str!("../../README.md");

/// Wrong input: what a command of the README must never end in.
const WRONG_INPUT: i32 = 2;

fn run(arguments: &str, folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_smtpspec"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The arguments behind `cargo run --release --` in the indented blocks, in order.
fn commands_to_copy() -> Vec<&'static str> {
    README.lines().filter_map(|line| line.trim_start().strip_prefix("cargo run --release -- ")).collect()
}

/// The commands in the table, without those that are a form and not a command (`FORMAT=FILE`).
fn commands_in_the_table() -> Vec<&'static str> {
    let cell = |line: &'static str| line.strip_prefix("| `smtpspec ")?.split('`').next();
    README.lines().filter_map(cell).filter(|command| !command.contains("FILE")).collect()
}

#[test]
fn the_commands_run_as_they_stand_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands_to_copy();
    assert!(commands.contains(&"verify"), "{commands:?}");
    assert!(commands.len() > 4, "{commands:?}");
    assert!(README.contains("\n    mkdir -p my-cases\n"));
    std::fs::create_dir(folder.path().join("my-cases")).unwrap();
    for command in commands {
        let output = run(command, folder.path());
        let code = output.status.code().unwrap();
        assert!(
            code != WRONG_INPUT && code <= 3,
            "`{command}` ended with {code}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_commands_of_the_table_run() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands_in_the_table();
    assert!(commands.len() > 4, "{commands:?}");
    for command in commands {
        let output = run(command, folder.path());
        let code = output.status.code().unwrap();
        assert!(code <= 1, "`{command}` ended with {code}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The blocks behind `<!-- smtpspec ARGUMENTS -->` show lines of that run, in order; `…` stands for lines left out.
#[test]
fn what_is_shown_of_a_run_is_what_a_run_shows() {
    let folder = tempfile::tempdir().unwrap();
    let mut shown = 0;
    for part in README.split("<!-- smtpspec ").skip(1) {
        let (arguments, rest) = part.split_once(" -->").unwrap();
        let block = rest.split("```").nth(1).unwrap().trim_start_matches("text\n");
        let output = String::from_utf8(run(arguments, folder.path()).stdout).unwrap();
        let mut lines = output.lines().map(without_time);
        for line in block.lines().filter(|line| line.trim() != "…").map(without_time) {
            assert!(lines.any(|real| real == line), "`smtpspec {arguments}` does not show, or not there:\n{line}");
        }
        shown += 1;
    }
    assert!(shown > 1, "the README shows no run");
}

/// ` in 0.127 s` becomes ` in {time}`.
fn without_time(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" in ") else { return line.to_owned() };
    match rest.split_once(" s") {
        Some((number, after)) if number.parse::<f64>().is_ok() => format!("{before} in {{time}}{after}"),
        _ => line.to_owned(),
    }
}

#[test]
fn the_example_case_is_the_one_that_new_writes() {
    let folder = tempfile::tempdir().unwrap();
    let written = String::from_utf8(run("new case", folder.path()).stdout).unwrap();
    let example = README.split("```gherkin\n").nth(1).unwrap().split("```").next().unwrap();
    for line in example.lines() {
        assert!(written.lines().any(|real| real.trim() == line.trim()), "`smtpspec new case` does not write:\n{line}");
    }
}

/// The example of a deployment, with other networks in its allow list; advice and judgement.
fn example_deployment(networks: &str) -> (Output, Output) {
    let page = include_str!("../../docs/deployments.md");
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let allow_list = example.lines().find(|line| line.trim_start().starts_with("allow-list:")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = if networks.is_empty() {
        example.to_owned()
    } else {
        example.replace(allow_list, &format!("          allow-list: [{networks}]"))
    };
    std::fs::write(folder.path().join("ours.yaml"), text).unwrap();
    (run("advise ours.yaml", folder.path()), run("verify --on ours.yaml", folder.path()))
}

#[test]
fn advice_and_judgement_of_the_example_deployment_agree() {
    let (advice, judgement) = example_deployment("");
    assert!(String::from_utf8_lossy(&advice.stdout).contains("not affected"), "{advice:?}");
    assert_eq!(judgement.status.code(), Some(0), "{}", String::from_utf8_lossy(&judgement.stdout));
}

/// design.md's verdicts: mail of a trusted address says nothing; mail of everybody is an open relay.
#[test]
fn a_list_that_names_the_client_is_no_open_relay() {
    let (_, judgement) = example_deployment("\"192.0.2.0/24\"");
    let stdout = String::from_utf8_lossy(&judgement.stdout).into_owned();
    assert_eq!(judgement.status.code(), Some(3), "{stdout}");
    assert!(stdout.contains("relays for 192.0.2.10"), "{stdout}");
    assert!(!stdout.contains("open relay"), "{stdout}");
    let (_, judgement) = example_deployment("\"0.0.0.0/0\"");
    assert_eq!(judgement.status.code(), Some(1), "{}", String::from_utf8_lossy(&judgement.stdout));
}

/// The README sends whoever asks what the model leaves out to that section.
#[test]
fn what_the_model_leaves_out_is_on_the_page_the_readme_names() {
    assert!(README.contains("What the model leaves out is listed in\n[docs/deployments.md](docs/deployments.md)"));
    let page = include_str!("../../docs/deployments.md");
    let section = page.split("## What the model leaves out\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = |(what, how): &(&str, &str)| format!("| {what} | {how} |");
    let tables = [
        ("| refused | how |", NOT_MODELLED_REFUSED),
        ("| taken without effect | what comes of it |", NOT_MODELLED_WITHOUT_EFFECT),
    ];
    for (heading, left_out) in tables {
        let rows = section.lines().skip_while(|line| *line != heading).skip(2).take_while(|line| line.starts_with('|'));
        assert_eq!(rows.collect::<Vec<_>>(), left_out.iter().map(row).collect::<Vec<_>>());
    }
}

/// Each dependency with why it and not another.
#[test]
fn every_dependency_has_a_row() {
    let manifest = include_str!("../../Cargo.toml");
    let page = include_str!("../../docs/dependencies.md");
    let mut seen = 0;
    for section in ["[dependencies]", "[dev-dependencies]"] {
        let names = manifest.split(section).nth(1).unwrap().lines().skip(1).take_while(|line| !line.starts_with('['));
        for name in names.filter_map(|line| line.split([' ', '=']).next()).filter(|name| !name.is_empty()) {
            let rows = page.lines().filter(|line| line.starts_with("| "));
            let named = |row: &str| {
                row.split('|').nth(1).unwrap().split(',').any(|cell| cell.trim().split(' ').next() == Some(name))
            };
            assert!(rows.into_iter().any(named), "docs/dependencies.md has no row for `{name}`");
            seen += 1;
        }
    }
    assert!(seen > 10, "the manifest was not read");
}

/// The target file of the walk through Postfix is read as it stands.
#[test]
fn the_target_file_of_the_walk_is_one() {
    let page = include_str!("../../docs/postfix.md");
    let yaml = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("postfix.yaml"), yaml).unwrap();
    let output = run("lint postfix.yaml", folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
