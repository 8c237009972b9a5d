//! Somebody holds a lock for ever.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyperdjango::db::{Db, ErrorKind, Executor};
use hyperdjango::prelude::*;

use crate::load::Load;
use crate::models::{Article, Counter, make_tables};
use crate::outcome::{row, short};
use crate::whole::{EXCLUSIVE, assert_whole, count, options, outside, until};

/// A row that no client of the load writes.
const HELD: i64 = 60;

async fn add(db: &impl Executor) -> Result<(), hyperdjango::orm::Error> {
    Counter::objects().filter(Counter.id.eq(HELD)).update(db, Counter.n.set(Counter.n + 1)).await.map(drop)
}

/// What waits for the lock has limits, and the others go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_is_held_for_ever() {
    let database = hyper_tests::postgres();
    let look = outside(database.url());
    make_tables(&look).await;
    let mut options = options();
    options.query_timeout = Duration::from_millis(500);
    let db = Db::with_options(database.url().parse().unwrap(), options);
    let load = Load::begin(&db).await;
    let lock = look.begin().await.unwrap();
    Counter::objects().filter(Counter.id.eq(HELD)).select_for_update().all(&lock).await.unwrap();

    let (slowest, refused) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
    let timed = async |kind: ErrorKind,
                       work: std::pin::Pin<
        Box<dyn Future<Output = Result<(), hyperdjango::orm::Error>> + Send + '_>,
    >| {
        let started = Instant::now();
        let error = work.await.unwrap_err();
        assert_eq!(error.kind(), Some(kind), "{error}");
        assert_eq!(hyperdjango::Error::from(error).status(), 503);
        slowest.fetch_max(started.elapsed().as_millis() as usize, SeqCst);
        refused.fetch_add(1, SeqCst);
    };
    let victim = async |n: usize| {
        for _ in 0..3 {
            match n {
                0 => timed(ErrorKind::Timeout, Box::pin(add(&db))).await,
                _ => {
                    let work = async {
                        let tx = db.transaction().lock_timeout(Duration::from_millis(200));
                        tx.atomic(async |tx| add(tx).await).await
                    };
                    timed(ErrorKind::Locked, Box::pin(work)).await;
                }
            }
        }
    };
    let others = async {
        until("who waits for the lock", async || count(&look, "wait_event_type = 'Lock'").await.unwrap() > 0)
            .await;
        load.more(300).await;
    };
    tokio::join!(join_all((0..3).map(victim)), others);
    lock.rollback().await.unwrap();
    let recovered = load.all_served().await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[]);
    assert_whole(&db, &look).await;
    let (slowest, refused) = (Duration::from_millis(slowest.load(SeqCst) as u64), refused.load(SeqCst));
    outcome.print(
        &format!(
            "a row locked for ever; {refused} who want it are refused (`Timeout`, `Locked`) within {}",
            short(slowest)
        ),
        recovered,
    );
}

/// Without limits those who wait have all connections for writes. The next are refused in time, and reads go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_limits_the_pool_has_one() {
    let database = hyper_tests::postgres();
    let (db, look) = (crate::whole::open(database.url()), outside(database.url()));
    make_tables(&look).await;
    // Known to be short, and read on a connection that is shared: on a busy machine the first times may have been long.
    until("a read to be short", async || {
        let before = db.stats().acquires;
        for id in 1..=20 {
            Article::objects().get(&db, id).await.unwrap();
        }
        db.stats().acquires == before
    })
    .await;
    let lock = look.begin().await.unwrap();
    Counter::objects().filter(Counter.id.eq(HELD)).select_for_update().all(&lock).await.unwrap();
    let stuck: Vec<_> = (0..EXCLUSIVE)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { add(&db).await })
        })
        .collect();
    let waiting = async || count(&look, "wait_event_type = 'Lock'").await.unwrap();
    until("all to wait", async || waiting().await == EXCLUSIVE as i64).await;
    let started = Instant::now();
    let next = async {
        let error = db.begin().await.unwrap_err();
        (error, started.elapsed())
    };
    let reads = async {
        let mut read = 0;
        for id in 1..=200 {
            match Article::objects().get(&db, id).await {
                Ok(_) => read += 1,
                // Held up by others on the machine it may be taken for a long one, which wants a connection alone.
                Err(error) => {
                    assert_eq!(error.kind(), Some(ErrorKind::Unavailable), "{error}");
                    break;
                }
            }
        }
        read
    };
    let ((error, took), read) = tokio::join!(next, reads);
    assert!(read > 0);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("POOL_SIZE"), "{error}");
    assert!((Duration::from_secs(2)..Duration::from_secs(12)).contains(&took), "{took:?}");
    lock.rollback().await.unwrap();
    let mended = Instant::now();
    for task in stuck {
        task.await.unwrap().unwrap();
    }
    let recovered = mended.elapsed();
    assert_eq!(Counter::objects().get(&look, HELD).await.unwrap().n, EXCLUSIVE as i64);
    assert_whole(&db, &look).await;
    row(
        "a row locked for ever, and no limit is set",
        &format!("{EXCLUSIVE} writers of the row, who have all connections for writes; 200 short reads"),
        &format!("{read} were read; the next writer `Unavailable` within {}", short(took)),
        "nothing",
        &short(recovered),
    );
}
