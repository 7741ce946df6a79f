//! The flag, and what is shown.

use rstest::rstest;
use smtpspec::judge::RunEvent;

use crate::cli::run::{Folder, run};

/// The output's part behind the rule of this section.
fn section(stdout: &str) -> &str {
    stdout.split_once(" beside ").map_or("", |(_, section)| section)
}

#[test]
fn what_a_patch_changes_fits_a_screen() {
    let ended = run(&["verify", "relay", "--on", "windows-2000", "--beside", "windows-2000-patched"]).fits().with(1);
    let section = section(&ended.stdout);
    let row = |role: &str| section.lines().find(|line| line.starts_with(role)).unwrap().to_owned();
    assert!(row("anonymous").ends_with("  the same"), "{section}");
    assert!(row("null session").contains("235 2.7.0, relayed"), "{section}");
    assert!(row("null session").contains("535 5.7.3, RCPT refused"), "{section}");
    assert!(row("authorized account").ends_with("  the same"), "{section}");
    // What is said, by which side, and where they part: one row.
    assert!(section.contains("> S: 235 2.7.0 Authentication") && section.contains("│ S: 535 5.7.3 Authentication"));
    assert!(section.contains("    touches  requirements/relay/null-session,"), "{section}");
    assert!(section.lines().count() < 50, "{}", section.lines().count());
}

#[test]
fn without_a_name_it_is_the_reference() {
    let ended = run(&["verify", "relay", "--on", "reference", "--beside"]).fits().with(0);
    let named = run(&["verify", "relay", "--on", "reference", "--beside", "reference"]).with(0);
    assert_eq!(section(&ended.stdout).lines().next(), section(&named.stdout).lines().next());
    assert!(section(&ended.stdout).contains("of the dialogues"), "{}", ended.stdout);
}

#[rstest]
#[case::alone(&["verify", "--beside", "reference"], "--on")]
#[case::unknown(&["verify", "--on", "reference", "--beside", "windows-200"], "did you mean `windows-2000`?")]
#[case::several_listeners(
    &["verify", "--on", "reference", "--beside", "exchange-5.5-and-native-service"],
    "--beside exchange-5.5-and-native-service:"
)]
#[case::nobody(&["verify", "--on", "reference", "--beside", "windows-2000-service-stopped"], "nothing answers on")]
fn what_cannot_be_held_beside_is_told(#[case] arguments: &[&str], #[case] part: &str) {
    let ended = run(arguments).with(2);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains(part), "{}", ended.stderr);
}

/// Events of a run but for what is measured and what is held beside.
fn events(more: &[&str]) -> Vec<RunEvent> {
    let folder = Folder::new();
    let arguments = ["verify", "--on", "windows-2000", "--report", "ndjson=run.ndjson"];
    folder.run(&[&arguments, more].concat()).with(1);
    let written = folder.read("run.ndjson");
    let events = written.lines().map(|line| serde_json::from_str(line).unwrap());
    let kept = events.filter(|event| !matches!(event, RunEvent::Compared { .. })).map(|event| match event {
        RunEvent::RunFinished { summary, unjudged, took: _, exit } => {
            RunEvent::RunFinished { summary, unjudged, took: std::time::Duration::ZERO, exit }
        }
        event => event,
    });
    kept.collect()
}

/// `docs/beside.md`: no verdict, no attempt and no exit code is another for it.
#[rstest]
#[case::itself("windows-2000")]
#[case::another("exchange-5.0-rerouting")]
fn nothing_else_of_a_run_changes(#[case] beside: &str) {
    assert_eq!(events(&["--beside", beside]), events(&[]));
}

#[test]
fn junit_tells_which_case_is_touched() {
    let folder = Folder::new();
    let arguments =
        ["verify", "relay", "--on", "windows-2000", "--beside", "windows-2000-patched", "--report", "junit=run.xml"];
    folder.run(&arguments).with(1);
    let written = folder.read("run.xml");
    let of = |case: &str| {
        let (_, rest) = written.split_once(&format!("<testcase name=\"requirements/relay/{case}\"")).unwrap();
        rest.split("<testcase ").next().unwrap().to_owned()
    };
    assert!(of("null-session").contains("<system-out>null session beside Windows 2000, patched: parts at entry"));
    assert!(!of("authorized-account").contains("system-out"));
}
