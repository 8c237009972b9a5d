//! Where in a struct an entry belongs.

use serde::de::value::Error;
use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Entry;
use super::key::Part;
use super::members::Fields;
use super::pair_list::PairList;
use super::picked::{Pick, Picked};
use super::scalar::Scalar;

/// How deep keys lead. Structs that hold themselves could else be as deep as a client likes.
const DEEPEST: usize = 32;

/// Entries of which the beginning of the key is the same.
pub(super) struct Node<'n, 'a> {
    pub(super) entries: &'n [Entry<'a>],
    picked: Picked,
    pub(super) depth: usize,
}

impl<'n, 'a> Node<'n, 'a> {
    /// All of them.
    pub(super) fn root(entries: &'n [Entry<'a>]) -> Self {
        Self { entries, picked: Picked::All, depth: 0 }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match &self.picked {
            Picked::All => self.entries.len(),
            Picked::One(_) => 1,
            Picked::Many(picks) => picks.len(),
        }
    }

    /// Entry `at` of them.
    pub(super) fn pick(&self, at: usize) -> Pick {
        match &self.picked {
            Picked::All => (at, 0),
            Picked::One(pick) => *pick,
            Picked::Many(picks) => picks[at],
        }
    }

    fn picks(&self) -> impl Iterator<Item = Pick> {
        (0..self.len()).map(|at| self.pick(at))
    }

    pub(super) fn child(&self, picked: Picked) -> Result<Self, Error> {
        if self.depth == DEEPEST {
            return Err(Error::custom(format!("more than {DEEPEST} levels deep")));
        }
        Ok(Self { entries: self.entries, picked, depth: self.depth + 1 })
    }

    pub(super) fn rest(&self, (index, at): (usize, usize)) -> &'n str {
        self.entries[index].key.get(at..).unwrap_or("")
    }

    pub(super) fn part(&self, entry: (usize, usize)) -> Option<Part<'n>> {
        let rest = self.rest(entry);
        if self.depth == 0 { Some(Part::Open(rest)) } else { Part::next(rest) }
    }

    /// The entry with what follows a part of its key.
    pub(super) fn advanced(&self, (index, _): (usize, usize), after: &str) -> (usize, usize) {
        (index, self.entries[index].key.len() - after.len())
    }

    /// The one value that is here.
    #[inline]
    fn scalar(&self) -> Result<Scalar<'n, 'a>, Error> {
        match self.picked {
            Picked::One((index, at)) if self.depth > 0 && at == self.entries[index].key.len() => {
                Ok(Scalar(&self.entries[index].value))
            }
            _ => self.only_leaf(),
        }
    }

    /// The one value among several entries.
    fn only_leaf(&self) -> Result<Scalar<'n, 'a>, Error> {
        let leaves = self.picks().filter(|entry| self.depth > 0 && self.rest(*entry).is_empty());
        let mut leaves = leaves.map(|(index, _)| &self.entries[index].value);
        match (leaves.next(), leaves.count()) {
            (Some(value), 0) => Ok(Scalar(value)),
            (Some(_), more) => Err(Error::custom(format!("expected one value, found {}", more + 1))),
            (None, _) => Err(Error::custom("expected one value, found fields below this one")),
        }
    }

    /// Whether keys go on below this.
    fn has_more(&self) -> bool {
        self.depth == 0 || self.picks().any(|entry| !self.rest(entry).is_empty())
    }

    /// The values of a list: those without a number in the order they came, then by their numbers.
    fn elements(&self) -> Result<Vec<Self>, Error> {
        let mut plain = Vec::new();
        let mut numbered: Vec<(u32, Vec<Pick>)> = Vec::new();
        for entry in self.picks() {
            if self.rest(entry).is_empty() {
                plain.push(self.child(Picked::One(entry))?);
                continue;
            }
            // What is no number below a list, as `posts-TOTAL_FORMS`, is no part of it.
            let Some((index, after)) = Part::next(self.rest(entry)).and_then(Part::index) else { continue };
            let entry = self.advanced(entry, after);
            match index {
                None => plain.push(self.child(Picked::One(entry))?),
                Some(index) => numbered.push((index, vec![entry])),
            }
        }
        numbered.sort_by_key(|(index, _)| *index);
        numbered.dedup_by(|(index, later), (kept, all)| {
            let same = index == kept;
            if same {
                all.append(later);
            }
            same
        });
        for (_, picked) in numbered {
            plain.push(self.child(Picked::Many(picked))?);
        }
        Ok(plain)
    }
}

macro_rules! scalars {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.scalar()?.$method(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Node<'_, '_> {
    type Error = Error;

    scalars! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.has_more() {
            self.deserialize_map(visitor)
        } else if self.len() > 1 {
            self.deserialize_seq(visitor)
        } else {
            self.scalar()?.deserialize_any(visitor)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.has_more() || self.len() > 1 {
            return visitor.visit_some(self);
        }
        self.scalar()?.deserialize_option(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == crate::http::upload::NAME {
            return self.scalar()?.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.scalar()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.depth == 0 {
            return visitor.visit_seq(PairList(self.entries));
        }
        visitor.visit_seq(Elements(self.elements()?.into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields::of(self, &[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields::of(self, fields))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { identifier }
}

struct Elements<'n, 'a>(std::vec::IntoIter<Node<'n, 'a>>);

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|node| seed.deserialize(node)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}
