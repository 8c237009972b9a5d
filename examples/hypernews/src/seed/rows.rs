//! The rows of a made-up community.

use jiff::{SignedDuration, Timestamp};

use super::Seed;
use crate::ranking;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedUser {
    /// 1, 2, ... in the order in which they joined.
    pub id: i64,
    /// The name: lower-case letters, digits, `-` and `_`, at most 20 of them, unique.
    pub name: String,
    /// What they say about themselves; often empty.
    pub about: String,
    /// The sum of the scores of their posts.
    pub karma: i64,
    /// How long ago they joined, in seconds.
    pub age: i64,
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedPost {
    /// 1, 2, ... in the order in which they were posted.
    pub id: i64,
    /// The id of who posted it.
    pub author: i64,
    /// What it is called: at most 200 characters.
    pub title: String,
    /// Where it leads: a host under `.example`; `None` for a text post.
    pub url: Option<String>,
    /// The text; always there when `url` is not.
    pub body: Option<String>,
    /// How many voted it up.
    pub ups: u32,
    /// How many voted it down.
    pub downs: u32,
    /// How many comments it has.
    pub comments: u32,
    /// How long ago it was posted, in seconds.
    pub age: i64,
}

impl SeedPost {
    /// Votes up minus votes down.
    #[must_use]
    pub fn score(&self) -> i64 {
        i64::from(self.ups) - i64::from(self.downs)
    }
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedComment {
    /// 1, 2, ... in the order in which they were written.
    pub id: i64,
    /// The id of the post it belongs to.
    pub post: i64,
    /// The id of the comment it answers; `None` answers the post.
    pub parent: Option<i64>,
    /// The id of who wrote it.
    pub author: i64,
    /// What was written.
    pub body: String,
    /// How long ago, in seconds.
    pub age: i64,
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeedVote {
    /// 1, 2, ... in the order in which they were cast.
    pub id: i64,
    /// The id of the post.
    pub post: i64,
    /// The id of who voted: never its author, and at most once a post.
    pub user: i64,
    /// Up, not down.
    pub up: bool,
    /// How long ago, in seconds.
    pub age: i64,
}

/// The numbers by which a post is ordered, as [`ranking`] defines them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    /// [`ranking::hot`].
    pub hot: f64,
    /// [`ranking::controversy`].
    pub controversy: f64,
    /// [`ranking::rise`], over all up votes.
    pub rising: f64,
}

/// The instant that was `age` seconds before `anchor`.
///
/// # Panics
/// If `anchor` is within three years of the year -9999.
#[must_use]
pub fn instant(age: i64, anchor: Timestamp) -> Timestamp {
    anchor - SignedDuration::from_secs(age)
}

impl Seed {
    /// The ranking numbers of all posts, in their order, when `anchor` is now.
    #[must_use]
    pub fn ranks(&self, anchor: Timestamp) -> Vec<Ranks> {
        let mut ranks: Vec<Ranks> = (self.posts.iter())
            .map(|post| {
                let created = instant(post.age, anchor);
                Ranks {
                    hot: ranking::hot(post.score(), created),
                    controversy: ranking::controversy(post.ups, post.downs),
                    rising: ranking::rising_start(created),
                }
            })
            .collect();
        for vote in self.votes.iter().filter(|vote| vote.up) {
            let rising = &mut ranks[vote.post as usize - 1].rising;
            *rising = ranking::rise(*rising, instant(vote.age, anchor));
        }
        ranks
    }
}
