use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::diagnostic::text::width;
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
    let mut lines = drawn.lines().skip(1);
    assert_eq!(
        lines.next(),
        Some("✓ bulletin/c08/windows-2000/unauthorized-account on Windows 2000, as installed (0.012 s)")
    );
    assert_eq!(lines.next(), Some("✗ relay/unauthorized-account on Windows 2000, as installed (0.012 s)"));
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
