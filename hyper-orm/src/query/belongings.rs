//! Rows by the owners they belong to.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::quality::RandomState;

/// The rows of each owner, as often as the owner is there: by many to many, one row can be among those of several, and
/// each has its own.
#[derive(Debug)]
pub struct Belongings<K, R> {
    first: HashMap<K, Vec<R>, RandomState>,
    /// Of owners that are there more than once.
    more: HashMap<K, Vec<Vec<R>>, RandomState>,
}

impl<K: Hash + Eq + Clone, R> Belongings<K, R> {
    /// None yet, of these owners.
    pub(super) fn of(owners: &[K]) -> Self {
        let mut first = HashMap::with_capacity_and_hasher(owners.len(), RandomState::default());
        let mut more: HashMap<K, Vec<Vec<R>>, RandomState> = HashMap::default();
        for owner in owners {
            if first.insert(owner.clone(), Vec::new()).is_some() {
                more.entry(owner.clone()).or_default().push(Vec::new());
            }
        }
        Self { first, more }
    }

    /// Each of `owners` once.
    pub(super) fn distinct<'a>(&self, owners: &'a [K]) -> Cow<'a, [K]> {
        if self.more.is_empty() { owners.into() } else { self.first.keys().cloned().collect() }
    }

    /// How often each owner is there.
    pub(super) fn repeats(&self) -> Repeats<K> {
        Repeats(self.more.iter().map(|(owner, copies)| (owner.clone(), copies.len())).collect())
    }

    /// Adds a row to those of an owner, at this one of the places where the owner is.
    pub(super) fn push(&mut self, owner: &K, copy: usize, row: R) {
        let rows = match copy.checked_sub(1) {
            None => self.first.get_mut(owner),
            Some(copy) => self.more.get_mut(owner).and_then(|copies| copies.get_mut(copy)),
        };
        if let Some(rows) = rows {
            rows.push(row);
        }
    }

    /// The rows of an owner, for one of the places where it is.
    pub(super) fn take(&mut self, owner: &K) -> Vec<R> {
        let copy = if self.more.is_empty() { None } else { self.more.get_mut(owner).and_then(Vec::pop) };
        copy.or_else(|| self.first.remove(owner)).unwrap_or_default()
    }

    /// All rows, those of an owner once.
    pub(super) fn once(self) -> impl Iterator<Item = (K, Vec<R>)> {
        self.first.into_iter()
    }
}

/// How often owners are there beyond the first time; of most rows none is.
pub(super) struct Repeats<K>(HashMap<K, usize, RandomState>);

impl<K: Hash + Eq> Repeats<K> {
    /// How often an owner is there.
    pub(super) fn copies(&self, owner: &K) -> usize {
        if self.0.is_empty() { 1 } else { 1 + self.0.get(owner).copied().unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_place_of_an_owner_has_all_its_rows(owners in proptest::collection::vec(0..5_u8, 0..20), rows in proptest::collection::vec(0..5_u8, 0..20)) {
            let mut of = Belongings::of(&owners);
            let repeats = of.repeats();
            let distinct = of.distinct(&owners).into_owned();
            for (i, owner) in rows.iter().enumerate().filter(|(_, owner)| distinct.contains(owner)) {
                for copy in 0..repeats.copies(owner) {
                    of.push(owner, copy, i);
                }
            }
            for owner in &owners {
                let expected: Vec<_> = (0..rows.len()).filter(|&i| rows[i] == *owner).collect();
                prop_assert_eq!(of.take(owner), expected);
            }
        }
    }
}
