//! Reading with a list of entries that are passed over, and the place of the entry that stops the reading.
//!
//! serde ends at the first error, and the reader below it is in the middle of the text then. So the text is read again
//! without the entry at fault: what stands between is the same, and the YAML crate remains the one that reads.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

/// Where an entry stands: its number in each map and list that it is in, from the outermost.
pub(super) type Path = Vec<usize>;

/// The way through a text.
pub(super) struct Walk<'w> {
    left_out: &'w BTreeSet<Path>,
    at: RefCell<Path>,
    failed: RefCell<Option<Path>>,
    is_stuck: Cell<bool>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(left_out: &'w BTreeSet<Path>) -> Self {
        Self { left_out, at: RefCell::default(), failed: RefCell::default(), is_stuck: Cell::new(false) }
    }

    /// The innermost entry that could not be read; the empty path is the whole text.
    pub(super) fn failed(&self) -> Path {
        self.failed.borrow().clone().unwrap_or_else(|| self.at.borrow().clone())
    }

    /// Whether not even what is to be passed over could be read.
    pub(super) fn is_stuck(&self) -> bool {
        self.is_stuck.get()
    }

    fn enter(&self, number: usize) -> bool {
        let mut at = self.at.borrow_mut();
        at.push(number);
        self.left_out.contains(&*at)
    }

    fn leave(&self) {
        self.at.borrow_mut().pop();
    }

    /// The first to fail is the innermost; it never left its place.
    fn note<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            self.failed.borrow_mut().get_or_insert_with(|| self.at.borrow().clone());
        }
        result
    }

    fn passed_over<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        self.is_stuck.set(self.is_stuck.get() || result.is_err());
        result
    }
}

/// Any part of serde's machinery, on the way.
pub(super) struct Guided<'w, T> {
    inner: T,
    walk: &'w Walk<'w>,
    /// Whether the map that comes is no map of the text, but how the crate hands over a value with its place.
    is_wrapping: bool,
}

impl<'w, T> Guided<'w, T> {
    pub(super) fn new(inner: T, walk: &'w Walk<'w>) -> Self {
        Self { inner, walk, is_wrapping: false }
    }

    fn with<U>(&self, inner: U) -> Guided<'w, U> {
        Guided { inner, walk: self.walk, is_wrapping: self.is_wrapping }
    }
}

macro_rules! forward_deserialize {
    ($($method:ident($($name:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            let visitor = self.with(visitor);
            self.inner.$method($($name,)* visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Guided<'_, D> {
    type Error = D::Error;

    forward_deserialize! {
        deserialize_any() deserialize_bool() deserialize_char() deserialize_str() deserialize_string()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_bytes() deserialize_byte_buf() deserialize_option()
        deserialize_unit() deserialize_unit_struct(name: &'static str) deserialize_seq()
        deserialize_tuple(length: usize) deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_map() deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier() deserialize_ignored_any()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        let is_wrapping = name == "__yaml_spanned";
        let visitor = Guided { inner: visitor, walk: self.walk, is_wrapping };
        self.inner.deserialize_newtype_struct(name, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! forward_visit {
    ($($method:ident($kind:ty))*) => {$(
        fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Guided<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    forward_visit! {
        visit_bool(bool) visit_char(char) visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
        visit_i8(i8) visit_i16(i16) visit_i32(i32) visit_i64(i64) visit_i128(i128)
        visit_u8(u8) visit_u16(u16) visit_u32(u32) visit_u64(u64) visit_u128(u128)
        visit_f32(f32) visit_f64(f64) visit_bytes(&[u8]) visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.visit_some(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.visit_newtype_struct(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let entries = Entries { access: Guided::new(access, self.walk), number: 0, is_wrapping: false };
        self.inner.visit_seq(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let access = Guided::new(access, self.walk);
        self.inner.visit_map(Entries { access, number: 0, is_wrapping: self.is_wrapping })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let access = Guided::new(access, self.walk);
        self.inner.visit_enum(access)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Guided<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.deserialize(deserializer)
    }
}

/// A value with its place is handed over behind a mark and before its place, both of which are not in the text.
const WRAPPED_VALUE: usize = 1;

/// The entries of a map or a list, numbered.
struct Entries<'w, A> {
    access: Guided<'w, A>,
    number: usize,
    is_wrapping: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Guided { inner, walk, .. } = &mut self.access;
        if self.is_wrapping {
            return inner.next_key_seed(seed);
        }
        while walk.enter(self.number) {
            walk.passed_over(inner.next_entry::<IgnoredAny, IgnoredAny>())?;
            walk.leave();
            self.number += 1;
        }
        let key = walk.note(inner.next_key_seed(seed))?;
        if key.is_none() {
            walk.leave();
        }
        Ok(key)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let Guided { inner, walk, .. } = &mut self.access;
        if self.is_wrapping {
            let is_value = self.number == WRAPPED_VALUE;
            self.number += 1;
            return if is_value { inner.next_value_seed(Guided::new(seed, walk)) } else { inner.next_value_seed(seed) };
        }
        let value = walk.note(inner.next_value_seed(Guided::new(seed, walk)))?;
        walk.leave();
        self.number += 1;
        Ok(value)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let Guided { inner, walk, .. } = &mut self.access;
        while walk.enter(self.number) {
            walk.passed_over(inner.next_element::<IgnoredAny>())?;
            walk.leave();
            self.number += 1;
        }
        let element = walk.note(inner.next_element_seed(Guided::new(seed, walk)))?;
        walk.leave();
        self.number += 1;
        Ok(element)
    }
}

impl<'de, 'w, A: EnumAccess<'de>> EnumAccess<'de> for Guided<'w, A> {
    type Error = A::Error;
    type Variant = Guided<'w, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let walk = self.walk;
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, Guided::new(variant, walk)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Guided<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(Guided::new(seed, self.walk))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(length, Guided::new(visitor, self.walk))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, Guided::new(visitor, self.walk))
    }
}
