//! `--expected`: what a file of known deviations does to a run.

use roxmltree::Document;
use rstest::rstest;
use smtpspec::judge::{RunEvent, Verdict};
use smtpspec::report::ndjson;

use super::run::{Folder, snapshot};

/// MS02-011 c07, c08: on an unpatched Windows 2000 the null session and the unauthorized account relay, and nobody else does
/// who should not.
const BOTH: &str = "requirements/relay/null-session: the gateway takes it\n\
                    requirements/relay/unauthorized-account: the gateway takes it\n";

const ON: [&str; 6] = ["verify", "requirements/relay", "--on", "windows-2000", "--expected", "expected.yaml"];

#[rstest]
#[case::all_known(BOTH.to_owned(), 0, "2 deviate as expected, 4 conformant")]
#[case::one_is_not(
    "requirements/relay/null-session: the gateway takes it\n".to_owned(), 1, "1 deviates, 1 deviates as expected, 4 conformant"
)]
#[case::stale(format!("{BOTH}requirements/relay/guest: never so\n"), 2, "2 deviate as expected, 4 conformant")]
#[case::stale_beside_another(
    "requirements/relay/guest: never so\n".to_owned(), 1, "2 deviate, 4 conformant"
)]
#[case::too_wide("requirements/relay/*: all of it\n".to_owned(), 2, "2 deviate as expected, 4 conformant")]
#[case::for_the_target(
    BOTH.replace(": the gateway takes it", ": { windows-2000: known }"), 0, "2 deviate as expected, 4 conformant"
)]
#[case::nothing("# no more\n".to_owned(), 1, "2 deviate, 4 conformant")]
fn what_is_expected_is_counted_apart_and_does_not_decide(
    #[case] file: String,
    #[case] code: i32,
    #[case] counts: &str,
) {
    let ended = Folder::new().with("expected.yaml", file).run(&ON).fits();
    assert_eq!(ended.code, code, "{ended:#?}");
    let summary = ended.summary().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(summary.contains(&format!(": {counts} ")), "{summary}");
    assert!(summary.contains(&format!("(exit code {code})")), "{summary}");
}

/// A stale line ends with the same error whatever the code.
#[rstest]
#[case::alone(format!("{BOTH}requirements/relay/guest: never so\n"), "expected.yaml:3:1")]
#[case::beside_another("requirements/relay/guest: never so\n".to_owned(), "expected.yaml:1:1")]
fn a_line_that_no_longer_holds_is_an_error_with_its_place(#[case] file: String, #[case] place: &str) {
    let ended = Folder::new().with("expected.yaml", file).run(&ON).fits();
    assert!(ended.stderr.contains("error: what is expected to deviate conforms"), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("--> {place}\n")), "{}", ended.stderr);
    assert!(ended.stderr.contains("help: remove the line"), "{}", ended.stderr);
    assert!(ended.stdout.contains("Stale     requirements/relay/guest conforms"), "{}", ended.stdout);
}

#[test]
fn it_looks_as_it_should() {
    let file = format!("{BOTH}requirements/relay/guest: never so\nrequirements/session/greeting: not asked\n");
    let ended = Folder::new().with("expected.yaml", file).run(&ON).fits();
    snapshot!("expected", format!("{}\n{}", ended.stdout, ended.stderr));
}

/// The matrix of several targets has a mark of its own for it.
#[test]
fn the_matrix_marks_what_is_expected() {
    let folder = Folder::new().with(
        "expected.yaml",
        "requirements/relay/null-session: { windows-2000: known }\n\
         requirements/relay/unauthorized-account: { windows-2000: known }\n",
    );
    let ended = folder.run(&[&ON[..], &["--on", "windows-2000-patched"]].concat()).fits().with(0);
    let row = ended.stdout.lines().find(|line| line.contains("as installed")).unwrap();
    assert_eq!(row.matches('~').count(), 2, "{}", ended.stdout);
    assert!(ended.stdout.contains("~ expected to deviate"), "{}", ended.stdout);
    // The same line without a target: the patched system conforms.
    let folder = Folder::new().with("expected.yaml", BOTH);
    let ended = folder.run(&[&ON[..], &["--on", "windows-2000-patched"]].concat()).fits().with(2);
    assert!(ended.stderr.contains("on windows-2000-patched"), "{}", ended.stderr);
    assert!(ended.stderr.contains("write only the cases, and the targets, that deviate"), "{}", ended.stderr);
}

