//! What a case rests on: the claims it carries, and the RFCs that the texts around it name.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::lint::ClaimId;
use crate::judge::Citation;

static RFC: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"RFC\s+([0-9]{3,5})(?:,?\s+(?:section\s+)?([0-9]+(?:\.[0-9]+)*))?").ok());

/// The claims, and the RFCs that the texts around the case name.
pub(super) fn sources<'a>(claims: &BTreeSet<ClaimId>, texts: impl Iterator<Item = &'a String>) -> Vec<Citation> {
    let mut sources: Vec<Citation> = claims.iter().map(|claim| Citation(format!("MS02-011 {claim}"))).collect();
    for text in texts {
        for found in RFC.iter().flat_map(|rfc| rfc.captures_iter(text)) {
            let (number, section) = (found.get(1), found.get(2));
            let number = number.map_or("", |number| number.as_str());
            let section = section.map_or(String::new(), |section| format!(" {}", section.as_str()));
            let citation = Citation(format!("RFC {number}{section}"));
            if !sources.contains(&citation) {
                sources.push(citation);
            }
        }
    }
    sources
}
