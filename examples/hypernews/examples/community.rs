//! Prints what the made-up community looks like in figures: `cargo run --release -p hypernews --example community`.

use std::collections::HashSet;
use std::time::Instant;

use hypernews::seed::{Seed, Size};

fn main() {
    let start = Instant::now();
    let seed = Seed::generate(Size::FULL);
    println!("generated in {:.2} s", start.elapsed().as_secs_f64());
    let spread = |name: &str, mut values: Vec<i64>| {
        values.sort_unstable();
        let at = |percent: usize| values[(values.len() - 1) * percent / 100];
        println!(
            "{name:<22} least {:>5}  10% {:>5}  half {:>5}  90% {:>5}  99% {:>5}  most {:>6}",
            at(0),
            at(10),
            at(50),
            at(90),
            at(99),
            at(100)
        );
    };
    let count = |ids: &mut dyn Iterator<Item = i64>, of: usize| {
        let mut counts = vec![0; of];
        ids.for_each(|id| counts[id as usize - 1] += 1);
        counts
    };
    let people = seed.users.len();
    spread("score of a post", seed.posts.iter().map(|post| post.score()).collect());
    spread("votes on a post", seed.posts.iter().map(|post| i64::from(post.ups + post.downs)).collect());
    spread("comments on a post", seed.posts.iter().map(|post| i64::from(post.comments)).collect());
    spread("karma", seed.users.iter().map(|user| user.karma).collect());
    spread("posts of a user", count(&mut seed.posts.iter().map(|post| post.author), people));
    spread("comments of a user", count(&mut seed.comments.iter().map(|comment| comment.author), people));
    spread("votes of a user", count(&mut seed.votes.iter().map(|vote| vote.user), people));
    let mut depth = vec![0; seed.comments.len() + 1];
    for comment in &seed.comments {
        depth[comment.id as usize] = comment.parent.map_or(1, |parent| depth[parent as usize] + 1);
    }
    spread("depth of a comment", depth.split_off(1));
    spread("length of a comment", seed.comments.iter().map(|comment| comment.body.len() as i64).collect());
    spread("length of a title", seed.posts.iter().map(|post| post.title.len() as i64).collect());
    let titles: HashSet<&str> = seed.posts.iter().map(|post| post.title.as_str()).collect();
    let bodies: HashSet<&str> = seed.comments.iter().map(|comment| comment.body.as_str()).collect();
    println!(
        "repeated titles {}, repeated comments {}",
        seed.posts.len() - titles.len(),
        seed.comments.len() - bodies.len()
    );
    println!("text posts {}", seed.posts.iter().filter(|post| post.url.is_none()).count());
}
