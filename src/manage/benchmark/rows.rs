//! The rows that are measured on: the same ones each time, on each machine.

use bytes::BytesMut;
use jiff::Timestamp;
use std::fmt::Write;

/// How many people there are, however many posts.
pub(super) const USERS: u32 = 1000;

/// Which rows these are: a baseline is of them, so whoever changes them counts it up.
pub(super) const SEED: u32 = 1;

/// The first second of 2026; a post comes each minute.
const EPOCH: i64 = 1_767_225_600;

const WORDS: [&str; 32] = [
    "amber", "anchor", "autumn", "basin", "beacon", "birch", "canal", "cedar", "cobalt", "copper", "delta",
    "ember", "fable", "garden", "harbor", "indigo", "juniper", "kernel", "lantern", "marble", "meadow",
    "nectar", "orchard", "pebble", "quartz", "river", "saffron", "timber", "umber", "velvet", "willow",
    "zephyr",
];

const SYLLABLES: [&str; 8] = ["ba", "do", "ki", "lu", "me", "no", "ri", "ta"];

/// A table's name, its columns, how many rows of it there are for so many posts, and what writes one of them, counted from 0.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static str,
    pub(super) rows: fn(u32) -> u64,
    pub(super) row: fn(&mut Rng, posts: u32, number: u64, out: &mut BytesMut),
}

/// In the order in which they are filled.
pub(super) const TABLES: [Table; 4] = [
    Table { name: "users", columns: "id, name, karma, created_at", rows: |_| u64::from(USERS), row: user },
    Table {
        name: "posts",
        columns: "id, author_id, title, url, body, score, comment_count, hot, controversy, rising, is_deleted, \
                  created_at",
        rows: |posts| u64::from(posts),
        row: post,
    },
    Table {
        name: "comments",
        columns: "id, post_id, author_id, body, score, created_at",
        rows: |posts| 5 * u64::from(posts),
        row: comment,
    },
    Table {
        name: "votes",
        columns: "user_id, post_id, value",
        rows: |posts| 4 * u64::from(posts),
        row: vote,
    },
];

/// SplitMix64: a library's generator may change with its version, and the rows with it.
pub(super) struct Rng(u64);

impl Rng {
    /// The generator of a table's rows.
    pub(super) fn of(table: &Table) -> Self {
        Self(hyper_core::db::fnv1a(table.name.as_bytes()))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// From 0 on, below `end`.
    fn below(&mut self, end: u32) -> u32 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u32
    }

    /// From 0 on, below 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 1 to `end`, the small ones more often.
    fn skewed(&mut self, end: u32) -> u32 {
        let unit = self.unit();
        1 + ((unit * unit * f64::from(end)) as u32).min(end - 1)
    }

    fn words(&mut self, count: u32, out: &mut BytesMut) {
        for i in 0..count {
            let word = WORDS[self.below(WORDS.len() as u32) as usize];
            let _ = write!(out, "{}{word}", if i == 0 { "" } else { " " });
        }
    }
}

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// When a post was written.
pub(super) fn created(post: u64) -> Timestamp {
    Timestamp::from_second(EPOCH + 60 * post as i64).unwrap_or(Timestamp::MAX)
}

/// The last word of a post's title, one of 512: so each is in the titles of few posts.
pub(super) fn topic(post: u64) -> String {
    let number = mixed(post);
    [number / 64, number / 8, number].map(|digit| SYLLABLES[(digit % 8) as usize]).concat()
}

/// Who cast one of a post's four votes: four different people.
pub(super) fn voter(post: u64, number: u64) -> u64 {
    (mixed(post) % u64::from(USERS) + 241 * number) % u64::from(USERS) + 1
}

fn user(rng: &mut Rng, _: u32, number: u64, out: &mut BytesMut) {
    let id = number + 1;
    let _ = writeln!(out, "{id}\tuser{id}\t{}\t{}", rng.below(10_000), created(id));
}

fn post(rng: &mut Rng, _: u32, number: u64, out: &mut BytesMut) {
    let (id, author) = (number + 1, rng.skewed(USERS));
    let _ = write!(out, "{id}\t{author}\t");
    rng.words(4, out);
    let _ = write!(out, " {}\thttps://example.org/{id}\t", topic(id));
    let length = 30 + rng.below(30);
    rng.words(length, out);
    let (score, comments) = ((rng.unit().powi(2) * 2000.0) as i32 - 20, rng.below(40));
    let created = created(id);
    let hot = created.as_second() as f64 / 45_000.0 + 4.0 * rng.unit();
    let (controversy, rising) = (100.0 * rng.unit(), 50.0 * rng.unit());
    let deleted = rng.below(20) == 0;
    let _ = writeln!(out, "\t{score}\t{comments}\t{hot}\t{controversy}\t{rising}\t{deleted}\t{created}");
}

fn comment(rng: &mut Rng, posts: u32, number: u64, out: &mut BytesMut) {
    let (id, post, author) = (number + 1, rng.skewed(posts), rng.skewed(USERS));
    let _ = write!(out, "{id}\t{post}\t{author}\t");
    let length = 5 + rng.below(20);
    rng.words(length, out);
    let _ = writeln!(out, "\t{}\t{}", rng.below(50), created(u64::from(post) + 1));
}

fn vote(rng: &mut Rng, _: u32, number: u64, out: &mut BytesMut) {
    let post = number / 4 + 1;
    let value = if rng.below(4) == 0 { -1 } else { 1 };
    let _ = writeln!(out, "{}\t{post}\t{value}", voter(post, number % 4));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &Table, posts: u32) -> String {
        let (mut rng, mut out) = (Rng::of(table), BytesMut::new());
        (0..(table.rows)(posts)).for_each(|number| (table.row)(&mut rng, posts, number, &mut out));
        String::from_utf8(out.to_vec()).unwrap()
    }

    /// When this fails, `SEED` has to be counted up.
    #[test]
    fn the_rows_are_the_ones_they_were() {
        let sums = TABLES.map(|table| hyper_core::db::fnv1a(rows(&table, 500).as_bytes()));
        assert_eq!(
            sums,
            [0x682d_d70a_e5a0_8f2f, 0xf692_5906_0d60_6045, 0x948c_4952_f7e9_ec46, 0x80db_639a_068b_db9a]
        );
    }

    #[test]
    fn each_row_has_its_columns_and_no_vote_is_cast_twice() {
        for posts in [1, 2, 300] {
            for table in TABLES {
                let columns = table.columns.split(", ").count();
                let rows = rows(&table, posts);
                assert!(rows.lines().all(|row| row.split('\t').count() == columns), "{}", table.name);
                assert_eq!(rows.lines().count() as u64, (table.rows)(posts));
            }
            let votes = rows(&TABLES[3], posts);
            let cast: std::collections::BTreeSet<_> =
                votes.lines().map(|vote| vote.rsplit_once('\t').unwrap().0).collect();
            assert_eq!(cast.len(), votes.lines().count());
        }
    }
}
