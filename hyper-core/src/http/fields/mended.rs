//! A decoder with replaced parts: passes everything on, and keeps the place where it stands.

use std::collections::HashSet;
use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::Value;
use super::forged::Forged;
use super::mend::Mends;
use super::scalar::Scalar;

/// A part of a decoder, with the places that are replaced.
pub(crate) struct Mended<'m, T> {
    pub(super) inner: T,
    pub(super) mends: &'m Mends,
}

macro_rules! pass_on {
    ($($method:ident($($argument:ident: $type:ty),*))*) => { $(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Mended { inner: visitor, mends: self.mends })
        }
    )* };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Mended<'_, D> {
    type Error = D::Error;

    pass_on! {
        deserialize_any() deserialize_bool()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_unit()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_seq() deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_map() deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier() deserialize_ignored_any()
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! values {
    ($($method:ident($type:ty))*) => { $(
        fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )* };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Mended<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    values! {
        visit_bool(bool) visit_i8(i8) visit_i16(i16) visit_i32(i32) visit_i64(i64) visit_i128(i128)
        visit_u8(u8) visit_u16(u16) visit_u32(u32) visit_u64(u64) visit_u128(u128)
        visit_f32(f32) visit_f64(f64) visit_char(char) visit_str(&str) visit_borrowed_str(&'de str)
        visit_string(String) visit_bytes(&[u8]) visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Mended { inner, mends: self.mends })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Mended { inner, mends: self.mends })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Elements { inner, mends: self.mends, at: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let added = self.mends.added();
        let fields = Fields {
            inner,
            mends: self.mends,
            key: String::new(),
            seen: HashSet::new(),
            added,
            ended: false,
        };
        self.inner.visit_map(fields)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Mended { inner, mends: self.mends })
    }
}

/// Decodes the value at this place, or passes over it and makes one up.
struct Here<'m, S> {
    seed: S,
    mends: &'m Mends,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Here<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        match self.mends.forged() {
            None => self.seed.deserialize(Mended { inner, mends: self.mends }),
            Some(attempt) => {
                IgnoredAny::deserialize(inner)?;
                self.seed.deserialize(Forged::new(attempt))
            }
        }
    }
}

struct Elements<'m, A> {
    inner: A,
    mends: &'m Mends,
    at: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        let at = self.at;
        self.at += 1;
        let step = |path: &mut String| {
            let _ = write!(path, "[{at}]");
        };
        self.mends.at(step, || self.inner.next_element_seed(Here { seed, mends: self.mends }))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct Fields<'m, A> {
    inner: A,
    mends: &'m Mends,
    key: String,
    seen: HashSet<String>,
    added: Vec<String>,
    ended: bool,
}

impl<A> Fields<'_, A> {
    fn step(key: &str) -> impl FnOnce(&mut String) {
        move |path| {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.key = loop {
            if !self.ended {
                if let Some(key) = self.inner.next_key::<String>()? {
                    let again = !self.seen.insert(key.clone());
                    if self.mends.leaves_out(&key, again) {
                        self.inner.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    break key;
                }
                self.ended = true;
            }
            match self.added.pop() {
                None => return Ok(None),
                Some(key) => break key,
            }
        };
        let text = Value::Text(self.key.as_str().into());
        seed.deserialize(Scalar(&text)).map(Some).map_err(serde::de::Error::custom)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let key = std::mem::take(&mut self.key);
        let (mends, ended) = (self.mends, self.ended);
        mends.at(Self::step(&key), || {
            if ended {
                return seed.deserialize(Forged::new(mends.forged().unwrap_or(0)));
            }
            self.inner.next_value_seed(Here { seed, mends })
        })
    }
}

impl<'de, 'm, A: EnumAccess<'de>> EnumAccess<'de> for Mended<'m, A> {
    type Error = A::Error;
    type Variant = Mended<'m, A::Variant>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), A::Error> {
        let (value, inner) = self.inner.variant_seed(seed)?;
        Ok((value, Mended { inner, mends: self.mends }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Mended<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.inner.newtype_variant_seed(Here { seed, mends: self.mends })
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(length, Mended { inner: visitor, mends: self.mends })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, Mended { inner: visitor, mends: self.mends })
    }
}
