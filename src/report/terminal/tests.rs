use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::diagnostic::text::width;
use crate::judge::{Attempt, Authentication, Door, Fate, Level, Role, Summary, Verdict};
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
#[case("interrupted", interrupted())]
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

/// A real server, broken off by the user while the first case gathers what the roles come to.
fn interrupted() -> Vec<RunEvent> {
    let tried = |role, authentication, fate, order| RunEvent::Attempted {
        target: "our-server".to_owned(),
        attempt: Box::new(Attempt { role, sender_of: role, authentication, fate, order, ..fixture::attempt() }),
    };
    let mut events: Vec<RunEvent> = fixture::inconclusive().into_iter().take(2).collect();
    events.push(RunEvent::CaseStarted {
        case: fixture::requirement("relay/anonymous", "", Level::Must).id,
        target: "our-server".to_owned(),
    });
    events.push(tried(Role::NullSession, fixture::accepted(), fixture::relayed(), 0));
    events.push(tried(Role::Anonymous, Authentication::NotTried, fixture::refused(), 1));
    events.push(RunEvent::RunFinished {
        summary: Summary::default(),
        unjudged: Vec::new(),
        took: std::time::Duration::from_secs(3),
        exit: 130,
    });
    events
}

/// A program that was killed has no last event: nobody knows with which code it ended.
#[test]
fn a_run_without_an_end_has_no_exit_code() {
    let events = interrupted();
    let killed = drawn(&events[..events.len() - 1], PLAIN);
    assert!(killed.ends_with("Result    none: the run was broken off\n"), "{killed}");
    assert_eq!(killed.lines().count(), drawn(&events, PLAIN).lines().count());
}

/// A run on one real server whose requirements came to this.
fn with_cells(cells: Vec<RunEvent>, exit: u8) -> Vec<RunEvent> {
    let mut events: Vec<RunEvent> = fixture::inconclusive().into_iter().take(2).collect();
    events.extend(cells);
    let took = std::time::Duration::from_secs(30);
    events.push(RunEvent::RunFinished { summary: Summary::default(), unjudged: Vec::new(), took, exit });
    events
}

fn cell(role: Role, authentication: Authentication, fate: Fate, verdict: Verdict) -> RunEvent {
    fixture::cell("our-server", role, authentication, fate, verdict)
}

// docs/target-file.md: `login: refused` is the file's word; a mistyped password looks the same.
#[test]
fn a_verdict_that_rests_on_a_login_refused_says_so() {
    let refused = |verdict| cell(Role::UnauthorizedAccount, fixture::wrong(), fixture::refused(), verdict);
    let declared = drawn(&with_cells(vec![refused(Verdict::Conformant)], 0), PLAIN);
    assert!(
        declared.contains(
            "unauthorized account  535 5.7.3, as  RCPT refused: 550 5.7.1    ✓ conformant\n                      the file says\n"
        ),
        "{declared}"
    );
    assert!(
        declared.contains(
            "Declared  the login of the unauthorized account was refused, as the file says it\n          is (`login: refused`): \
             nothing is known of its rights\n"
        ),
        "{declared}"
    );
    let guest = cell(Role::Guest, fixture::wrong(), fixture::refused(), Verdict::Conformant);
    let open = drawn(&with_cells(vec![refused(Verdict::Inconclusive), guest], 3), PLAIN);
    assert!(!open.contains("Declared") && !open.contains("the file says"), "{open}");
    // The password of a model's account is ours.
    let model = drawn(&fixture::conformant(), PLAIN);
    assert!(!model.contains("Declared"), "{model}");
}

/// Each word that needs one, once, and no other.
#[test]
fn the_words_that_stand_in_the_table_have_a_legend() {
    let reply = || fixture::spoken(504, "5.5.4", "Unrecognized authentication type");
    let deferred = Fate::Deferred { at: crate::judge::Stage::Rcpt, reply: reply(), retried: false };
    let cells = vec![
        cell(Role::NullSession, Authentication::Unavailable { reply: reply() }, fixture::refused(), Verdict::Skipped),
        cell(Role::Guest, Authentication::NeedsTls { reply: reply() }, fixture::refused(), Verdict::Inconclusive),
        cell(Role::WrongPassword, Authentication::Deferred { reply: reply() }, deferred, Verdict::Inconclusive),
    ];
    let drawn = drawn(&with_cells(cells, 3), PLAIN);
    let (_, legend) = drawn.split_once("\n\nAnswers   ").unwrap();
    let legend = legend.split("\n\n").next().unwrap();
    assert_eq!(
        legend.split_whitespace().collect::<Vec<_>>().join(" "),
        "deferred = put off with a 4xx, which is no final refusal; not here = the server does not have the mechanism; \
         needs TLS = refused without TLS, which smtpspec does not speak yet"
    );
    assert!(drawn.lines().all(|line| width(line) <= 80), "{drawn}");
    let plain = self::drawn(&fixture::deviating(), PLAIN);
    assert!(!plain.contains("Answers"), "{plain}");
}

