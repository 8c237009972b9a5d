//! The comments: who answers whom, and when.

use super::grammar::Subject;
use super::remarks;
use super::rng::Rng;
use super::rows::{SeedComment, SeedPost};
use super::share::share;
use super::times::DAY;
use super::users::Crowd;

/// Writes `count` comments and counts them on the posts.
pub(super) fn make(
    count: usize,
    posts: &mut [SeedPost],
    subjects: &[Subject],
    crowd: &Crowd,
    rng: &mut Rng,
) -> Vec<SeedComment> {
    // What is voted on is talked about, some of it much more than the rest.
    let weights: Vec<f64> = (posts.iter())
        .map(|post| {
            let heat = 0.15 + 0.9 * rng.unit() + if rng.chance(0.06) { 2.0 } else { 0.0 };
            let question = if post.url.is_none() { 1.8 } else { 1.0 };
            (f64::from(post.ups + 2 * post.downs) + 0.25) * heat * question
        })
        .collect();
    let caps: Vec<usize> = posts.iter().map(|post| (post.age / 40) as usize).collect();
    let shares = share(count, &weights, &caps, rng);

    let mut comments: Vec<SeedComment> = Vec::with_capacity(count);
    for ((post, subject), share) in posts.iter_mut().zip(subjects).zip(shares) {
        post.comments = share as u32;
        let first = comments.len();
        let mut ages: Vec<i64> =
            (0..share).map(|_| post.age - rng.delay(14_000.0, (post.age - 1).min(21 * DAY))).collect();
        ages.sort_unstable_by_key(|age| std::cmp::Reverse(*age));
        let joined = crowd.size_at(post.age);
        for mut age in ages {
            let parent = answered(comments.len() - first, rng).map(|back| comments.len() - back);
            if let Some(parent) = parent {
                age = age.min(comments[parent].age - 1);
            }
            let author = who(post.author, parent, &comments, first, crowd, joined, rng);
            let body = remarks::comment(subject, parent.map(|at| comments[at].body.as_str()), rng);
            // Until all are in order, ids are places in this list, from 1.
            comments.push(SeedComment {
                id: comments.len() as i64 + 1,
                post: post.id,
                parent: parent.map(|at| at as i64 + 1),
                author,
                body,
                age: age.max(0),
            });
        }
    }

    comments.sort_by_key(|comment| (std::cmp::Reverse(comment.age), comment.id));
    let mut place = vec![0; comments.len() + 1];
    for (nth, comment) in comments.iter_mut().enumerate() {
        place[comment.id as usize] = nth as i64 + 1;
        comment.id = nth as i64 + 1;
    }
    for comment in &mut comments {
        comment.parent = comment.parent.map(|parent| place[parent as usize]);
    }
    comments
}

/// Which of the `before` comments on the same post is answered, counted back from the end; `None` answers the post.
fn answered(before: usize, rng: &mut Rng) -> Option<usize> {
    match rng.below(100) {
        _ if before == 0 => None,
        0..38 => None,
        // What was said last is answered most: this makes the long exchanges.
        38..70 => Some(1 + rng.below(before).min(rng.below(6))),
        // The first comments are seen by everybody.
        70..85 => Some(before - rng.below(before).min(rng.below(8))),
        _ => Some(1 + rng.below(before)),
    }
}

/// Who writes an answer: often the one who was answered, or the one who posted; not the one who spoke last.
fn who(
    asker: i64,
    parent: Option<usize>,
    comments: &[SeedComment],
    first: usize,
    crowd: &Crowd,
    joined: usize,
    rng: &mut Rng,
) -> i64 {
    let above = parent.map(|at| &comments[at]);
    if let Some(above) = above {
        let grandparent = above.parent.map(|id| comments[id as usize - 1].author);
        debug_assert!(above.parent.is_none_or(|id| id as usize > first), "an answer stays under its post");
        match grandparent {
            Some(author) if author != above.author && rng.chance(0.35) => return author,
            _ if asker != above.author && rng.chance(0.14) => return asker,
            _ => {}
        }
    }
    let mut author = crowd.anybody(joined, rng) as i64 + 1;
    for _ in 0..3 {
        if author != above.map_or(asker, |above| above.author) {
            break;
        }
        author = crowd.anybody(joined, rng) as i64 + 1;
    }
    author
}
