//! When things happen: more of late, by day, and on working days.

use super::rng::Rng;

/// Seconds in a day.
pub(super) const DAY: i64 = 86_400;

/// How far back posts go: two years.
pub(super) const SPAN: i64 = 730 * DAY;

/// The hour at the anchor, for the rhythm of the day: it is taken to be a Wednesday at 16:00 UTC.
const ANCHOR_HOUR: i64 = 16;
const ANCHOR_WEEKDAY: i64 = 2;

/// How busy each hour of the day is (UTC), in percent of the busiest.
const HOURS: [usize; 24] =
    [48, 42, 36, 31, 28, 29, 36, 48, 60, 68, 72, 74, 78, 85, 93, 98, 100, 99, 94, 88, 80, 71, 62, 55];

/// How busy each day of the week is, from Monday, in percent of the busiest.
const WEEKDAYS: [usize; 7] = [94, 100, 99, 96, 86, 56, 60];

/// The ages of `count` posts, the oldest first, the newest at least a minute and a half old.
pub(super) fn posts(count: usize, rng: &mut Rng) -> Vec<i64> {
    let mut ages = Vec::with_capacity(count);
    while ages.len() < count {
        // The density falls evenly from now to nothing two years ago.
        let age = 90 + ((1.0 - rng.unit().sqrt()) * (SPAN - 90) as f64) as i64;
        let hours = ANCHOR_HOUR * 3_600 - age;
        let hour = hours.rem_euclid(DAY) / 3_600;
        let weekday = (ANCHOR_WEEKDAY + hours.div_euclid(DAY)).rem_euclid(7);
        if rng.below(10_000) < HOURS[hour as usize] * WEEKDAYS[weekday as usize] {
            ages.push(age);
        }
    }
    ages.sort_unstable_by_key(|age| std::cmp::Reverse(*age));
    ages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_lately_and_by_day_and_on_working_days() {
        let ages = posts(20_000, &mut Rng::new(1));
        assert!(ages.is_sorted_by(|older, newer| older >= newer));
        assert!(ages[0] <= SPAN && *ages.last().unwrap() >= 90);
        let last_year = ages.iter().filter(|age| **age < SPAN / 2).count();
        assert!((14_000..16_000).contains(&last_year), "{last_year}");
        let at_hour = |hour: i64| {
            ages.iter().filter(|age| (ANCHOR_HOUR * 3_600 - **age).rem_euclid(DAY) / 3_600 == hour).count()
        };
        assert!(at_hour(16) > 2 * at_hour(4));
        // 4 days before the Wednesday is a Saturday.
        let days_back = |days: i64| {
            ages.iter().filter(|age| (**age - ANCHOR_HOUR * 3_600).div_euclid(DAY) % 7 == days).count()
        };
        assert!(days_back(3) * 4 < days_back(0) * 3, "{} {}", days_back(3), days_back(0));
    }
}
