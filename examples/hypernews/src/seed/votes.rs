//! The votes, and with them the scores.

use super::rng::{Rng, zipf};
use super::rows::{SeedPost, SeedVote};
use super::share::share;
use super::times::DAY;
use super::users::Crowd;

/// Casts about `count` votes and counts them on the posts.
pub(super) fn make(count: usize, posts: &mut [SeedPost], crowd: &Crowd, rng: &mut Rng) -> Vec<SeedVote> {
    let mut ranks: Vec<usize> = (0..posts.len()).collect();
    rng.shuffle(&mut ranks);
    let weights: Vec<f64> =
        posts.iter().zip(&ranks).map(|(post, rank)| zipf(*rank, 24.0) * freshness(post.age)).collect();
    // Not everybody who could vote does; and nobody votes on their own posts.
    let caps: Vec<usize> = (posts.iter())
        .map(|post| (crowd.size_at(post.age) * 4 / 5).saturating_sub(1).min(post.age as usize / 20))
        .collect();
    let shares = share(count, &weights, &caps, rng);

    let mut votes = Vec::with_capacity(count);
    let mut voted = vec![0; crowd.users.len()];
    for (post, share) in posts.iter_mut().zip(shares) {
        let joined = crowd.size_at(post.age);
        let liked = liking(rng);
        voted[post.author as usize - 1] = post.id;
        for _ in 0..share {
            let mut user = crowd.anybody(joined, rng);
            let mut tries = 0;
            while voted[user] == post.id {
                tries += 1;
                // Those who vote on everything have voted: go on to the next who has not.
                user = if tries < 12 { crowd.anybody(joined, rng) } else { (user + 1) % joined };
            }
            voted[user] = post.id;
            let up = rng.chance(liked);
            if up {
                post.ups += 1;
            } else {
                post.downs += 1;
            }
            let age = post.age - rng.delay(9_000.0, (post.age - 1).min(45 * DAY));
            votes.push(SeedVote { id: 0, post: post.id, user: user as i64 + 1, up, age });
        }
    }
    votes.sort_by_key(|vote| (std::cmp::Reverse(vote.age), vote.post));
    for (nth, vote) in votes.iter_mut().enumerate() {
        vote.id = nth as i64 + 1;
    }
    votes
}

/// How much attention a post has had beside others of its rank: the newest little yet, those of this week the most,
/// for the community has grown.
pub(super) fn freshness(age: i64) -> f64 {
    let hours = age as f64 / 3_600.0;
    let lately = (1.0 - hours / 120.0).max(0.0);
    hours / (hours + 3.0) * (1.0 + 6.0 * lately)
}

/// The share of votes that are up: most posts are liked, some are disputed, a few are not wanted.
fn liking(rng: &mut Rng) -> f64 {
    match rng.below(100) {
        0..4 => 0.15 + 0.25 * rng.unit(),
        4..13 => 0.42 + 0.18 * rng.unit(),
        _ => 0.88 + 0.12 * rng.unit(),
    }
}
