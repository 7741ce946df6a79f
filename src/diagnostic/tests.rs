use proptest::prelude::*;
use rstest::rstest;

use super::*;

const YAML: &str = "host: mail\nlisteners:\n\t- relais: true\n";

fn unknown_key() -> Diagnostic {
    let start = YAML.find("relais").unwrap();
    Diagnostic::error("unknown key `relais`")
        .at(Excerpt::new("target.yaml", YAML, start..start + "relais".len()))
        .label("not a key of `listener`")
        .note("the keys of `listener` are `port`, `product`, `relay`")
        .did_you_mean("relais", ["port", "product", "relay"])
}

#[test]
fn shows_place_line_and_remedy() {
    // The form of rustc's diagnostics, `--> path:line:column`; a tab is shown as four columns and counted as one character.
    let expected = "\
error: unknown key `relais`
 --> target.yaml:3:4
  |
3 |     - relais: true
  |       ^^^^^^ not a key of `listener`
  |
  = note: the keys of `listener` are `port`, `product`, `relay`
  = help: did you mean `relay`?
";
    assert_eq!(unknown_key().render(false, 80), expected);
}

#[test]
fn colour_adds_escape_sequences_and_nothing_else() {
    let coloured = unknown_key().render(true, 80);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), unknown_key().render(false, 80));
}

#[test]
fn as_an_error_it_is_one_line() {
    let error: Box<dyn std::error::Error> = Box::new(unknown_key());
    assert_eq!(error.to_string(), "target.yaml:3:4: error: unknown key `relais`: not a key of `listener`");
}

// Lines and columns counted by hand from 1, columns in characters.
#[rstest]
#[case::start("ab\ncd", 0..1, 1, 1)]
#[case::after_multi_byte("é日x", 5..6, 1, 3)]
#[case::inside_a_character_moves_to_its_start("é", 1..1, 1, 1)]
#[case::second_line("ab\r\ncd", 4..6, 2, 1)]
#[case::end("ab\n", 3..3, 2, 1)]
#[case::beyond_the_end("ab", 90..99, 1, 3)]
#[case::end_before_start("abc", std::ops::Range { start: 2, end: 1 }, 1, 3)]
fn counts_lines_and_columns(
    #[case] text: &str,
    #[case] span: std::ops::Range<usize>,
    #[case] line: usize,
    #[case] column: usize,
) {
    let excerpt = Excerpt::new("f", text, span);
    assert_eq!((excerpt.line(), excerpt.column()), (line, column));
}

#[rstest]
#[case::word(3, 5, "relais")]
#[case::one_character(3, 11, ":")]
#[case::past_the_line(1, 40, "")]
#[case::past_the_text(9, 1, "")]
#[case::no_such_column(1, 0, "host")]
fn marks_the_word_at_a_line_and_column(#[case] line: usize, #[case] column: usize, #[case] marked: &str) {
    let text = "host: mail\nlisteners:\n  - relais: true\n";
    let excerpt = Excerpt::at("f", text, line, column);
    assert_eq!(text.get(excerpt.span).unwrap(), marked);
}

#[test]
fn marks_a_line_without_its_indentation() {
    let excerpt = Excerpt::line_of("f", YAML, 3);
    assert_eq!(YAML.get(excerpt.span).unwrap(), "- relais: true");
}

#[test]
fn a_long_line_is_cut_around_the_marked_text() {
    let text = format!("{}HERE{}", "a ".repeat(500), " b".repeat(500));
    let drawn = Diagnostic::error("too long").at(Excerpt::new("f", text, 1000..1004)).label("this").render(false, 60);
    assert!(drawn.contains(":1:1001\n"), "{drawn}");
    let lines: Vec<&str> = drawn.lines().collect();
    let source = lines.iter().find(|line| line.contains("HERE")).unwrap();
    let mark = lines.iter().find(|line| line.contains("^^^^ this")).unwrap();
    let column = |line: &str, what: &str| text::width(line.split(what).next().unwrap());
    assert_eq!(column(source, "HERE"), column(mark, "^^^^"));
    assert!(lines.iter().all(|line| text::width(line) <= 60), "{drawn}");
}

#[test]
fn a_label_that_does_not_fit_becomes_a_note() {
    let drawn = Diagnostic::error("e")
        .at(Excerpt::new("f", "x".repeat(36), 30..36))
        .label("far too long for this")
        .render(false, 40);
    assert!(drawn.contains("= note: far too long for this"), "{drawn}");
}

#[test]
fn a_mark_behind_a_full_line_keeps_to_the_width() {
    // 36 columns of text behind the gutter `1 | ` fill the 40 that are there.
    let drawn = Diagnostic::error("e").at(Excerpt::new("f", "x".repeat(36), 36..36)).render(false, 40);
    assert!(drawn.lines().all(|line| text::width(line) <= 40), "{drawn}");
}

#[test]
fn several_are_counted() {
    let several: Diagnostics =
        [Diagnostic::error("one"), Diagnostic::error("two"), Diagnostic::warning("three")].into_iter().collect();
    assert_eq!(several.render(false, 80), "error: one\n\nerror: two\n\nwarning: three\n\n2 errors, 1 warning\n");
    assert!(several.into_result(()).is_err());
    assert!(Diagnostics::from(Diagnostic::warning("three")).into_result(()).is_ok());
}

fn any_text() -> impl Strategy<Value = String> {
    // Plain strings of proptest hardly ever hold two lines, so the odd characters are named.
    prop::collection::vec(
        prop_oneof![any::<char>(), prop::sample::select(vec!['\n', '\r', '\t', ' ', 'a', '日', '\u{301}'])],
        0..120,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_harmful_is_printed(
        text in any_text(), name in any_text(), title in any_text(), label in prop::option::of(any_text()),
        notes in prop::collection::vec(any_text(), 0..3), remedy in prop::option::of(any_text()),
        start in 0_usize..200, end in 0_usize..200, width in 0_usize..200,
    ) {
        let source = Some(Box::new(Excerpt::new(name, text, start..end)));
        let diagnostic = Diagnostic { severity: Severity::Error, title, source, label, notes, remedy };
        let drawn = diagnostic.render(false, width);
        prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'));
        prop_assert!(!diagnostic.to_string().contains('\n'));
        diagnostic.render(true, width);
    }

    #[test]
    fn the_excerpt_keeps_to_the_width(text in any_text(), start in 0_usize..400, length in 0_usize..400, width in 40_usize..100) {
        let drawn = Diagnostic::error("e").at(Excerpt::new("f", text, start..start + length)).label("label").render(false, width);
        for line in drawn.lines() {
            prop_assert!(text::width(line) <= width, "{} > {}: {:?}", text::width(line), width, line);
        }
    }

    #[test]
    fn any_line_and_column_has_a_place(text in any_text(), line in 0_usize..20, column in 0_usize..200) {
        let excerpt = Excerpt::at("f", text.as_str(), line, column);
        prop_assert!(excerpt.line() >= 1 && text.get(excerpt.span.clone()).is_some());
        let excerpt = Excerpt::line_of("f", text.as_str(), line);
        prop_assert!(text.get(excerpt.span.clone()).is_some());
    }
}
