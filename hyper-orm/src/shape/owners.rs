//! The rows whose many are to be loaded.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::quality::RandomState;

/// Keys of rows in the order in which they were read, none where there was no row, and where the many of each belong
/// in the JSON.
#[derive(Debug)]
pub struct Owners<K> {
    pub(super) keys: Vec<Option<K>>,
    pub(super) places: Vec<usize>,
}

impl<K> Default for Owners<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), places: Vec::new() }
    }
}

/// No further place.
const LAST: usize = usize::MAX;

/// The different keys, and the places of each: many posts have one author.
pub(super) struct Places<K> {
    pub(super) keys: Vec<K>,
    first: HashMap<K, usize, RandomState>,
    next: Vec<usize>,
}

impl<K: Hash + Eq + Clone> Places<K> {
    pub(super) fn of(keys: Vec<Option<K>>) -> Self {
        let mut places = Self {
            keys: Vec::with_capacity(keys.len()),
            first: HashMap::with_capacity_and_hasher(keys.len(), RandomState::default()),
            next: vec![LAST; keys.len()],
        };
        // From the back, so that each key begins with its first place.
        for (place, key) in keys.into_iter().enumerate().rev() {
            let Some(key) = key else { continue };
            match places.first.get_mut(&key) {
                Some(first) => places.next[place] = std::mem::replace(first, place),
                None => {
                    places.keys.push(key.clone());
                    places.first.insert(key, place);
                }
            }
        }
        places
    }

    /// The places of a key.
    pub(super) fn each(&self, key: &K) -> impl Iterator<Item = usize> {
        let next = |place: usize| (place != LAST).then_some(place);
        std::iter::successors(self.first.get(key).copied(), move |&place| next(self.next[place]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_key_has_all_its_places(keys in proptest::collection::vec(proptest::option::of(0..5_u8), 0..20)) {
            let places = Places::of(keys.clone());
            prop_assert_eq!(places.keys.len(), places.first.len());
            for key in 0..5 {
                let expected: Vec<_> = (0..keys.len()).filter(|&i| keys[i] == Some(key)).collect();
                prop_assert_eq!(places.each(&key).collect::<Vec<_>>(), expected);
            }
        }
    }
}
