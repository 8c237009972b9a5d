//! All entries as they are, in their order: `Query<Vec<(String, String)>>`.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Entry;
use super::scalar::Scalar;

/// The entries that are left.
pub(super) struct PairList<'n, 'a>(pub(super) &'n [Entry<'a>]);

impl<'de> SeqAccess<'de> for PairList<'_, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some((entry, rest)) = self.0.split_first() else { return Ok(None) };
        self.0 = rest;
        seed.deserialize(Pair { entry, taken: 0 }).map(Some)
    }
}

/// A name and its value.
struct Pair<'n, 'a> {
    entry: &'n Entry<'a>,
    taken: usize,
}

impl<'de> Deserializer<'de> for Pair<'_, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for Pair<'_, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.taken += 1;
        match self.taken {
            1 => seed.deserialize(StrDeserializer::new(&self.entry.key)).map(Some),
            2 => seed.deserialize(Scalar(&self.entry.value)).map(Some),
            _ => Ok(None),
        }
    }
}
