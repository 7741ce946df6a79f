use rstest::rstest;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Two {
    one: Placed<String>,
    other: Placed<Vec<u8>>,
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
