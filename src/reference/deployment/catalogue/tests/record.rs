//! Facts as their sources have them. The sheets in `record/` are typed from wire-facts and the RFCs, section by section,
//! and never from the product files.
//!
//! A row is `confidence key = value`. In a value `…` stands for what is not on record, `\n`, `\t` and `\s` for a line's
//! end, a tab and a space; lists are words in any order. `confidence keyword = a | b` is a row for each line of EHLO,
//! `confidence as sibling = key, key` takes the values of another sheet.

use std::collections::BTreeMap;

use super::*;
use crate::reference::deployment::facts::Confidence;

/// By product; each sheet has every fact of its product that was not chosen.
const SHEETS: &[(&str, &str)] = &[
    ("exchange-2000", include_str!("record/exchange-2000.txt")),
    ("exchange-5.0", include_str!("record/exchange-5.0.txt")),
    ("exchange-5.5", include_str!("record/exchange-5.5.txt")),
    ("nt4-option-pack-smtp", include_str!("record/nt4-option-pack-smtp.txt")),
    ("reference", include_str!("record/reference.txt")),
    ("windows-2000-smtp", include_str!("record/windows-2000-smtp.txt")),
    ("windows-xp-smtp", include_str!("record/windows-xp-smtp.txt")),
];

/// What a sheet says of a key.
type Sheet = BTreeMap<String, (Confidence, String)>;

fn sheet(product: &str) -> Sheet {
    let (_, text) = SHEETS.iter().find(|(name, _)| *name == product).unwrap_or_else(|| panic!("no sheet {product}"));
    let mut rows = Sheet::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        for (key, row) in rows_of(line) {
            assert!(rows.insert(key, row).is_none(), "{product}: a second row: {line}");
        }
    }
    rows
}

fn rows_of(line: &str) -> Vec<(String, (Confidence, String))> {
    let (confidence, row) = line.split_once(' ').unwrap_or_else(|| panic!("no row: {line}"));
    let confidence: Confidence = serde_json::from_value(confidence.into()).unwrap();
    let (key, value) = row.split_once(" =").unwrap_or_else(|| panic!("no value: {line}"));
    let value = value.trim_start();
    if key == "keyword" {
        return value.split(" | ").map(|text| (format!("keyword {text}"), (confidence, text.to_owned()))).collect();
    }
    if let Some(sibling) = key.strip_prefix("as ") {
        let theirs = sheet(sibling);
        let row = |key: &str| (key.to_owned(), (confidence, theirs[key].1.clone()));
        return value.split(", ").map(row).collect();
    }
    let value = value.replace("\\n", "\n").replace("\\t", "\t").replace("\\s", " ");
    vec![(key.to_owned(), (confidence, value))]
}

/// Whether a product's value is what the sheet has.
fn is_as_typed(value: &str, typed: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    match json(value) {
        Some(serde_json::Value::Array(words)) => {
            let words: BTreeSet<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
            words == typed.split_whitespace().collect()
        }
        Some(object @ serde_json::Value::Object(_)) => Some(object) == json(typed),
        // Every line of a reply whose code alone is on record has that code.
        _ if typed.ends_with(" …") && typed.len() == "250 …".len() => {
            value.lines().all(|line| line.get(..3) == typed.get(..3))
        }
        _ => is_spelt(value, typed),
    }
}

/// The pieces around each `…`, in their order, the first at the start and the last at the end.
fn is_spelt(value: &str, typed: &str) -> bool {
    let pieces: Vec<&str> = typed.split('…').collect();
    let [first, between @ .., last] = pieces.as_slice() else { return value == typed };
    let Some(mut rest) = value.strip_prefix(first) else { return false };
    for piece in between {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[rstest]
#[case("250 OK", "250 OK", true)]
#[case("250 OK", "250 Ok", false)]
#[case("250 OK ", "250 OK", false)]
#[case("250 OK", "250 …", true)]
#[case("214-a\n214 b", "214 …", true)]
#[case("214-a\n250 b", "214 …", false)]
#[case("250 2.1.0 OK", "250 2.1.5 …", false)]
#[case("a c b", "a…b", true)]
#[case("a c", "a…b", false)]
#[case("[\"B\",\"A\"]", "A B", true)]
#[case("[\"B\"]", "A B", false)]
#[case("[]", "", true)]
#[case("{\"a\":1}", "{\"a\": 1}", true)]
#[case("{\"a\":1}", "{\"a\": 2}", false)]
#[case("100", "100", true)]
#[case("101", "100", false)]
fn values_are_compared(#[case] value: &str, #[case] typed: &str, #[case] expected: bool) {
    assert_eq!(is_as_typed(value, typed), expected);
}

#[test]
fn a_fact_is_as_the_record_has_it() {
    for (product, _) in SHEETS {
        for (key, (confidence, typed)) in sheet(product) {
            let row = CATALOGUE.facts().find(|row| row.product == *product && row.key == key);
            let row = row.unwrap_or_else(|| panic!("{product} has no {key}"));
            assert_eq!(row.confidence, confidence, "{product}: {key}");
            assert!(is_as_typed(&row.text, &typed), "{product}: {key}: {:?} is not {typed:?}", row.text);
        }
    }
}

/// What was chosen is on no sheet: it has nothing to be held to.
#[test]
fn all_that_is_not_chosen_is_typed_in_here() {
    let is_evident = |row: &crate::reference::deployment::product::FactRow| row.confidence != Confidence::Chosen;
    let stated: BTreeSet<(String, String)> =
        CATALOGUE.facts().filter(is_evident).map(|row| (row.product, row.key)).collect();
    let typed = SHEETS.iter().flat_map(|(product, _)| {
        sheet(product).into_keys().map(move |key| ((*product).to_owned(), key)).collect::<Vec<_>>()
    });
    assert_eq!(stated, typed.collect());
}
