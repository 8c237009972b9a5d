//! A statement of ten seconds beside a thousand that are fast.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyperdjango::db::{Db, Executor, Reader, Sql};
use hyperdjango::prelude::*;

use crate::models::{ARTICLES, Article, make_tables, title};
use crate::outcome::{row, short};
use crate::whole::{assert_whole, count, open, outside, until};

const SLEEP: Sql<'static> = Sql::new("SELECT 1 FROM pg_sleep(10)");
const FAST: usize = 1000;
const TASKS: usize = 16;

/// Reads a thousand articles in several tasks; the times they took.
async fn fast(db: &Db) -> Vec<Duration> {
    let next = &AtomicUsize::new(0);
    let task = async || {
        let mut times = Vec::new();
        loop {
            let n = next.fetch_add(1, SeqCst);
            if n >= FAST {
                return times;
            }
            let id = (n as i64 * 7) % ARTICLES + 1;
            let started = Instant::now();
            assert_eq!(Article::objects().get(db, id).await.unwrap().title, title(id));
            times.push(started.elapsed());
        }
    };
    join_all((0..TASKS).map(|_| task())).await.concat()
}

fn p99(rounds: impl Iterator<Item = Vec<Duration>>) -> Duration {
    let mut times: Vec<_> = rounds.flatten().collect();
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_seconds_beside_a_thousand_reads() {
    let database = hyper_tests::postgres();
    let (db, look) = (open(database.url()), outside(database.url()));
    make_tables(&look).await;
    // Each is tried out alone first, and known then.
    fast(&db).await;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    // In turns: other programs on the machine are in both.
    for round in 0..3 {
        alone.push(fast(&db).await);
        // A read, which nobody knows to be long at first, and a transaction.
        let (reads, db) = (&db, db.clone());
        let long: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = if round == 0 {
            Box::pin(async move {
                db.read(SLEEP, &[], |_| Ok(())).await.unwrap();
            })
        } else {
            Box::pin(async move {
                db.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(10)").await).await.unwrap();
            })
        };
        let thousand = async {
            until("it to be under way", async || count(&look, "wait_event = 'PgSleep'").await.unwrap() == 1)
                .await;
            let times = fast(reads).await;
            assert_eq!(count(&look, "wait_event = 'PgSleep'").await.unwrap(), 1);
            times
        };
        tokio::select! {
            () = long => panic!("the thousand took more than ten seconds"),
            times = thousand => beside.push(times),
        }
        // Given up, it is stopped.
        until("nobody to sleep", async || count(&look, "wait_event = 'PgSleep'").await.unwrap() == 0).await;
    }
    assert_whole(&db, &look).await;
    let (alone, beside) = (p99(alone.into_iter()), p99(beside.into_iter()));
    row(
        "a statement of 10 s, which is given up",
        &format!("{TASKS} readers: 3 times {FAST} reads beside it"),
        &format!("p99 of the reads {}, without it {}", short(beside), short(alone)),
        "nothing",
        "at once",
    );
}
