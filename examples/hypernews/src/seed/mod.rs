//! A made-up community: people, posts, votes and comments that look as if they had happened.
//!
//! The same [`Size`] always gives the same rows, on every machine: a benchmark of today can be compared with one of next year.
//! Popularity is as skewed as it is in life: a few posts have hundreds of votes and comments, most have hardly any; a few people
//! do most of the talking. Times are *ages*, in seconds before an instant that the caller chooses, so that the newest post is
//! always fresh. What can be derived is consistent: a post's ups and downs are its votes, a person's karma is the sum of the
//! scores of their posts, an answer is younger than what it answers.
//!
//! ```
//! use hypernews::seed::{Seed, Size};
//! let seed = Seed::generate(Size { users: 50, posts: 200, comments: 900, votes: 1_000 });
//! assert_eq!(seed.votes.len(), 1_000);
//! assert_eq!(seed.posts[0].id, 1);
//! ```

mod comments;
mod grammar;
mod posts;
mod remarks;
mod rng;
mod rows;
mod share;
mod times;
mod titles;
mod users;
mod votes;
mod words;

pub use rows::{Ranks, SeedComment, SeedPost, SeedUser, SeedVote, instant};

use rng::Rng;

/// How many rows to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// People, at least 10.
    pub users: usize,
    /// Posts.
    pub posts: usize,
    /// Comments on all posts together.
    pub comments: usize,
    /// Votes on all posts together. No person votes twice on a post, so what does not fit is left out:
    /// keep them under a tenth of `users * posts`.
    pub votes: usize,
}

impl Size {
    /// 1,000 users, 50,000 posts, 250,000 comments, 200,000 votes.
    pub const FULL: Size = Size { users: 1_000, posts: 50_000, comments: 250_000, votes: 200_000 };

    /// A hundredth of [`Size::FULL`] with a tenth of the users: enough to look at.
    pub const SMALL: Size = Size { users: 100, posts: 500, comments: 2_500, votes: 2_000 };
}

/// A whole community, each table in the order of its ids, which is the order of time.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The people.
    pub users: Vec<SeedUser>,
    /// What they posted.
    pub posts: Vec<SeedPost>,
    /// What they said about it.
    pub comments: Vec<SeedComment>,
    /// How they voted.
    pub votes: Vec<SeedVote>,
}

impl Seed {
    /// Makes a community of this size.
    ///
    /// # Panics
    /// With fewer than 10 users, or without posts.
    #[must_use]
    pub fn generate(size: Size) -> Self {
        assert!(size.users >= 10, "a community has at least 10 users, not {}", size.users);
        assert!(size.posts >= 1, "a community has at least one post");
        let mut rng = Rng::new(0x0068_7970_6572_6e65);
        let mut crowd = users::make(size.users, &mut rng);
        let (mut posts, subjects) = posts::make(size.posts, &crowd, &mut rng);
        let votes = votes::make(size.votes, &mut posts, &crowd, &mut rng);
        let comments = comments::make(size.comments, &mut posts, &subjects, &crowd, &mut rng);
        for post in &posts {
            crowd.users[post.author as usize - 1].karma += post.score();
        }
        Self { users: crowd.users, posts, comments, votes }
    }
}

#[cfg(test)]
mod tests;
