use proptest::prelude::*;
use roxmltree::{Document, Node};

use super::*;
use crate::report::fixture;

fn written(events: &[RunEvent]) -> String {
    let mut out = Vec::new();
    let mut junit = Box::new(Junit::new(&mut out));
    for event in events {
        junit.event(event).unwrap();
    }
    junit.finish().unwrap();
    String::from_utf8(out).unwrap()
}

fn cases<'a>(document: &'a Document<'a>, name: &str) -> Vec<Node<'a, 'a>> {
    let is_it = |node: &Node<'_, '_>| node.has_tag_name("testcase") && node.attribute("name") == Some(name);
    document.descendants().filter(is_it).collect()
}

fn child<'a>(node: Node<'a, 'a>, tag: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name(tag))
}

fn attributes(node: Node<'_, '_>, names: [&str; 5]) -> Vec<Option<String>> {
    names.iter().map(|name| node.attribute(*name).map(str::to_owned)).collect()
}

// What is read here is what Jenkins' JUnit plugin and GitLab's unit test reports read: the counts, `classname`, `name`,
// `time` in seconds, and the children `failure`, `error`, `skipped` with `type`, `message` and text.
#[test]
fn a_deviating_run_is_a_failure_with_its_reason_and_dialogue() {
    let xml = written(&fixture::deviating());
    let document = Document::parse(&xml).unwrap();
    let counts = ["name", "tests", "failures", "errors", "skipped"];
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_eq!(root.attribute("time"), Some("0.412"));
    let suite = child(root, "testsuite").unwrap();
    let expected = |name: &str| [name, "4", "1", "0", "1"].map(|text| Some(text.to_owned())).to_vec();
    assert_eq!(attributes(root, counts), expected("smtpspec"));
    assert_eq!(attributes(suite, counts), expected("our-server"));
    assert_eq!(suite.attribute("time"), Some("0.048"));

    let deviates = cases(&document, "relay/unauthorized-account")[0];
    assert_eq!(deviates.attribute("classname"), Some("our-server"));
    assert_eq!(deviates.attribute("time"), Some("0.012"));
    assert_eq!(deviates.attribute("file"), Some("features/requirements/relay.feature"));
    assert_eq!(deviates.attribute("line"), Some("12"));
    let failure = child(deviates, "failure").unwrap();
    assert_eq!(failure.attribute("type"), Some("deviates"));
    assert!(failure.attribute("message").unwrap().starts_with("the unauthorized account's mail arrived"));
    let text = failure.text().unwrap();
    assert!(text.contains("\n> S: 250 2.1.5 remote@elsewhere.example\n"), "{text}");
    assert!(text.contains("because: both had the same forward-path\n"), "{text}");
    assert!(text.contains("remedy: let only accounts with mail rights relay"), "{text}");

    let skipped = child(cases(&document, "relay/guest")[0], "skipped").unwrap();
    assert_eq!(skipped.attribute("message"), Some("the target file gives no name for the Guest"));
    assert!(!cases(&document, "relay/anonymous")[0].has_children());
}

#[test]
fn what_could_not_be_told_is_an_error_and_so_is_a_role_without_a_judgement() {
    let xml = written(&fixture::inconclusive());
    let document = Document::parse(&xml).unwrap();
    let unknown = child(cases(&document, "relay/anonymous")[0], "error").unwrap();
    assert_eq!(unknown.attribute("type"), Some("inconclusive"));
    assert!(unknown.text().unwrap().contains("\n> -- no connection: Connection refused (os error 111)"));
    let unjudged = child(cases(&document, "judged/null-session")[0], "error").unwrap();
    assert_eq!(
        unjudged.attribute("message"),
        Some("nothing was judged about the null session: the limit of 3 failed logins was reached before it")
    );
}

#[test]
fn what_does_not_decide_is_no_failure() {
    let xml = written(&fixture::conformant());
    let document = Document::parse(&xml).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("failures"), root.attribute("errors")), (Some("0"), Some("0")));
    let suites: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
    assert_eq!(suites.len(), 10);
    let relay = cases(&document, "relay/unauthorized-account")[0];
    assert_eq!(
        child(relay, "skipped").unwrap().attribute("message"),
        Some("does not decide: deviates: its mail arrived at the witness, anonymous's was refused")
    );
}

#[test]
fn a_run_that_was_broken_off_says_so() {
    let xml = written(&fixture::broken_off());
    let document = Document::parse(&xml).unwrap();
    let run = cases(&document, "run")[0];
    assert_eq!(run.attribute("classname"), Some("smtpspec"));
    let message = "the run was broken off: 3 of 20 cases had ended";
    assert_eq!(child(run, "error").unwrap().attribute("message"), Some(message));
    let open = cases(&document, "bulletin/c08/nt-4.0-option-pack/null-session")[0];
    assert_eq!(child(open, "error").unwrap().attribute("type"), Some("broken-off"));
    assert_eq!(cases(&document, "bulletin/c08/windows-2000/unauthorized-account").len(), 1);
}

#[test]
fn a_run_without_any_event_is_still_written() {
    assert_eq!(cases(&Document::parse(&written(&[])).unwrap(), "run").len(), 1);
}

proptest! {
    #[test]
    fn nothing_panics_and_all_is_well_formed(events in proptest::collection::vec(fixture::any::event(), 0..12)) {
        let xml = written(&events);
        prop_assert!(Document::parse(&xml).is_ok(), "{}", xml);
    }
}

#[test]
fn a_case_that_was_judged_again_when_the_run_was_broken_off_is_there_once_and_open() {
    let xml = written(&fixture::broken_off_again());
    let document = Document::parse(&xml).unwrap();
    let [relay] = cases(&document, "relay/unauthorized-account")[..] else { panic!("{xml}") };
    assert_eq!(child(relay, "error").and_then(|error| error.attribute("type")), Some("broken-off"));
    let run = child(cases(&document, "run")[0], "error").unwrap();
    assert!(run.attribute("message").unwrap().contains("broken off: 0 of "), "{xml}");
}

#[test]
fn a_run_that_failed_is_an_error() {
    let mut events = fixture::conformant();
    let Some(RunEvent::RunFinished { exit, .. }) = events.last_mut() else { panic!("it is finished") };
    *exit = 4;
    let xml = written(&events);
    let document = Document::parse(&xml).unwrap();
    let error = child(cases(&document, "run")[0], "error").unwrap();
    assert_eq!(error.attribute("message"), Some("the run failed (exit code 4)"));
}

#[test]
fn says_what_the_system_says_where_it_cannot_write() {
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let error = Box::new(Junit::new(Full)).finish().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
