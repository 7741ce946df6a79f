use proptest::prelude::*;
use rstest::rstest;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Two {
    one: Placed<String>,
    other: Placed<Vec<u16>>,
}

#[test]
fn a_value_knows_its_place_in_bytes() {
    let source = Source::new("two.yaml", "# é\none: \"ü\" # quoted\nother:\n  - 1\n  - 2\n");
    let two: Two = source.read().unwrap();
    assert_eq!(two.one.value, "ü");
    assert_eq!(source.text().get(two.one.place().unwrap()), Some("\"ü\""));
    assert_eq!(source.error_at(&two.other, "x").to_string(), "two.yaml:4:3: error: x");
}

#[test]
fn an_alias_is_at_the_place_where_it_is_used() {
    let source = Source::new("two.yaml", "one: &a text\nother: [1]\n");
    let text: std::collections::BTreeMap<String, Placed<String>> =
        Source::new("m.yaml", "one: &a text\nother: *a\n").read().unwrap();
    assert_eq!(text["other"].place(), Some(20..22));
    assert_eq!(source.read::<Two>().unwrap().other.value, [1]);
}

#[test]
fn what_is_written_is_read_back() {
    let two = Two { one: Placed::from("a: b # c".to_owned()), other: Placed::from(vec![1, 2]) };
    let text = write(&two).unwrap();
    assert_eq!(Source::new("written.yaml", text).read::<Two>().unwrap(), two);
}

/// A value of any form, so that no type stops the text before its size does.
fn read_any(text: &str) -> Result<serde_json::Value, Diagnostic> {
    Source::new("any.yaml", text).read()
}

fn laughs(levels: usize) -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..levels {
        let references = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{references}]\n"));
    }
    text
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Nested {
    first: u16,
    #[serde(default)]
    listed: Vec<Two>,
    #[serde(default)]
    either: Option<Either>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Either {
    This(Two),
}

fn told(text: &str) -> Vec<String> {
    let wrong = Source::new("n.yaml", text).read_all::<Nested>().expect_err("an error is wanted");
    wrong.iter().map(ToString::to_string).collect()
}

/// Each case has one mistake in several places; each is told where it is, in the order of the text.
#[rstest]
#[case::unknown_keys("x: 1\nfirst: 2\ny: [a, { b: c }]\n", &["1:1: error: unknown key `x`", "3:1: error: unknown key `y`"])]
#[case::doubled_keys(
    "first: 1\nfirst: x\nlisted: [{ one: a, one: b, other: [] }]\n",
    &["2:1: error: the key `first` stands here a second time", "3:20: error: the key `one` stands here a second time"]
)]
#[case::in_a_list(
    "first: 1\nlisted:\n  - one: [a]\n    other: []\n  - one: a\n    other: [1, b, 3, c]\n",
    &["3:10: error: one text is wanted here", "6:16: error: a whole number", "6:22: error: a whole number"]
)]
#[case::in_a_choice(
    "first: 1\neither:\n  this: { one: a, other: [], z: 1, y: 2 }\n",
    &["3:30: error: unknown key `z`", "3:36: error: unknown key `y`"]
)]
#[case::needed_and_wrong("first: x\nlisted: 1\n", &["1:8: error: a whole number", "2:9: error: a list is wanted"])]
#[case::needed_and_misspelt("frist: 1\nlisted: 1\n", &["1:1: error: unknown key `frist`", "2:9: error: a list is wanted"])]
#[case::needed_and_missing("z: 1\n", &["1:1: error: unknown key `z`", "1:1: error: the key `first` is missing"])]
#[case::no_yaml_in_the_end(
    "x: 1\nfirst: 1\nlisted: [\n",
    &["1:1: error: unknown key `x`", "3:9: error: this cannot be read"]
)]
fn all_that_is_wrong_is_told_at_once(#[case] text: &str, #[case] expected: &[&str]) {
    let told = told(text);
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(&format!("n.yaml:{expected}")), "{told}");
    }
}

#[test]
fn what_is_right_is_read_beside_what_is_wrong() {
    let text = "x: 1\nfirst: 2\nlisted: [{ one: a, other: [1, b] }, { one: [b], other: [] }]\n";
    let Salvaged { value, wrong, left_out } = Source::new("n.yaml", text).salvage::<Nested>();
    let two = Two { one: Placed::from("a".to_owned()), other: Placed::from(vec![1]) };
    assert_eq!(value, Some(Nested { first: 2, listed: vec![two], either: None }));
    assert_eq!(wrong.len(), 3);
    assert!(left_out.may_be("x") && !left_out.may_be("first"));
}

proptest! {
    /// However a text is broken, what is read with errors and what is read without agree on whether it is whole.
    #[test]
    fn a_text_is_whole_or_something_is_wrong(text in "(first|listed|one|other|x|: |- |\n|  |\\[|\\]|\\{|\\}|, |1|a|&a |\\*a){0,24}") {
        let source = Source::new("n.yaml", text);
        let (read, all) = (source.read::<Nested>(), source.read_all::<Nested>());
        prop_assert_eq!(read.is_ok(), all.is_ok());
        prop_assert!(all.err().is_none_or(|wrong| !wrong.is_empty()));
    }
}

#[rstest]
#[case::deep("[".repeat(20_000))]
#[case::deep_and_closed(format!("{}{}", "[".repeat(40), "]".repeat(40)))]
#[case::deep_in_blocks((0..40).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect())]
#[case::wide("- x\n".repeat(60_000))]
#[case::a_billion_by_aliases(laughs(9))]
fn what_is_beyond_any_file_of_ours_is_refused(#[case] text: String) {
    let diagnostic = read_any(&text).unwrap_err();
    assert_eq!(diagnostic.title, "nested or repeated beyond what is read");
    assert!(diagnostic.source.is_some());
}

#[rstest]
#[case::deep(format!("{}{}", "[".repeat(30), "]".repeat(30)))]
#[case::wide("- x\n".repeat(40_000))]
#[case::aliases(laughs(3))]
fn what_is_within_is_read(#[case] text: String) {
    assert!(read_any(&text).is_ok());
}

#[rstest]
#[case("scenarios/deployments/windows-2000.yaml", "windows-2000")]
#[case("exchange-5.5.yml", "exchange-5.5")]
#[case("C:\\files\\ours.yaml", "ours")]
#[case("ours", "ours")]
#[case("", "")]
fn an_id_is_the_files_name(#[case] name: &str, #[case] expected: &str) {
    assert_eq!(Source::new(name, "").id(), expected);
}
