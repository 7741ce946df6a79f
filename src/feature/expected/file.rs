//! The form of the file.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::reference::yaml::Placed;

/// All its lines, in order.
pub(super) struct Written {
    pub(super) lines: Vec<(Placed<String>, WrittenReason)>,
}

/// What stands behind a key.
pub(super) enum WrittenReason {
    /// One reason, whatever the target.
    Everywhere(String),
    /// A reason for each target.
    On(Vec<(Placed<String>, String)>),
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines;

        impl<'de> Visitor<'de> for Lines {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("lines as `case: reason`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                let mut lines = Vec::new();
                while let Some(line) = map.next_entry()? {
                    lines.push(line);
                }
                Ok(Written { lines })
            }
        }

        deserializer.deserialize_map(Lines)
    }
}

impl<'de> Deserialize<'de> for WrittenReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = WrittenReason;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reason, or a reason for each target")
            }

            fn visit_str<E: Error>(self, reason: &str) -> Result<WrittenReason, E> {
                Ok(WrittenReason::Everywhere(reason.to_owned()))
            }

            // Nothing behind the colon: a reason without a word, which is complained of with its key.
            fn visit_unit<E: Error>(self) -> Result<WrittenReason, E> {
                self.visit_str("")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WrittenReason, A::Error> {
                let mut targets = Vec::new();
                while let Some((target, Text(reason))) = map.next_entry()? {
                    targets.push((target, reason));
                }
                Ok(WrittenReason::On(targets))
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}

/// A text, or nothing.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match WrittenReason::deserialize(deserializer)? {
            WrittenReason::Everywhere(reason) => Ok(Self(reason)),
            WrittenReason::On(_) => Err(D::Error::custom("a reason is wanted here, not further targets")),
        }
    }
}