#[test]
fn what_could_not_be_told_is_named_with_the_reason_and_decides() {
    let folder = Folder::new().with("expected.yaml", "requirements/relay/null-session: the gateway takes it\n");
    let arguments = ["verify", "requirements/relay", "--on", "windows-2000-service-stopped", "--expected"];
    let ended = folder.run(&[&arguments[..], &["expected.yaml"]].concat()).fits().with(3);
    assert!(ended.stdout.contains("expected the gateway takes it (expected.yaml:1:1)"), "{}", ended.stdout);
}

#[test]
fn a_line_whose_case_is_not_selected_is_named() {
    let file = format!("{BOTH}requirements/session/greeting: not asked\n");
    let ended = Folder::new().with("expected.yaml", file).run(&ON).fits();
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert!(ended.stderr.contains("warning: no case of this line was run"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--> expected.yaml:3:1"), "{}", ended.stderr);
}

#[test]
fn nothing_is_sent_before_the_file_is_right() {
    let folder = Folder::new().with("expected.yaml", "requirements/relay/nul-session: x\n");
    let ended = folder.run(&ON).fits().with(2);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains("did you mean `requirements/relay/null-session`?"), "{}", ended.stderr);
    let folder = Folder::new().with("expected.yaml", "requirements/relay/guest: { windows-200: x }\n");
    let ended = folder.run(&ON).fits().with(2);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains("did you mean `windows-2000`?"), "{}", ended.stderr);
    let ended = Folder::new().run(&ON).fits().with(2);
    assert!(ended.stderr.contains("expected.yaml cannot be read"), "{}", ended.stderr);
}

/// The verdict in the events is what it is without the file.
#[test]
fn reports_have_the_verdict_and_what_the_file_says() {
    let file = format!("{BOTH}requirements/relay/guest: never so\n");
    let folder = Folder::new().with("expected.yaml", file);
    let reports = ["--report", "ndjson=relay.ndjson", "--report", "junit=relay.xml"];
    let ended = folder.run(&[&ON[..], &reports].concat()).fits();
    assert_eq!(ended.code, 2, "{ended:#?}");
    let recording = ndjson::read("relay.ndjson", &folder.read("relay.ndjson")).unwrap();
    let mut listed = Vec::new();
    for event in &recording.events {
        if let RunEvent::CaseFinished { result, listed: Some(said), .. } = event {
            listed.push((result.requirement.id.0.as_str(), result.judgement.verdict, said.place.as_str()));
        }
    }
    listed.sort_unstable();
    assert_eq!(
        listed,
        [
            ("requirements/relay/guest", Verdict::Conformant, "expected.yaml:3:1"),
            ("requirements/relay/null-session", Verdict::Deviates, "expected.yaml:1:1"),
            ("requirements/relay/unauthorized-account", Verdict::Deviates, "expected.yaml:2:1"),
        ]
    );
    let Some(RunEvent::RunFinished { summary, exit: 2, .. }) = recording.events.last() else { panic!("{recording:?}") };
    assert_eq!((summary.deviates, summary.expected, summary.conformant), (0, 2, 4));

    let xml = folder.read("relay.xml");
    let document = Document::parse(&xml).unwrap();
    let root = document.root_element();
    let counts = ["tests", "skipped", "failures", "errors"].map(|name| root.attribute(name).unwrap().to_owned());
    // pytest reports an expected failure as skipped, and a strict one that passes as a failure.
    assert_eq!(counts, ["6", "2", "1", "0"]);
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(failure.attribute("type"), Some("stale"));
    assert!(failure.attribute("message").unwrap().contains("expected.yaml:3:1"), "{xml}");
}