const OPEN_RELAY: &str = "\n\nThis address is let through without authenticating: that tells nothing of roles.\n";

#[rstest]
#[case::everybody(fixture::relayed(), fixture::relayed(), Verdict::Inconclusive, true)]
#[case::roles_alone(fixture::refused(), fixture::relayed(), Verdict::Inconclusive, false)]
#[case::no_role(fixture::relayed(), fixture::refused(), Verdict::Inconclusive, false)]
#[case::the_authorized_account(fixture::relayed(), fixture::relayed(), Verdict::Conformant, false)]
#[case::passed_inside(
    Fate::Arrived { sighting: fixture::sighting(Door::Inside) }, fixture::relayed(), Verdict::Inconclusive, false,
)]
fn an_open_relay_is_why_roles_are_not_judged(
    #[case] anonymous: Fate,
    #[case] of_role: Fate,
    #[case] verdict: Verdict,
    #[case] told: bool,
) {
    let cells = vec![
        cell(Role::Anonymous, Authentication::NotTried, anonymous, Verdict::Deviates),
        cell(Role::UnauthorizedAccount, fixture::accepted(), of_role, verdict),
    ];
    let drawn = drawn(&with_cells(cells, 1), PLAIN);
    assert_eq!(drawn.contains(OPEN_RELAY), told, "{drawn}");
}

#[test]
fn roles_stand_in_the_order_of_the_matrix_whatever_that_of_the_cases() {
    let backwards = Role::MATRIX.into_iter().rev();
    let cells = backwards.map(|role| cell(role, fixture::accepted(), fixture::refused(), Verdict::Conformant));
    let drawn = drawn(&with_cells(cells.collect(), 0), PLAIN);
    let places: Vec<Option<usize>> =
        ["anonymous ", "wrong password ", "null session ", "Guest ", "unauthorized account ", "authorized account "]
            .map(|role| drawn.find(&format!("\n{role}")))
            .to_vec();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}: {drawn}");
}

#[test]
fn the_result_of_the_record_is_about_the_models() {
    let drawn = drawn(&fixture::conformant(), PLAIN);
    assert!(drawn.ends_with("\nResult    conformant: the models do what the record says (exit code 0)\n"), "{drawn}");
    assert!(drawn.contains("results of the requirements on the old systems do not decide: "), "{drawn}");
}

// With --as a real machine is held against the record: it is no model.
#[test]
fn the_result_of_the_record_on_a_machine_is_about_the_machine() {
    let record = fixture::requirement("bulletin/c08", "So it is", Level::Record);
    let judgement = fixture::judgement(Verdict::Conformant, &[], None);
    let cells = fixture::ended(fixture::result("our-server", record, judgement), true).to_vec();
    let drawn = drawn(&with_cells(cells, 0), PLAIN);
    assert!(drawn.ends_with("\nResult    conformant (exit code 0)\n"), "{drawn}");
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

/// docs/events.md: from the second `case-started` on, what the case came to before is no result any more.
#[test]
fn a_verdict_that_is_asked_for_again_does_not_count() {
    let drawn = drawn(&fixture::broken_off_again(), PLAIN);
    assert!(drawn.contains("\nSummary   0 of "), "{drawn}");
    assert!(!drawn.contains("✓"), "{drawn}");
    assert!(
        drawn.contains("\nOpen      relay/unauthorized-account on mail.inside.example:25 was under way\n"),
        "{drawn}"
    );
}

#[test]
fn verbose_says_which_case_is_judged_again() {
    let mut events = fixture::broken_off_again();
    events.truncate(5);
    let again = [events[2].clone(), events[3].clone()];
    events.extend(again);
    let drawn = drawn(&events, TerminalOptions { verbose: true, ..PLAIN });
    let case = "✓ relay/unauthorized-account on mail.inside.example:25";
    assert!(drawn.contains(&format!("\n{case} (0.012 s)\n{case}, judged again (0.012 s)\n")), "{drawn}");
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
