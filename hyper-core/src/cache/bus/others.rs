//! Which other instances are heard, and whether something of theirs was missed.

use std::collections::HashMap;

use super::SILENCE;

/// For how long an instance that has gone is known, so that it is noticed what was missed should it come back.
const REMEMBERED: u64 = 3_600_000;

/// The other instances, by their numbers.
#[derive(Default)]
pub(super) struct Others(HashMap<u64, Other>);

struct Other {
    /// What it said last.
    number: u64,
    /// When, in milliseconds.
    heard: u64,
    is_lost: bool,
}

/// What is to be made of what an instance says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It is new.
    News,
    /// It was heard before.
    Again,
    /// Something it said before was not.
    Missed,
}

impl Others {
    /// That an instance says something.
    pub(super) fn hear(&mut self, id: u64, number: u64, is_last: bool, now: u64) -> Heard {
        let other = self.0.get_mut(&id);
        let heard = match &other {
            None => Heard::News,
            Some(other) if number <= other.number => return Heard::Again,
            Some(other) if number == other.number + 1 => Heard::News,
            Some(_) => Heard::Missed,
        };
        if is_last {
            self.0.remove(&id);
        } else {
            self.0.insert(id, Other { number, heard: now, is_lost: false });
        }
        heard
    }

    /// How many have gone without a word since this was asked last.
    pub(super) fn newly_lost(&mut self, now: u64) -> usize {
        let mut lost = 0;
        for other in self.0.values_mut() {
            if !other.is_lost && now.saturating_sub(other.heard) > SILENCE.as_millis() as u64 {
                other.is_lost = true;
                lost += 1;
            }
        }
        self.0.retain(|_, other| now.saturating_sub(other.heard) < REMEMBERED);
        lost
    }

    /// How many are heard.
    pub(super) fn len(&self) -> usize {
        self.0.values().filter(|other| !other.is_lost).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_is_noticed() {
        let mut others = Others::default();
        assert_eq!(others.hear(7, 5, false, 0), Heard::News, "who was there before this one");
        assert_eq!(others.hear(7, 6, false, 10), Heard::News);
        assert_eq!(others.hear(7, 6, false, 10), Heard::Again);
        assert_eq!(others.hear(7, 8, false, 20), Heard::Missed);
        assert_eq!(others.hear(8, 1, false, 20), Heard::News);
        assert_eq!((others.newly_lost(3_500), others.len()), (0, 2));
        assert_eq!(others.hear(8, 2, false, 3_000), Heard::News);
        assert_eq!((others.newly_lost(3_600), others.newly_lost(3_600), others.len()), (1, 0, 1));
        // It was only slow.
        assert_eq!(others.hear(7, 9, false, 4_000), Heard::News);
        assert_eq!(others.hear(7, 10, true, 4_000), Heard::News);
        assert_eq!((others.newly_lost(100_000), others.len()), (1, 0), "who says so may go");
        assert_eq!(others.hear(8, 4, false, 200_000), Heard::Missed);
    }
}
