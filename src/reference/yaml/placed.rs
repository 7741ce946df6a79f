//! A value with its place.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_yaml::Spanned;

use super::bytes_of;

/// A value that knows where it stood in the text it was read from. Two are equal when their values are.
#[derive(Clone, Debug, Default)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    place: Option<Range<usize>>,
}

impl<T> Placed<T> {
    /// Where it stood, in bytes from 0. `None` for a value that was not read from a text.
    pub fn place(&self) -> Option<Range<usize>> {
        self.place.clone()
    }
}

impl<T> From<T> for Placed<T> {
    fn from(value: T) -> Self {
        Self { value, place: None }
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Placed<T> {}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::deserialize(deserializer)?;
        Ok(Self { value, place: bytes_of(referenced) })
    }
}

impl<T: Serialize> Serialize for Placed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
