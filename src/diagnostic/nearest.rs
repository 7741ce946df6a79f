//! "did you mean".

/// The candidate that differs from `word` in the fewest letters (case aside), if it is near enough to be meant: one letter
/// in three may differ, and at least one. The first of equals.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        // A candidate whose length differs by more cannot be near, and comparing takes the product of the lengths.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use rstest::rstest;

    const COMMANDS: [&str; 5] = ["verify", "advise", "list", "new", "lint"];

    // Expected by counting: letters put in, left out, changed, or two neighbours swapped.
    #[rstest]
    #[case::left_out("verfy", Some("verify"))]
    #[case::swapped("vreify", Some("verify"))]
    #[case::put_in("advisee", Some("advise"))]
    #[case::case_aside("VERIFY", Some("verify"))]
    #[case::short_by_one("lst", Some("list"))]
    #[case::first_of_equals("lits", Some("list"))]
    #[case::too_far("relay", None)]
    #[case::nothing_typed("", None)]
    fn names_what_was_probably_meant(#[case] word: &str, #[case] expected: Option<&str>) {
        assert_eq!(nearest(word, COMMANDS), expected);
    }

    #[test]
    fn a_megabyte_of_word_is_no_work() {
        assert_eq!(nearest(&"a".repeat(1 << 20), COMMANDS), None);
    }
}
