//! What must hold for every community.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::*;

fn full() -> &'static Seed {
    static SEED: OnceLock<Seed> = OnceLock::new();
    SEED.get_or_init(|| Seed::generate(Size::FULL))
}

fn check(seed: &Seed) {
    for (nth, user) in seed.users.iter().enumerate() {
        assert_eq!(user.id, nth as i64 + 1);
        assert!(user.name.len() <= 20, "{}", user.name);
        assert!(
            user.name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        );
    }
    assert_eq!(seed.users.iter().map(|user| &user.name).collect::<HashSet<_>>().len(), seed.users.len());

    let (mut ups, mut downs) = (HashMap::new(), HashMap::new());
    let mut pairs = HashSet::new();
    for (nth, vote) in seed.votes.iter().enumerate() {
        assert_eq!(vote.id, nth as i64 + 1);
        assert!(pairs.insert((vote.post, vote.user)), "{vote:?} is the second of this user");
        let post = &seed.posts[vote.post as usize - 1];
        let user = &seed.users[vote.user as usize - 1];
        assert!(
            vote.user != post.author && user.age > post.age && (0..post.age).contains(&vote.age),
            "{vote:?}"
        );
        *if vote.up { &mut ups } else { &mut downs }.entry(vote.post).or_insert(0) += 1;
    }
    let mut talked = HashMap::new();
    for (nth, comment) in seed.comments.iter().enumerate() {
        assert_eq!(comment.id, nth as i64 + 1);
        let post = &seed.posts[comment.post as usize - 1];
        assert!((0..post.age).contains(&comment.age), "{comment:?}");
        assert!(seed.users[comment.author as usize - 1].age > post.age);
        assert!(!comment.body.is_empty() && !comment.body.contains(['{', '}']));
        if let Some(parent) = comment.parent {
            let parent = &seed.comments[parent as usize - 1];
            assert!(
                parent.post == comment.post && parent.age > comment.age && parent.id < comment.id,
                "{comment:?}"
            );
        }
        *talked.entry(comment.post).or_insert(0) += 1;
    }
    let mut karma = HashMap::new();
    for (nth, post) in seed.posts.iter().enumerate() {
        assert_eq!(post.id, nth as i64 + 1);
        assert_eq!(post.ups, ups.get(&post.id).copied().unwrap_or(0));
        assert_eq!(post.downs, downs.get(&post.id).copied().unwrap_or(0));
        assert_eq!(post.comments, talked.get(&post.id).copied().unwrap_or(0));
        assert!(post.url.is_some() || post.body.is_some());
        assert!(post.title.chars().count() <= 200);
        assert!(
            post.url.as_deref().is_none_or(|url| crate::wording::host_of(url).unwrap().ends_with(".example"))
        );
        assert!(seed.users[post.author as usize - 1].age > post.age);
        *karma.entry(post.author).or_insert(0) += post.score();
    }
    assert!(seed.users.iter().all(|user| user.karma == karma.get(&user.id).copied().unwrap_or(0)));
    assert!(seed.posts.is_sorted_by(|older, newer| older.age >= newer.age));
    assert!(seed.votes.is_sorted_by(|older, newer| older.age >= newer.age));
}

#[test]
fn the_full_size_is_consistent_and_exact() {
    let seed = full();
    check(seed);
    assert_eq!(
        (seed.users.len(), seed.posts.len(), seed.comments.len(), seed.votes.len()),
        (1_000, 50_000, 250_000, 200_000)
    );
}

#[test]
fn other_sizes_are_consistent() {
    for size in [
        Size::SMALL,
        Size { users: 10, posts: 1, comments: 0, votes: 0 },
        Size { users: 10, posts: 3, comments: 200, votes: 1_000 },
        Size { users: 200, posts: 20, comments: 4_000, votes: 400 },
    ] {
        let seed = Seed::generate(size);
        check(&seed);
        assert_eq!((seed.users.len(), seed.posts.len()), (size.users, size.posts));
    }
}

#[test]
fn few_titles_are_posted_twice() {
    let seed = full();
    let titles: HashSet<&str> = seed.posts.iter().map(|post| post.title.as_str()).collect();
    let repeated = seed.posts.len() - titles.len();
    assert!(repeated < seed.posts.len() / 100, "{repeated}");
    let bodies: HashSet<&str> = seed.comments.iter().map(|comment| comment.body.as_str()).collect();
    assert!(bodies.len() > seed.comments.len() * 9 / 10, "{} different comments", bodies.len());
}

#[test]
fn attention_is_skewed() {
    let seed = full();
    let mut votes: Vec<u32> = seed.posts.iter().map(|post| post.ups + post.downs).collect();
    votes.sort_unstable();
    assert!((300..=800).contains(votes.last().unwrap()), "most votes: {}", votes.last().unwrap());
    assert!(votes[votes.len() / 2] <= 3, "median votes: {}", votes[votes.len() / 2]);
    assert!(seed.posts.iter().filter(|post| post.ups.min(post.downs) >= 10).count() > 50);
    assert!(seed.posts.iter().any(|post| post.score() < -5));

    let mut depth = vec![0u32; seed.comments.len() + 1];
    for comment in &seed.comments {
        depth[comment.id as usize] = comment.parent.map_or(1, |parent| depth[parent as usize] + 1);
    }
    let deepest = *depth.iter().max().unwrap();
    let mean = f64::from(depth.iter().sum::<u32>()) / seed.comments.len() as f64;
    assert!((8..=60).contains(&deepest), "deepest: {deepest}");
    assert!((1.5..4.0).contains(&mean), "mean depth: {mean}");
}

#[test]
fn the_rows_never_change() {
    // A change of this number makes every benchmark before it incomparable: change it knowingly.
    let seed = Seed::generate(Size::SMALL);
    // FNV-1a, because the standard library's hasher may change.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |row: String| {
        for byte in row.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    seed.users.iter().for_each(|user| add(format!("{user:?}")));
    seed.posts.iter().for_each(|post| add(format!("{post:?}")));
    seed.comments.iter().for_each(|comment| add(format!("{comment:?}")));
    seed.votes.iter().for_each(|vote| add(format!("{vote:?}")));
    assert_eq!(format!("{hash:016x}"), "30fb1b6601966407");
}

#[test]
fn rising_follows_recent_votes() {
    let seed = full();
    let ranks = seed.ranks("2026-11-18T16:00:00Z".parse().unwrap());
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by(|a, b| ranks[*b].rising.total_cmp(&ranks[*a].rising));
    // A late vote can lift an old post, but not many of them.
    let fresh = order[..30].iter().filter(|at| seed.posts[**at].age < 3 * times::DAY).count();
    assert!(fresh >= 24, "{fresh} of 30");
}
