//! From a query to its SQL text and parameters: what an executor is handed, when nothing is sent.
//!
//! ```text
//! cargo bench --bench statement                 best of many rounds, ns a query, and allocations
//! cargo bench --bench statement -- --passes 100 no clock: so many thousand queries, for callgrind
//! ```

mod nowhere;

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::{env, time::Instant};

use hyperdjango::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use nowhere::Nowhere;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

#[derive(Model)]
#[model(table = "users")]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model)]
#[model(table = "posts")]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub title: String,
    pub author: ForeignKey<User>,
    pub score: i32,
}

/// How many queries a pass has.
const PASS: u32 = 1000;

/// Runs a future that never waits.
fn done<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing is waited for"),
    }
}

fn measure(name: &str, passes: Option<u32>, query: impl Fn(i64)) {
    let pass = || (0..i64::from(PASS)).for_each(|i| query(black_box(i)));
    if let Some(passes) = passes {
        (0..passes).for_each(|_| pass());
        return;
    }
    pass();
    let region = Region::new(ALLOCATOR);
    pass();
    let allocations = region.change().allocations;
    let mut rounds: Vec<f64> = (0..300)
        .map(|_| {
            let start = Instant::now();
            pass();
            start.elapsed().as_secs_f64() * 1e9 / f64::from(PASS)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    println!(
        "{name:<36} {:6.2} ns (best of 300; median {:.2}), {:.2} allocations",
        rounds[0],
        rounds[150],
        allocations as f64 / f64::from(PASS)
    );
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let passes = arguments.iter().skip_while(|argument| *argument != "--passes").nth(1);
    let passes = passes.map(|count| count.parse().expect("--passes: a number"));
    let db = Nowhere;

    measure("get by key", passes, |i| {
        let _ = black_box(done(Post::objects().get(&db, i)));
    });
    measure("three conditions, order, limit", passes, |i| {
        let posts = Post::objects()
            .filter(Post.author.name.eq("bob") & Post.score.gt(i as i32) & Post.id.lt(i))
            .order_by((Post.score.desc(), Post.id.desc()))
            .limit(20);
        let _ = black_box(done(posts.all(&db)));
    });
    measure("one of 16 texts by filter_if", passes, |i| {
        let posts = Post::objects()
            .filter_if((i % 2 == 0).then(|| Post.author.name.eq("bob")))
            .filter_if((i % 3 == 0).then(|| Post.score.gt(i as i32)))
            .filter_if((i % 5 == 0).then(|| Post.id.lt(i)))
            .filter_if((i % 7 == 0).then(|| Post.title.eq("x")))
            .limit(20);
        let _ = black_box(done(posts.all(&db)));
    });
    measure("update of two columns", passes, |i| {
        let post = Post::objects().filter(Post.id.eq(i));
        let _ = black_box(done(post.update(&db, (Post.score.set(Post.score + 1), Post.author.set(i)))));
    });
}
