//! The keys of a text as they stand, whatever they are for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::DuplicateKeyPolicy;

use super::guided::Path;
use super::{Placed, Source, options};

/// What a text has for keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Each by where its entry stands. One that is there a second time has no number of its own.
    pub(super) names: BTreeMap<Path, String>,
    /// Those that stand a second time.
    pub(super) doubled: Vec<Placed<String>>,
}

impl Keys {
    /// All of a text, or those before the place where it is no YAML any more.
    pub(super) fn of(source: &Source) -> Self {
        let keys = RefCell::default();
        let mut options = options();
        options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
        // Where it ends in an error, the reading itself says so.
        let _ = serde_yaml::with_deserializer_from_str_with_options(&source.text, options, |deserializer| {
            Node { at: Vec::new(), keys: &keys }.deserialize(deserializer)
        });
        keys.into_inner()
    }
}

struct Node<'k> {
    at: Path,
    keys: &'k RefCell<Keys>,
}

impl Node<'_> {
    fn below(&self, number: usize) -> Self {
        Self { at: self.at.iter().copied().chain([number]).collect(), keys: self.keys }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($method:ident($kind:ty))*) => {$(
        fn $method<E: Error>(self, _: $kind) -> Result<(), E> {
            Ok(())
        }
    )*};
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    scalars! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_i128(i128) visit_u128(u128) visit_f64(f64) visit_str(&str) }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let mut number = 0;
        while access.next_element_seed(self.below(number))?.is_some() {
            number += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let mut known: Vec<String> = Vec::new();
        while let Some(key) = access.next_key::<Placed<String>>()? {
            if known.contains(&key.value) {
                self.keys.borrow_mut().doubled.push(key);
                access.next_value::<IgnoredAny>()?;
                continue;
            }
            let below = self.below(known.len());
            self.keys.borrow_mut().names.insert(below.at.clone(), key.value.clone());
            known.push(key.value);
            access.next_value_seed(below)?;
        }
        Ok(())
    }
}
