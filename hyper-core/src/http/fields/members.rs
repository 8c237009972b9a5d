//! The fields of a struct or the keys of a map, and which entries belong to each.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Error as _, MapAccess};

use super::Entry;
use super::key::Part;
use super::node::Node;
use super::picked::Picked;

/// Whether a key has no parts.
fn is_plain(key: &str) -> bool {
    !key.bytes().any(|byte| matches!(byte, b'.' | b'-' | b'['))
}

/// The fields of a node, each with all entries that belong to it, in the order of their first.
pub(super) struct Fields<'n, 'a> {
    node: Node<'n, 'a>,
    /// Those of the struct; none for a map.
    fields: &'static [&'static str],
    at: usize,
    /// Those that belong to a field before; empty as long as each field has one.
    used: Vec<bool>,
    value: Option<Node<'n, 'a>>,
}

impl<'n, 'a> Fields<'n, 'a> {
    pub(super) fn of(node: Node<'n, 'a>, fields: &'static [&'static str]) -> Self {
        Self { node, fields, at: 0, used: Vec::new(), value: None }
    }

    /// The name of the entry at `at`: the field it belongs to, else what its key says.
    fn name(&self, part: Part<'n>) -> &'n str {
        if let Some(field) = self.fields.iter().find(|field| part.after(field).is_some()) {
            return field;
        }
        match part {
            // The keys of a map are as they are.
            Part::Open(text) if self.node.depth == 0 => text,
            part => part.name().0,
        }
    }

    /// The next field: its name, and the entries that belong to it.
    fn advance(&mut self) -> Option<(&'n str, Picked)> {
        while self.at < self.node.len() {
            let at = self.at;
            self.at += 1;
            if self.is_used(at) {
                continue;
            }
            let entry = self.node.pick(at);
            let rest = self.node.rest(entry);
            let (name, after) = if self.node.depth == 0 && is_plain(rest) {
                if self.is_last_of(at, rest) {
                    return Some((rest, Picked::One((at, rest.len()))));
                }
                (rest, Some(""))
            } else {
                // A value beside fields, as `author` beside `author.name`, is none of them.
                let Some(part) = self.node.part(entry) else { continue };
                let name = self.name(part);
                let after = self.after(part, name);
                (name, after)
            };
            // A key that is broken behind its name is a field without entries.
            let mut picked = match after {
                Some(after) => Picked::One(self.node.advanced(entry, after)),
                None => Picked::Many(Vec::new()),
            };
            for later in self.at..self.node.len() {
                let entry = self.node.pick(later);
                if self.is_used(later) {
                    continue;
                }
                let Some(after) = self.node.part(entry).and_then(|part| self.after(part, name)) else {
                    continue;
                };
                if self.used.is_empty() {
                    self.used = vec![false; self.node.len()];
                }
                self.used[later] = true;
                picked = picked.and(self.node.advanced(entry, after));
            }
            return Some((name, picked));
        }
        None
    }

    /// Whether no key behind this one, at the root, begins like it.
    #[inline]
    fn is_last_of(&self, at: usize, name: &str) -> bool {
        let first = name.as_bytes().first();
        // Almost all that are others differ in the first letter.
        let differs = |entry: &Entry<'_>| {
            let key = entry.key.as_bytes();
            (first.is_some() && key.first() != first) || !key.starts_with(name.as_bytes())
        };
        self.node.entries.iter().skip(at + 1).all(differs)
    }

    fn is_used(&self, at: usize) -> bool {
        self.used.get(at).is_some_and(|used| *used)
    }

    fn after(&self, part: Part<'n>, name: &str) -> Option<&'n str> {
        if self.fields.is_empty() {
            return match part {
                Part::Open(text) if self.node.depth == 0 => (text == name).then_some(""),
                part => Some(part.name()).filter(|(other, _)| *other == name).map(|(_, after)| after),
            };
        }
        part.after(name)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, picked)) = self.advance() else { return Ok(None) };
        self.value = Some(self.node.child(picked)?);
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a value without its name"))?;
        seed.deserialize(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Value;
    use super::*;

    type Groups = Vec<(String, Vec<(usize, usize)>)>;

    /// Which entries belong together, by the rules and with nothing left out.
    fn by_rules(keys: &[String], fields: &[&str]) -> Groups {
        let after = |key: &str, name: &str| -> Option<usize> {
            let rest = key.strip_prefix(name)?;
            let ends = rest.is_empty()
                || rest.starts_with(['.', '-'])
                || (rest.starts_with('[') && rest.contains(']'));
            let belongs = if fields.is_empty() { rest.is_empty() } else { ends };
            belongs.then_some(name.len())
        };
        let mut taken = vec![false; keys.len()];
        let mut groups = Vec::new();
        for at in 0..keys.len() {
            if taken[at] {
                continue;
            }
            let field = fields.iter().find(|field| after(&keys[at], field).is_some());
            let name = field.map_or(keys[at].as_str(), |field| field);
            let mut group = Vec::new();
            for later in at..keys.len() {
                if !taken[later]
                    && let Some(from) = after(&keys[later], name)
                {
                    taken[later] = true;
                    group.push((later, from));
                }
            }
            groups.push((name.to_owned(), group));
        }
        groups
    }

    fn groups(keys: &[String], fields: &'static [&'static str]) -> Groups {
        let entry = |key: &String| Entry { key: key.clone().into(), value: Value::Text("".into()) };
        let entries: Vec<Entry<'_>> = keys.iter().map(entry).collect();
        let mut members = Fields::of(Node::root(&entries), fields);
        let picks = |picked| match picked {
            Picked::All => unreachable!("a field has entries of its own"),
            Picked::One(pick) => vec![pick],
            Picked::Many(picks) => picks,
        };
        std::iter::from_fn(|| members.advance())
            .map(|(name, picked)| (name.to_owned(), picks(picked)))
            .collect()
    }

    proptest! {
        #[test]
        fn entries_belong_where_the_rules_say(
            keys in proptest::collection::vec("(a|ab|a-b|b|c){0,2}([.-]|\\[|\\]|\\[0\\])?(a|b|0)?", 0..9),
        ) {
            for fields in [&[][..], &["a"], &["a", "a-b", "ab", "b"], &["a-b", "b", "a"], &["a.b", "a"]] {
                prop_assert_eq!(groups(&keys, fields), by_rules(&keys, fields), "{:?}", fields);
            }
        }
    }
}
