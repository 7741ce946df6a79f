//! The YAML crate's errors in our words.

use serde_yaml::Error;

use super::{Source, as_usize};
use crate::diagnostic::{Diagnostic, Excerpt};

/// What is wrong, where, and what to do about it.
pub(super) fn explain(source: &Source, error: &Error) -> Diagnostic {
    let error = error.without_snippet();
    let diagnostic = worded(error);
    let Some(location) = error.location() else { return diagnostic };
    if matches!(error, Error::ExternalMessage { .. })
        && let Some(place) = tab_near(source, as_usize(location.line()))
    {
        return Diagnostic::error("a tab in the indentation, where YAML has spaces only")
            .at(place)
            .remedy("indent with spaces");
    }
    diagnostic.at(source.excerpt_at(location))
}

/// The parser names the line with the tab or the one before it.
fn tab_near(source: &Source, line: usize) -> Option<Excerpt> {
    let near = source.text.lines().enumerate().skip(line.saturating_sub(1)).take(2);
    near.into_iter().find_map(|(index, line)| {
        let indentation = line.chars().take_while(|c| c.is_whitespace());
        let column = 1 + indentation.into_iter().position(|c| c == '\t')?;
        Some(Excerpt::at(&source.name, source.text.clone(), index + 1, column))
    })
}

fn worded(error: &Error) -> Diagnostic {
    match error {
        Error::SerdeUnknownField { field, expected, .. } => Diagnostic::error(format!("unknown key `{field}`"))
            .label("not a key here")
            .note(format!("the keys here are {}", listed(expected)))
            .remedy("write one of these, or leave it out")
            .did_you_mean(field, expected.iter().copied()),
        Error::SerdeUnknownVariant { variant, expected, .. } => Diagnostic::error(format!("unknown value `{variant}`"))
            .label("not a value here")
            .note(format!("the values here are {}", listed(expected)))
            .remedy("write one of these")
            .did_you_mean(variant, expected.iter().copied()),
        Error::SerdeMissingField { field, .. } => missing(field),
        Error::DuplicateMappingKey { key, .. } => doubled(key.as_deref().unwrap_or_default()),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            Diagnostic::error(format!("{expected} is wanted here, not {unexpected}"))
                .remedy(format!("write {expected}"))
        }
        Error::SerdeInvalidLength { len, expected, .. } => {
            Diagnostic::error(format!("{expected} is wanted here, not {len} of them"))
                .remedy("write as many as are wanted")
        }
        Error::Unexpected { expected: wanted, .. } | Error::InvalidScalar { ty: wanted, .. } => {
            Diagnostic::error(format!("{} wanted here", in_words(wanted))).remedy(as_written(wanted))
        }
        Error::InvalidBooleanStrict { .. } => {
            Diagnostic::error("`true` or `false` is wanted here").remedy("write `true` or `false`, in lower case")
        }
        Error::NullIntoString { .. } => {
            Diagnostic::error("there is no value here").remedy("write one, or `\"\"` where it is to be empty")
        }
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::ExpectedStringKeyForExternallyTaggedEnum { .. } => {
            Diagnostic::error("one name is wanted here, with what it holds below it")
                .remedy("write the name with a colon, and its keys below it, indented")
        }
        Error::ExpectedMappingEndAfterEnumVariantValue { .. } => {
            Diagnostic::error("only one of these can stand here").remedy("keep the one that is meant")
        }
        Error::Eof { .. } => {
            Diagnostic::error("the text ends here, where more is wanted").remedy("write what is missing")
        }
        Error::MultipleDocuments { .. } => {
            Diagnostic::error("a second document begins here").remedy("put it into a file of its own")
        }
        Error::MergeKeyNotAllowed { .. } => {
            Diagnostic::error("`<<` is not taken").remedy("write out the keys that it stands for")
        }
        Error::UnsupportedTag { tag, .. } => Diagnostic::error(format!("the tag `{tag}` is not taken"))
            .remedy("leave it out, and keep what stands behind it"),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => beyond_reading(),
        // The parser's own limit, met before the budget's where brackets follow each other.
        Error::ExternalMessage { msg, .. } if msg.contains("recursion limit") => beyond_reading(),
        Error::AliasError { error, .. } => worded(error),
        Error::Message { msg, .. } => {
            Diagnostic::error(format!("this cannot be read: {msg}")).remedy("write it in that form")
        }
        Error::ExternalMessage { msg, .. } => Diagnostic::error(format!("this cannot be read: {msg}")).remedy(NO_YAML),
        other => {
            Diagnostic::error(format!("this cannot be read: {}", without_place(&other.to_string()))).remedy(NO_YAML)
        }
    }
}

pub(super) fn missing(key: &str) -> Diagnostic {
    Diagnostic::error(format!("the key `{key}` is missing"))
        .label("among the keys here")
        .remedy(format!("add `{key}:`, or indent it as the keys here are"))
}

pub(super) fn doubled(key: &str) -> Diagnostic {
    Diagnostic::error(format!("the key `{key}` stands here a second time")).remedy("keep one of the two")
}

fn beyond_reading() -> Diagnostic {
    Diagnostic::error("nested or repeated beyond what is read").remedy("write it out flat, or in several files")
}

/// Where the text is no YAML, the mistake is here or shortly before.
const NO_YAML: &str = "look at the quotes, brackets, colons and indentation of this line and of the one before";

/// How what is wanted is written.
fn as_written(wanted: &str) -> &'static str {
    match wanted {
        "mapping start" => "write each key on a line of its own, indented, as in `name: value`",
        "sequence start" => "write `[one, other]`, or each on a line of its own behind `- `",
        "string scalar" | "scalar" => "write one value, between quotes where it has signs of YAML in it",
        "u16" | "u32" | "u64" | "usize" => "write digits alone, as in `25`",
        _ => "write that",
    }
}

/// The crate's names for what it wants, in those of people who write YAML.
fn in_words(wanted: &str) -> String {
    match wanted {
        "mapping start" => "keys with their values are".to_owned(),
        "sequence start" => "a list is".to_owned(),
        "string scalar" => "one text is".to_owned(),
        "scalar" => "one value is".to_owned(),
        "u16" => "a whole number from 0 to 65535 is".to_owned(),
        "u32" => "a whole number from 0 to 4294967295 is".to_owned(),
        "u64" | "usize" => "a whole number is".to_owned(),
        other => format!("{other} is"),
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The crate's text names the place as well, which the excerpt shows.
fn without_place(text: &str) -> &str {
    text.rfind(" at line ").and_then(|at| text.get(..at)).unwrap_or(text)
}
