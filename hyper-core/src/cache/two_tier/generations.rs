//! Whether a key was changed meanwhile.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use crate::db::fnv1a;

/// Keys share a number with others: that one of those was changed looks the same, and costs a value that is not kept.
const STRIPES: usize = 1024;

/// How often keys were changed, by whomever.
///
/// Who puts a value into the first layer does it like this: looks at the number, reads or writes the second layer, sees that the
/// number is the same, puts the value in, and sees once more. Who changes a key counts first, and takes the value out then. So
/// either the one sees that it was counted, or the other takes out what the one put in.
pub(super) struct Generations(Box<[AtomicU64]>);

/// A key as it was at a moment.
#[derive(Clone, Copy)]
pub(super) struct Token<'g> {
    stripe: &'g AtomicU64,
    seen: u64,
}

impl Default for Generations {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Generations {
    fn stripe(&self, key: &str) -> &AtomicU64 {
        &self.0[fnv1a(key.as_bytes()) as usize % STRIPES]
    }

    /// The key as it is now.
    pub(super) fn now(&self, key: &str) -> Token<'_> {
        let stripe = self.stripe(key);
        Token { stripe, seen: stripe.load(SeqCst) }
    }

    /// Counts a change.
    pub(super) fn change(&self, key: &str) -> Token<'_> {
        let stripe = self.stripe(key);
        Token { stripe, seen: stripe.fetch_add(1, SeqCst) + 1 }
    }

    /// Counts a change of all keys.
    pub(super) fn change_all(&self) {
        for stripe in &self.0 {
            stripe.fetch_add(1, SeqCst);
        }
    }
}

impl Token<'_> {
    /// Whether nobody has changed the key since.
    pub(super) fn holds(self) -> bool {
        self.stripe.load(SeqCst) == self.seen
    }

    /// Counts a change of one's own, if nobody has changed the key since; if somebody has, that is counted as well.
    pub(super) fn claim(self) -> Option<Self> {
        let before = self.stripe.fetch_add(1, SeqCst);
        (before == self.seen).then_some(Self { seen: before + 1, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_who_change_a_key_at_once_at_most_one_keeps_his_value() {
        let generations = Generations::default();
        let (one, other, reader) = (generations.now("a"), generations.now("a"), generations.now("a"));
        let mine = one.claim().unwrap();
        assert!(mine.holds() && !reader.holds());
        assert!(other.claim().is_none());
        assert!(!mine.holds());
        let later = generations.now("a");
        generations.change_all();
        assert!(!later.holds() && generations.change("a").holds());
    }
}
