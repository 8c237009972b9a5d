//! What is asked for: keys by Zipf's law, and what they lead to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How many keys there are.
pub(crate) const KEYS: usize = 100_000;

/// How many of them there is room for: what a `LocMemCache` has by default.
pub(crate) const ROOM: usize = 10_000;

/// The exponent of Zipf's law: the n-th key is asked for `n^-EXPONENT` times as often as the first.
pub(crate) const EXPONENT: f64 = 1.1;

/// The same for all, so that runs repeat.
const SEED: u64 = 2026;

/// What is kept: some 190 bytes of MessagePack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) karma: i64,
    pub(crate) joined: i64,
    pub(crate) tags: Vec<String>,
}

impl Profile {
    pub(crate) fn of(id: u32) -> Self {
        Self {
            id: id.into(),
            name: format!("user {id}"),
            about: format!("What user {id} says: a line of text that nobody reads, and a second one."),
            karma: i64::from(id) * 7 % 1_000,
            joined: 1_700_000_000 + i64::from(id),
            tags: vec!["rust".to_owned(), "databases".to_owned(), format!("tag-{}", id % 100)],
        }
    }
}

/// The keys as texts.
pub(crate) fn keys() -> Arc<[Box<str>]> {
    (0..KEYS).map(|id| format!("user:{id}").into()).collect()
}

/// Numbers of keys in the order in which they are asked for.
pub(crate) fn zipf(exponent: f64, count: usize) -> Arc<[u32]> {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=KEYS).map(|rank| (sum += (rank as f64).powf(-exponent), sum).1).collect();
    // Who is popular has any number, so that neighbours are no friends.
    let mut numbers: Vec<u32> = (0..KEYS as u32).collect();
    random.shuffle(&mut numbers);
    let mut one = || {
        let at = random.f64() * sum;
        numbers[sums.partition_point(|sum| *sum < at).min(KEYS - 1)]
    };
    (0..count).map(|_| one()).collect()
}

/// The share of the `room` most popular keys: nobody who does not know the future has more.
pub(crate) fn ideal(exponent: f64, room: usize) -> f64 {
    let share = |most: usize| (1..=most).map(|rank| (rank as f64).powf(-exponent)).sum::<f64>();
    share(room) / share(KEYS)
}
