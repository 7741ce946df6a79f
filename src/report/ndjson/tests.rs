use std::collections::BTreeSet;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value;

use super::*;
use crate::report::fixture;

const SCHEMA_PAGE: &str = include_str!("../../../docs/events.md");

fn written(events: &[RunEvent]) -> String {
    let mut out = Vec::new();
    let mut ndjson = Box::new(Ndjson::new(&mut out));
    for event in events {
        ndjson.event(event).unwrap();
    }
    ndjson.finish().unwrap();
    String::from_utf8(out).unwrap()
}

#[rstest]
#[case::conformant(fixture::conformant())]
#[case::deviating(fixture::deviating())]
#[case::inconclusive(fixture::inconclusive())]
#[case::broken_off(fixture::broken_off())]
fn what_was_written_is_read_back(#[case] events: Vec<RunEvent>) {
    let text = written(&events);
    assert_eq!(text.lines().count(), events.len());
    assert_eq!(read("run.ndjson", &text), Ok(Recording { events, broken_off: None }));
}

/// A writer that counts how often it was flushed.
#[derive(Default)]
struct Flushes(usize);

impl Write for &mut Flushes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

#[test]
fn each_event_is_flushed() {
    let mut flushes = Flushes::default();
    let mut ndjson = Ndjson::new(&mut flushes);
    let events = fixture::inconclusive();
    for event in &events {
        ndjson.event(event).unwrap();
    }
    assert_eq!(flushes.0, events.len());
}

fn examples() -> Vec<&'static str> {
    SCHEMA_PAGE.lines().filter(|line| line.starts_with("{\"event\"")).collect()
}

#[test]
fn the_examples_of_the_schema_page_are_a_run_and_are_written_as_they_stand() {
    let page = examples().join("\n") + "\n";
    let recording = read("docs/events.md", &page).unwrap();
    let names: Vec<Value> =
        examples().iter().map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone()).collect();
    let all = [
        "run-started",
        "target-started",
        "attempted",
        "compared",
        "wait-began",
        "wait-ended",
        "case-started",
        "case-finished",
        "cell-filled",
        "run-finished",
        "run-finished",
    ];
    assert_eq!(names, all);
    assert_eq!(written(&recording.events), page);
}

/// The keys of a JSON value, and the values of those keys that choose a form.
fn names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                names.insert(key.clone());
                let chooses = [
                    "event",
                    "kind",
                    "answer",
                    "fate",
                    "why",
                    "at",
                    "role",
                    "verdict",
                    "door",
                    "level",
                    "destination",
                    "parts_in",
                    "weight",
                ];
                if let (true, Value::String(choice)) = (chooses.contains(&key.as_str()), value) {
                    names.insert(choice.clone());
                }
                self::names(value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| self::names(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

// Places counted by hand: the last character that had to be read to know.
#[rstest]
#[case::no_json("{\"event\":oops}\n", "this is no JSON", "run.ndjson:2:10")]
#[case::unknown_event("{\"event\":\"run-paused\"}\n", "this is no event", "run.ndjson:2:21")]
#[case::missing_field("  {\"event\":\"case-started\",\"case\":\"c\"}\n", "this is no event", "run.ndjson:2:3")]
#[case::cut_in_the_middle("{\"event\":\n{}\n", "this is no JSON", "run.ndjson:2:9")]
fn a_bad_line_is_named_with_its_place(#[case] line: &str, #[case] title: &str, #[case] place: &str) {
    let first = written(&fixture::conformant()[..1]);
    let diagnostic = read("run.ndjson", &format!("{first}{line}")).unwrap_err();
    assert_eq!(diagnostic.title, title);
    assert_eq!(diagnostic.source.clone().unwrap().to_string(), place, "{}", diagnostic.render(false, 100));
}

#[test]
fn a_last_line_that_is_cut_costs_only_itself() {
    let events = fixture::conformant();
    let text = written(&events[..3]);
    for length in text.len() - 20..text.len() - 1 {
        let recording = read("run.ndjson", &text[..length]).unwrap();
        assert_eq!(recording.events, &events[..2]);
        assert_eq!(recording.broken_off.unwrap().source.unwrap().line(), 3);
    }
}

#[rstest]
#[case::of_another_schema(
    "{\"event\":\"run-started\",\"version\":\"9.0.0\",\"schema\":3,\"selectors\":[],\"cases\":0}\n",
    "the recording has schema 3; this program reads schema 2"
)]
#[case::without_its_beginning(
    "{\"event\":\"case-started\",\"case\":\"c\",\"target\":\"t\"}\n",
    "the recording does not begin with `run-started`"
)]
#[case::empty("\n\n", "there is no event in it")]
fn what_is_no_recording_of_ours_is_refused(#[case] text: &str, #[case] title: &str) {
    assert_eq!(read("run.ndjson", text).unwrap_err().title, title);
}

#[test]
fn fields_that_are_not_known_are_passed_over() {
    let text = written(&fixture::conformant()[..1]).replacen('{', "{\"new\":{\"in\":\"0.2.0\"},", 1);
    assert_eq!(read("run.ndjson", &text).unwrap().events, &fixture::conformant()[..1]);
}

proptest! {
    #[test]
    fn any_events_are_read_back(
        first in fixture::any::run_started(), rest in proptest::collection::vec(fixture::any::event(), 0..6),
    ) {
        let events: Vec<RunEvent> = std::iter::once(first).chain(rest).collect();
        prop_assert_eq!(read("run.ndjson", &written(&events)), Ok(Recording { events, broken_off: None }));
    }

    #[test]
    fn the_schema_page_names_every_field_and_every_form(event in fixture::any::event()) {
        let mut found = BTreeSet::new();
        names(&serde_json::to_value(&event).unwrap(), &mut found);
        for name in found {
            prop_assert!(SCHEMA_PAGE.contains(&format!("`{name}`")), "{} is not in docs/events.md", name);
        }
    }

    #[test]
    fn nothing_panics(text in "(\\{\"event\":\"run-started\",\"version\":\"é\",\"schema\":2,\"selectors\":\\[\\],\"cases\":0\\}\n)?[ \\{\\}\":,a-zé\n]{0,60}") {
        if let Err(diagnostic) = read("run.ndjson", &text) {
            prop_assert!(!diagnostic.render(false, 80).is_empty());
        }
    }
}
