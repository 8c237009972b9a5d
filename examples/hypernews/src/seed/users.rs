//! The people, and how often each of them takes part.

use std::collections::HashSet;

use super::grammar::Subject;
use super::rng::{Rng, zipf};
use super::rows::SeedUser;
use super::times::{DAY, SPAN};
use super::words::{ABOUT, NAME_ENDS, NAME_STARTS, TOPICS};

/// The people with what is needed to draw one of them.
pub(super) struct Crowd {
    pub(super) users: Vec<SeedUser>,
    /// How much the people up to each one take part, added up.
    activity: Vec<f64>,
    /// The topics each of them likes best.
    pub(super) tastes: Vec<[usize; 2]>,
}

impl Crowd {
    /// How many people had joined `age` seconds ago: those with the ids up to that number.
    pub(super) fn size_at(&self, age: i64) -> usize {
        self.users.partition_point(|user| user.age > age).max(1)
    }

    /// The place of one of the first `joined` people, the active ones more often.
    pub(super) fn anybody(&self, joined: usize, rng: &mut Rng) -> usize {
        let at = rng.unit() * self.activity[joined - 1];
        self.activity[..joined].partition_point(|sum| *sum <= at).min(joined - 1)
    }
}

/// Makes `count` people.
pub(super) fn make(count: usize, rng: &mut Rng) -> Crowd {
    // A third was here before the first post, the others came evenly since.
    let mut ages: Vec<i64> = (0..count)
        .map(|nth| {
            if nth < 8 || nth % 3 == 0 {
                SPAN + 1 + rng.below(300 * DAY as usize) as i64
            } else {
                DAY + rng.below((SPAN - DAY) as usize) as i64
            }
        })
        .collect();
    ages.sort_unstable_by_key(|age| std::cmp::Reverse(*age));

    let mut ranks: Vec<usize> = (0..count).collect();
    rng.shuffle(&mut ranks);
    let mut sum = 0.0;
    let activity = ranks
        .iter()
        .map(|rank| {
            sum += zipf(*rank, 20.0);
            sum
        })
        .collect();

    let mut taken = HashSet::with_capacity(count);
    let mut users = Vec::with_capacity(count);
    let mut tastes = Vec::with_capacity(count);
    for (nth, age) in ages.into_iter().enumerate() {
        let mut name = name(rng);
        while !taken.insert(name.clone()) {
            name.push_str(&rng.below(100).to_string());
        }
        let taste = [rng.below(TOPICS.len()).min(rng.below(TOPICS.len())), rng.below(TOPICS.len())];
        let mut about = String::new();
        if rng.chance(0.55) {
            let subject = Subject::new(TOPICS[taste[0]], rng);
            subject.say(rng.pick(ABOUT), rng, &mut about);
        }
        users.push(SeedUser { id: nth as i64 + 1, name, about, karma: 0, age });
        tastes.push(taste);
    }
    Crowd { users, activity, tastes }
}

fn name(rng: &mut Rng) -> String {
    let (start, end) = (rng.pick(NAME_STARTS), rng.pick(NAME_ENDS));
    match rng.below(10) {
        0..4 => format!("{start}{end}"),
        4..6 => format!("{start}_{end}"),
        6 => format!("{start}-{end}"),
        7 => format!("{end}{}", 10 + rng.below(90)),
        8 => format!("{start}{}", 1 + rng.below(99)),
        _ => format!("the{end}"),
    }
}
