//! All that is wrong with a text, and what can be read of it nevertheless.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_yaml::{DuplicateKeyPolicy, Error};

use super::guided::{Guided, Path, Walk};
use super::keys::Keys;
use super::{Source, explain, is_blank, options};
use crate::diagnostic::{Diagnostic, nearest};

/// Entries of one text that are left out. Each costs a reading of it.
const MOST: usize = 20;

/// What could be read of a text.
#[derive(Debug)]
pub struct Salvaged<T> {
    /// The value without the entries at fault; `None` where they cannot be done without.
    pub value: Option<T>,
    /// What is wrong, in the order of the text. Where there is nothing the value is whole.
    pub wrong: Vec<Diagnostic>,
    /// What is not in the value.
    pub left_out: LeftOut,
}

/// The keys of entries at fault.
#[derive(Clone, Debug, Default)]
pub struct LeftOut(Vec<String>);

impl LeftOut {
    /// Whether one of them is this key or may be a slip of it: it is not missing then.
    pub fn may_be(&self, key: &str) -> bool {
        self.0.iter().any(|name| nearest(name, [key]).is_some())
    }
}

pub(super) fn salvage<T: DeserializeOwned>(source: &Source) -> Salvaged<T> {
    let first = match source.read() {
        Ok(value) => return Salvaged { value: Some(value), wrong: Vec::new(), left_out: LeftOut::default() },
        Err(diagnostic) if is_blank(&source.text) => {
            return Salvaged { value: None, wrong: vec![diagnostic], left_out: LeftOut::default() };
        }
        Err(diagnostic) => diagnostic,
    };
    let keys = Keys::of(source);
    let mut wrong: Vec<Diagnostic> =
        keys.doubled.iter().map(|key| explain::doubled(&key.value).at(source.excerpt(key.place()))).collect();
    let mut left_out = BTreeSet::new();
    let mut value = None;
    while left_out.len() < MOST {
        let walk = Walk::new(&left_out);
        let error = match read_without(source, &walk) {
            Ok(whole) => {
                value = Some(whole);
                break;
            }
            Err(error) => error,
        };
        let (failed, is_stuck) = (walk.failed(), walk.is_stuck());
        if !comes_of_another(&error, &failed, &left_out, &keys) {
            wrong.push(explain::explain(source, &error));
        }
        if is_stuck || failed.is_empty() || !left_out.insert(failed) {
            break;
        }
    }
    if wrong.is_empty() {
        wrong.push(first);
    }
    wrong.sort_by_key(|diagnostic| diagnostic.source.as_ref().map(|excerpt| (excerpt.line(), excerpt.column())));
    wrong.dedup();
    let left_out = named(left_out.iter(), &keys);
    Salvaged { value, wrong, left_out }
}

fn read_without<T: DeserializeOwned>(source: &Source, walk: &Walk<'_>) -> Result<T, Error> {
    let mut options = options();
    options.duplicate_keys = DuplicateKeyPolicy::FirstWins;
    serde_yaml::with_deserializer_from_str_with_options(&source.text, options, |deserializer| {
        T::deserialize(Guided::new(deserializer, walk))
    })
}

/// Whether a key is missing only because its entry, at fault itself, was left out.
fn comes_of_another(error: &Error, map: &Path, left_out: &BTreeSet<Path>, keys: &Keys) -> bool {
    let Error::SerdeMissingField { field, .. } = error.without_snippet() else { return false };
    let of_this_map = left_out.iter().filter(|path| path.split_last().is_some_and(|(_, above)| above == map));
    named(of_this_map, keys).may_be(field)
}

fn named<'p>(paths: impl Iterator<Item = &'p Path>, keys: &Keys) -> LeftOut {
    LeftOut(paths.filter_map(|path| keys.names.get(path).cloned()).collect())
}
