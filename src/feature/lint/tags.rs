//! Tags: ours, which have a meaning, and foreign ones, which are left alone unless they look like a slip of ours.

use std::fmt;

use crate::diagnostic::{Diagnostic, nearest};
use crate::feature::claims::CLAIMS;

/// A claim of MS02-011, by its number: `c07`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimId(u8);

impl ClaimId {
    /// The claim of that number, where there is one.
    pub fn new(number: u8) -> Option<Self> {
        (1..=CLAIMS.len()).contains(&usize::from(number)).then_some(Self(number))
    }

    /// Reads `c07`.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('c')?;
        if digits.len() != 2 {
            return None;
        }
        digits.parse().ok().and_then(Self::new)
    }

    /// Its number, from 1.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{:02}", self.0)
    }
}

/// A tag that means something here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::feature) enum OurTag {
    Must,
    Should,
    ModelOnly,
    Disruptive,
    Claim(ClaimId),
    Id(String),
}

/// Words of ours that a tag can be a slip of.
const OURS: [&str; 6] = ["must", "should", "model-only", "disruptive", "id:", "ms02-011-c01"];

/// Reads a tag without its `@`: one of ours, `None` for a foreign one.
///
/// # Errors
/// When it looks like one of ours and is not; without a place.
pub(in crate::feature) fn read_tag(tag: &str) -> Result<Option<OurTag>, Box<Diagnostic>> {
    match tag {
        "must" => return Ok(Some(OurTag::Must)),
        "should" => return Ok(Some(OurTag::Should)),
        "model-only" => return Ok(Some(OurTag::ModelOnly)),
        "disruptive" => return Ok(Some(OurTag::Disruptive)),
        _ => {}
    }
    if let Some(id) = tag.strip_prefix("id:") {
        return read_id(id).map(|id| Some(OurTag::Id(id)));
    }
    if let Some(claim) = tag.strip_prefix("ms02-011-") {
        return match ClaimId::read(claim) {
            Some(claim) => Ok(Some(OurTag::Claim(claim))),
            None => Err(Box::new(
                Diagnostic::error(format!("`{claim}` is no claim of MS02-011"))
                    .remedy(format!("the claims are c01 to c{:02}; `smtpspec list claims` prints them", CLAIMS.len())),
            )),
        };
    }
    let meant = slip(tag);
    match meant {
        Some(meant) => Err(Box::new(
            Diagnostic::error(format!("`@{tag}` is not a tag of smtpspec's, and nearly one"))
                .remedy(format!("did you mean `@{meant}`?")),
        )),
        None => Ok(None),
    }
}

fn read_id(id: &str) -> Result<String, Box<Diagnostic>> {
    let is_fine = |segment: &str| {
        !segment.is_empty()
            && segment.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'))
    };
    if id.split('/').all(is_fine) {
        return Ok(id.to_owned());
    }
    Err(Box::new(
        Diagnostic::error(format!("`{id}` is no id for a case"))
            .remedy("write words of small letters, digits, `-` and `.`, with `/` between: `@id:relay/null-session`"),
    ))
}

/// The tag of ours that this one is probably a slip of.
fn slip(tag: &str) -> Option<String> {
    let lower = tag.to_lowercase();
    if let Some((word, id)) = lower.split_once([':', '=']) {
        return (nearest(word, ["id"]).is_some() && !id.is_empty()).then(|| format!("id:{id}"));
    }
    if lower.starts_with("ms02") {
        let digits: String =
            lower.rsplit('c').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        let claim = digits.parse().ok().and_then(ClaimId::new);
        return Some(claim.map_or_else(|| "ms02-011-c01".to_owned(), |claim| format!("ms02-011-{claim}")));
    }
    nearest(&lower, OURS).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{ClaimId, OurTag, read_tag};
    use rstest::rstest;

    #[rstest]
    #[case::level("must", Some(OurTag::Must))]
    #[case::other_level("should", Some(OurTag::Should))]
    #[case::id("id:relay/null-session", Some(OurTag::Id("relay/null-session".to_owned())))]
    #[case::foreign("nightly", None)]
    #[case::foreign_with_a_colon("owner:mail-team", None)]
    fn reads_what_is_meant(#[case] tag: &str, #[case] expected: Option<OurTag>) {
        assert_eq!(read_tag(tag).unwrap(), expected);
    }

    #[rstest]
    #[case::first("c01", Some(1))]
    #[case::last("c24", Some(24))]
    #[case::one_digit("c7", None)]
    #[case::none("c00", None)]
    #[case::one_too_many("c25", None)]
    fn there_are_24_claims(#[case] text: &str, #[case] number: Option<u8>) {
        assert_eq!(ClaimId::read(text).map(ClaimId::number), number);
    }

    #[rstest]
    #[case::level("msut", "did you mean `@must`?")]
    #[case::capital("Must", "did you mean `@must`?")]
    #[case::model("modelonly", "did you mean `@model-only`?")]
    #[case::dash("ms02-11-c07", "did you mean `@ms02-011-c07`?")]
    #[case::underscore("ms02_011_c7", "did you mean `@ms02-011-c07`?")]
    #[case::equals("id=relay/guest", "did you mean `@id:relay/guest`?")]
    #[case::no_such_claim("ms02-011-c25", "the claims are c01 to c24; `smtpspec list claims` prints them")]
    fn a_slip_of_ours_is_an_error(#[case] tag: &str, #[case] remedy: &str) {
        assert_eq!(read_tag(tag).unwrap_err().remedy.unwrap(), remedy);
    }

    #[rstest]
    #[case("id:")]
    #[case("id:Relay")]
    #[case("id:relay//guest")]
    #[case("id:relay/")]
    fn an_id_is_made_of_words(#[case] tag: &str) {
        assert!(read_tag(tag).is_err());
    }
}
