//! `--report`: the files, what is in them, and what is left alone.

use roxmltree::Document;
use rstest::rstest;
use smtpspec::report::{Report as _, Terminal, TerminalOptions, ndjson};

use super::run::{Folder, run};

#[test]
fn junit_says_what_the_terminal_says() {
    let folder = Folder::new();
    let ended = folder.run(&["verify", "--on", "windows-2000", "--report", "junit=relay.xml"]).fits().with(1);
    let xml = folder.read("relay.xml");
    let document = Document::parse(&xml).unwrap();
    let root = document.root_element();
    let count = |name: &str| root.attribute(name).unwrap().parse::<usize>().unwrap();
    let found = ended.stdout.lines().filter(|line| line.starts_with("✗ ")).count();
    assert_eq!((count("failures"), count("errors")), (found, 0));
    assert!(ended.summary().starts_with(&format!("Summary   {} cases ", count("tests"))), "{}", ended.summary());
    let null_session = document
        .descendants()
        .find(|node| node.attribute("name") == Some("requirements/relay/null-session"))
        .and_then(|case| case.children().find(|child| child.has_tag_name("failure")))
        .unwrap();
    assert!(null_session.text().unwrap().contains("\nAUTH: accepted: 235 2.7.0 Authentication successful\n"));
}

/// What a recorded run says through the same report is what the run itself said, to the letter.
#[rstest]
#[case::record(&["verify", "c08"], 0)]
#[case::requirements(&["verify", "--on", "windows-2000"], 1)]
#[case::inconclusive(&["verify", "--on", "windows-2000-service-stopped"], 3)]
fn ndjson_has_one_event_a_line_and_replays(#[case] arguments: &[&str], #[case] code: i32) {
    let folder = Folder::new();
    let ended = folder.run(&[arguments, &["--report", "ndjson=run.ndjson"]].concat()).with(code);
    let text = folder.read("run.ndjson");
    assert!(text.ends_with('\n'));
    let recording = ndjson::read("run.ndjson", &text).unwrap();
    assert_eq!((recording.events.len(), recording.broken_off), (text.lines().count(), None));

    let mut replayed = Vec::new();
    let options = TerminalOptions { colour: false, width: 80, progress: false, verbose: false };
    let mut terminal = Box::new(Terminal::new(&mut replayed, options));
    recording.events.iter().try_for_each(|event| terminal.event(event)).unwrap();
    terminal.finish().unwrap();
    assert_eq!(String::from_utf8(replayed).unwrap(), ended.stdout);
}

#[rstest]
#[case::unknown_format("html=relay.html", "the formats are junit and ndjson")]
#[case::no_file("junit", "write junit=FILE or ndjson=FILE")]
#[case::empty_file("junit=", "the file is missing")]
#[case::no_such_folder("junit=nowhere/relay.xml", "nowhere/relay.xml cannot be written")]
#[case::folder("junit=folder", "folder cannot be written")]
#[case::somebodys_file("junit=notes.txt", "notes.txt exists and is no such report")]
#[case::the_target_file("ndjson=notes.txt", "notes.txt exists and is no such report")]
#[case::report_of_the_other_format("ndjson=earlier.xml", "earlier.xml exists and is no such report")]
fn a_report_that_cannot_be_written_costs_no_run(#[case] report: &str, #[case] title: &str) {
    let folder = Folder::new().with("notes.txt", "mine\n").with("earlier.xml", "<?xml earlier").with_folder("folder");
    let ended = folder.run(&["verify", "c01", "--report", report]).with(2);
    assert!(ended.stderr.contains(title), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
    assert_eq!(folder.read("notes.txt"), "mine\n");
    assert_eq!(folder.read("earlier.xml"), "<?xml earlier");
}

#[rstest]
#[case("ndjson=one.report")]
#[case("ndjson=./one.report")]
#[case("ndjson=folder/../one.report")]
fn two_reports_do_not_go_to_one_file(#[case] second: &str) {
    let folder = Folder::new().with_folder("folder");
    let ended = folder.run(&["verify", "c01", "--report", "junit=one.report", "--report", second]).fits().with(2);
    assert!(ended.stderr.contains("two reports are to go to "), "{}", ended.stderr);
    assert!(!folder.path("one.report").exists());
}

#[test]
fn all_files_are_begun_or_none_is() {
    let folder = Folder::new().with("earlier.xml", "<?xml earlier");
    let reports = ["--report", "junit=earlier.xml", "--report", "ndjson=nowhere/run.ndjson"];
    folder.run(&[&["verify", "c01"][..], &reports].concat()).with(2);
    assert_eq!(folder.read("earlier.xml"), "<?xml earlier");
}

#[test]
fn an_earlier_report_of_the_same_format_is_replaced_whole() {
    let folder = Folder::new();
    folder.run(&["verify", "--on", "windows-2000", "--report", "junit=relay.xml"]).with(1);
    let long = folder.read("relay.xml").len();
    folder.run(&["verify", "c01", "--report", "junit=relay.xml"]).with(0);
    let xml = folder.read("relay.xml");
    assert!(xml.len() < long);
    Document::parse(&xml).unwrap();
}

/// A full disk: the verdicts on the terminal stand, and both formats say the same of the disk.
#[cfg(target_os = "linux")]
#[rstest]
#[case("junit=/dev/full")]
#[case("ndjson=/dev/full")]
fn a_full_disk_is_told_behind_the_verdicts(#[case] report: &str) {
    let ended = run(&["verify", "c01", "--report", report]);
    assert_eq!(ended.code, 5, "{ended:#?}");
    assert!(ended.stderr.contains("cannot write /dev/full: No space left on device"), "{}", ended.stderr);
    assert!(
        ended.summary().ends_with(
            "Result    conformant: the models do what the record says (exit code 5: a report\n          could not be \
             written)\n"
        ),
        "{}",
        ended.stdout
    );
}

/// A chunk without its size shows only while its case runs. The other cases are judged and kept.
#[test]
fn what_was_known_is_kept_where_a_case_fails() {
    let text = "Feature: No chunk\n\n  @id:no-chunk @must\n  Scenario: A chunk of any size\n    \
                Given the mail server\n    When the client connects\n    \
                And the client sends the chunk \"BDAT\" and \"NOOP\" behind it in one write\n    \
                Then the chunk is accepted\n\n  @id:ehlo @must\n  Scenario: EHLO is understood\n    \
                Given the mail server\n    When the client says \"EHLO client.example\"\n    \
                Then the reply has the code 250\n";
    let folder = Folder::new().with("my.feature", text);
    let arguments = ["verify", "--features", "my.feature", "--on", "reference", "--report", "junit=relay.xml"];
    let ended = folder.run(&arguments).fits().with(2);
    assert!(ended.stderr.contains("my.feature:7: "), "{}", ended.stderr);
    assert!(ended.stdout.contains("1 inconclusive, 1 conformant\n"), "{}", ended.stdout);
    assert!(ended.summary().ends_with("Result    none: the run failed (exit code 2)\n"), "{}", ended.stdout);
    let xml = folder.read("relay.xml");
    let document = Document::parse(&xml).unwrap();
    assert_eq!(document.root_element().attribute("errors"), Some("2"), "the case, and the run: {xml}");
}
