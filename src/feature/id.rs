//! The ids of cases: where the file lies, the `@id:` of the scenario, and for a row of an outline what is put in.

use cucumber::gherkin::{Step, StepType};

use super::outline::{Row, placeholders};
use crate::judge::{CaseId, Role};

/// Folders that give their name to the ids of the cases in them.
const KINDS: [&str; 2] = ["bulletin", "requirements"];

/// The id of a case.
pub(super) fn case_id(file: &str, tag: &str, outline: &[Step], row: Option<&Row>) -> CaseId {
    let mut segments = vec![first_segment(file), tag.to_owned()];
    if let Some(row) = row {
        let columns = identifying_columns(outline, row);
        segments.extend(columns.into_iter().map(slug).filter(|segment| !segment.is_empty()));
    }
    CaseId(segments.join("/"))
}

/// `requirements` or `bulletin` by the folder, otherwise the file's name without its ending.
fn first_segment(file: &str) -> String {
    let mut parts = file.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or_default();
    match parts.next() {
        Some(folder) if KINDS.contains(&folder) => folder.to_owned(),
        _ => slug(name.strip_suffix(".feature").unwrap_or(name)),
    }
}

/// The values that are put in: those of the columns in Given and When steps. What a row expects is no part of its name,
/// so that it keeps its name when the expectation is mended. Where no column is put in, all count.
fn identifying_columns<'a>(outline: &[Step], row: &'a Row) -> Vec<&'a str> {
    let put_in: Vec<&str> =
        outline.iter().filter(|step| step.ty != StepType::Then).flat_map(|step| placeholders(&step.value)).collect();
    let chosen: Vec<&str> = row
        .values
        .iter()
        .filter(|(column, _)| put_in.contains(&column.as_str()))
        .map(|(_, value)| value.as_str())
        .collect();
    if chosen.is_empty() { row.values.iter().map(|(_, value)| value.as_str()).collect() } else { chosen }
}

/// A value as a segment of an id: a role by its id, all else in small letters with `-` for what is neither letter,
/// digit nor dot.
fn slug(value: &str) -> String {
    if let Some(role) = Role::ALL.iter().find(|role| role.phrase() == value) {
        return role.id().to_owned();
    }
    let mut slug = String::with_capacity(value.len());
    for c in value.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '.' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{first_segment, slug};
    use rstest::rstest;

    #[rstest]
    #[case::requirement("features/requirements/relay.feature", "requirements")]
    #[case::record("features/bulletin/patches.feature", "bulletin")]
    #[case::elsewhere("cases/Our Relay.feature", "our-relay")]
    #[case::no_folder("relay.feature", "relay")]
    #[case::backslashes("C:\\cases\\bulletin\\x.feature", "bulletin")]
    fn the_folder_or_the_file_gives_the_first_segment(#[case] file: &str, #[case] expected: &str) {
        assert_eq!(first_segment(file), expected);
    }

    #[rstest]
    #[case::role("the null session", "null-session")]
    #[case::other_role("a client with a wrong password", "wrong-password")]
    #[case::deployment("exchange-5.5-on-nt4", "exchange-5.5-on-nt4")]
    #[case::command("ATRN elsewhere.example", "atrn-elsewhere.example")]
    #[case::many("  a -- b!  ", "a-b")]
    #[case::nothing("?!", "")]
    fn a_value_becomes_a_segment(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(slug(value), expected);
    }
}
