//! Which cases are meant: what a user types behind `smtpspec verify`.

use super::case::Case;
use super::claims::CLAIMS;
use super::lint::ClaimId;
use crate::diagnostic::{Diagnostic, nearest};

/// A selector. Anything can be written; what names nothing is an error of the suite it is used on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// An id or its beginning, in whole segments: `requirements/relay`. The first segment may be left out.
    Id(String),
    /// A claim: `c07`, or `ms02-011-c07`.
    Claim(ClaimId),
    /// A tag: `@must`.
    Tag(String),
    /// A feature file, or one line of it.
    Place {
        /// Its path, or the end of it.
        file: String,
        /// The line, from 1.
        line: Option<usize>,
    },
}

impl Selector {
    /// Reads one by its shape.
    pub fn read(text: &str) -> Self {
        if let Some(tag) = text.strip_prefix('@') {
            return Self::Tag(tag.to_owned());
        }
        if let Some(claim) = ClaimId::read(text.strip_prefix("ms02-011-").unwrap_or(text)) {
            return Self::Claim(claim);
        }
        if text.ends_with(".feature") {
            return Self::Place { file: text.to_owned(), line: None };
        }
        if let Some((file, line)) = text.rsplit_once(':')
            && file.ends_with(".feature")
            && let Ok(line) = line.parse()
        {
            return Self::Place { file: file.to_owned(), line: Some(line) };
        }
        Self::Id(text.trim_end_matches('/').to_owned())
    }

    /// Whether it names a case.
    pub fn names(&self, case: &Case) -> bool {
        match self {
            Self::Id(beginning) => {
                let id = case.requirement.id.0.as_str();
                let behind_the_first = id.split_once('/').map_or("", |(_, rest)| rest);
                begins_with(id, beginning) || begins_with(behind_the_first, beginning)
            }
            Self::Claim(claim) => case.claims.contains(claim),
            Self::Tag(tag) => case.tags.contains(tag),
            Self::Place { file, line } => ends_with_path(&case.file, file) && line.is_none_or(|line| is_at(case, line)),
        }
    }

    /// That it names nothing, with the nearest that would.
    pub(super) fn names_nothing(&self, written: &str, cases: &[Case]) -> Diagnostic {
        let error = Diagnostic::error(format!("no case is meant by `{written}`"));
        match self {
            Self::Id(id) | Self::Tag(id) if is_beyond_the_claims(id) => {
                error.remedy(format!("claims are c01 to c{:02}", CLAIMS.len()))
            }
            Self::Id(id) if cases.iter().any(|case| case.tags.contains(id)) => {
                error.remedy(format!("a tag is typed with `@` in front: did you mean `@{id}`?"))
            }
            Self::Id(_) => {
                let claims = (1..=u8::MAX).map_while(ClaimId::new).map(|claim| claim.to_string());
                let beginnings: Vec<String> = beginnings(cases).into_iter().chain(claims).collect();
                error
                    .note(
                        "an id is typed whole, or its beginning up to a `/`; a claim as `c08`, a tag with `@` in front",
                    )
                    .remedy("`smtpspec list cases` prints all there are")
                    .did_you_mean(written, beginnings.iter().map(String::as_str))
            }
            Self::Claim(claim) => error.note(format!("no case at hand carries the tag `@ms02-011-{claim}`")),
            Self::Tag(tag) => {
                let near = nearest(tag, cases.iter().flat_map(|case| &case.tags).map(String::as_str));
                match near {
                    Some(near) => error.remedy(format!("did you mean `@{near}`?")),
                    None => error.note("no case at hand carries that tag"),
                }
            }
            Self::Place { file, line } => {
                let files: Vec<&str> = cases.iter().map(|case| case.file.as_str()).collect();
                match line {
                    Some(line) if files.iter().any(|known| ends_with_path(known, file)) => {
                        error.note(format!("line {line} of that file belongs to no scenario"))
                    }
                    _ => error
                        .note("the file is not among those read; `--features PATH` says which are")
                        .did_you_mean(file, files),
                }
            }
        }
    }
}

/// Whether it is written as a claim, with a number that none has.
fn is_beyond_the_claims(text: &str) -> bool {
    let digits = text.strip_prefix("ms02-011-").unwrap_or(text).strip_prefix('c').unwrap_or_default();
    let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
    is_number && digits.parse().ok().and_then(ClaimId::new).is_none()
}

/// Every id and every beginning of one, once.
fn beginnings(cases: &[Case]) -> Vec<String> {
    let mut all = Vec::new();
    for case in cases {
        let id = &case.requirement.id.0;
        let ends = id.match_indices('/').map(|(at, _)| at).chain([id.len()]);
        for beginning in ends.filter_map(|end| id.get(..end)) {
            all.push(beginning.to_owned());
            all.extend(beginning.split_once('/').map(|(_, rest)| rest.to_owned()));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn begins_with(id: &str, beginning: &str) -> bool {
    id.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether `end` is the path, or the last parts of it.
fn ends_with_path(path: &str, end: &str) -> bool {
    let (path, end) = (path.replace('\\', "/"), end.replace('\\', "/"));
    let end = end.trim_start_matches("./");
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Whether a line belongs to a case: to its scenario, but not to another row of its outline.
fn is_at(case: &Case, line: usize) -> bool {
    case.scenario_lines.contains(&line) && (!case.is_row || line < case.first_row || line == case.line)
}
