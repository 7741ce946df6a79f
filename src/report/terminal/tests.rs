use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::diagnostic::text::width;
use crate::judge::{Level, Verdict};
use crate::report::fixture;

fn drawn(events: &[RunEvent], options: TerminalOptions) -> String {
    let mut out = Vec::new();
    let mut terminal = Box::new(Terminal::new(&mut out, options));
    for event in events {
        terminal.event(event).unwrap();
    }
    terminal.finish().unwrap();
    String::from_utf8(out).unwrap()
}

const PLAIN: TerminalOptions = TerminalOptions { colour: false, width: 80, progress: false, verbose: false };

#[rstest]
#[case("conformant", fixture::conformant())]
#[case("deviating", fixture::deviating())]
#[case("inconclusive", fixture::inconclusive())]
#[case("broken-off", fixture::broken_off())]
fn looks_as_it_should(#[case] name: &str, #[case] events: Vec<RunEvent>, #[values(80, 120)] columns: usize) {
    let drawn = drawn(&events, TerminalOptions { width: columns, ..PLAIN });
    for line in drawn.lines() {
        assert!(width(line) <= columns, "{} columns: {line}", width(line));
        assert_eq!(line.trim_end(), line);
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}-{columns}"), drawn);
    });
}

#[test]
fn colour_adds_escape_sequences_and_nothing_else() {
    for events in [fixture::conformant(), fixture::deviating(), fixture::inconclusive()] {
        let coloured = drawn(&events, TerminalOptions { colour: true, ..PLAIN });
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), drawn(&events, PLAIN));
    }
}

#[test]
fn verbose_tells_every_case_as_it_ends_and_what_does_not_decide() {
    let drawn = drawn(&fixture::conformant(), TerminalOptions { verbose: true, ..PLAIN });
    let lines: Vec<&str> = drawn.lines().skip(1).take(4).collect();
    assert_eq!(
        lines.first_chunk(),
        Some(&[
            "✓ bulletin/c08/windows-2000/unauthorized-account on Windows 2000, as installed",
            "  (0.012 s)",
            "✗ relay/unauthorized-account on Windows 2000, as installed (0.012 s)",
        ])
    );
    assert!(
        drawn.contains("✗ relay/unauthorized-account on Windows 2000, as installed (does not decide)\n"),
        "{drawn}"
    );
}

#[test]
fn marks_the_line_that_decided_and_no_other() {
    let drawn = drawn(&fixture::deviating(), PLAIN);
    let marked: Vec<&str> = drawn.lines().filter(|line| line.starts_with("    > ")).collect();
    assert_eq!(marked, ["    > S: 250 2.1.5 remote@elsewhere.example"]);
}

#[test]
fn shows_the_dialogue_of_the_attempt_where_the_case_has_none() {
    let drawn = drawn(&fixture::inconclusive(), PLAIN);
    assert!(drawn.contains("    > -- no connection: Connection refused (os error 111)\n"), "{drawn}");
}

#[test]
fn the_progress_bar_is_not_part_of_the_report() {
    let events = fixture::deviating();
    assert_eq!(drawn(&events, TerminalOptions { progress: true, ..PLAIN }), drawn(&events, PLAIN));
}

/// Cases that could not be told, each for a reason of its own followed by the step in which that came up.
fn untold(cases: &[(String, &str, String)]) -> Vec<RunEvent> {
    let ended = cases.iter().flat_map(|(target, reason, step)| {
        let judgement = fixture::judgement(Verdict::Inconclusive, &[reason, step], None);
        let requirement = fixture::requirement(&format!("session/{step}"), "It answers", Level::Must);
        fixture::ended(fixture::result(target, requirement, judgement), true)
    });
    ended.collect()
}

#[test]
fn one_cause_is_told_once_however_many_cases_it_stops() {
    let cases: Vec<_> = (0..3).map(|step| ("a".to_owned(), "the port is closed", format!("step-{step}"))).collect();
    let drawn = drawn(&untold(&cases), PLAIN);
    assert_eq!(drawn.matches("the port is closed").count(), 1, "{drawn}");
    assert!(drawn.contains("? session/step-0 on a\n    likewise session/step-1, session/step-2\n"), "{drawn}");
}

#[test]
fn beyond_a_dozen_findings_are_only_named_unless_all_is_asked_for() {
    let cases: Vec<_> = (0..20).map(|target| (format!("t{target}"), "the port is closed", "ehlo".to_owned())).collect();
    let brief = drawn(&untold(&cases), PLAIN);
    assert_eq!(brief.matches("the port is closed").count(), 12, "{brief}");
    assert_eq!(brief.matches("? session/ehlo on t").count(), 20, "{brief}");
    assert!(brief.contains("\n8 more, by name; --verbose tells them whole"), "{brief}");
    let whole = drawn(&untold(&cases), TerminalOptions { verbose: true, ..PLAIN });
    assert_eq!(whole.matches("the port is closed").count(), 20, "{whole}");
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_harmful_is_printed(
        events in proptest::collection::vec(fixture::any::event(), 0..12), columns in 0_usize..200, verbose: bool,
    ) {
        let drawn = drawn(&events, TerminalOptions { width: columns, verbose, ..PLAIN });
        prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{:?}", drawn);
        let turns_writing = drawn.contains('\u{202e}');
        prop_assert!(!turns_writing);
    }
}
