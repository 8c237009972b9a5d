//! What is in the log of slow statements, and what is not.

use std::time::Duration;

use hyperdjango::db::{SlowQueryLog, SlowQueryOptions, Sql};
use hyperdjango::health::{SlowQuery, slow_queries};
use hyperdjango::prelude::*;

use super::site::start;
use super::{database, until};

fn at(threshold: Duration) -> SlowQueryOptions {
    let mut options = SlowQueryOptions::default();
    options.threshold = threshold;
    options
}

async fn texts(db: &Db) -> Vec<String> {
    let all = SlowQuery::objects().order_by(SlowQuery.id.asc()).all(db).await.unwrap();
    all.into_iter().map(|slow| slow.sql_text).collect()
}

const SLOW: Sql<'static> = Sql::new("SELECT pg_sleep($1), $2::text");

async fn sleep(db: &Db, seconds: f64, text: &str) {
    db.read(SLOW, &[&seconds, &text], |_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_slow_statement_is_in_it_and_a_fast_one_is_not() {
    let database = hyper_tests::postgres();
    let site = start(database.url(), &[("SLOW_QUERY_LOG", "true"), ("SLOW_QUERY_PARAMS_LENGTH", "20")]).await;
    let (db, log) = (&site.db, site.db.slow_query_log().unwrap());
    assert_eq!(log.threshold(), Duration::from_millis(100));
    sleep(db, 0.0, "fast").await;
    log.flush().await;
    assert_eq!(log.stats(), Default::default());
    sleep(db, 0.11, "slow, with ä, 'quotes' and more").await;
    db.execute_batch("SELECT pg_sleep(0.2)").await.unwrap();
    db.atomic(async |tx| tx.execute_batch("SELECT pg_sleep(0.15)").await).await.unwrap();
    // Also one that nobody waited for: it is the one that is looked for.
    let _ =
        tokio::time::timeout(Duration::from_millis(120), db.execute_batch("SELECT pg_sleep(0.121)")).await;
    log.flush().await;
    let all: Vec<SlowQuery> = slow_queries().all(db).await.unwrap();
    let shown: Vec<(&str, &str)> = all.iter().map(|slow| (&*slow.sql_text, &*slow.params_summary)).collect();
    assert!(shown.contains(&(SLOW.text, "0.11, \"slow, with ä,")), "{shown:?}");
    for text in ["SELECT pg_sleep(0.2)", "SELECT pg_sleep(0.15)", "SELECT pg_sleep(0.121)"] {
        assert!(shown.contains(&(text, "")), "{text} in {shown:?}");
    }
    assert!(all.is_sorted_by(|one, next| one.duration_ms >= next.duration_ms), "{all:?}");
    assert!(all.iter().all(|slow| slow.duration_ms >= 100.0), "{all:?}");
    let slowest = all.iter().find(|slow| slow.sql_text.contains("0.2")).unwrap();
    let age = jiff::Timestamp::now().duration_since(slowest.timestamp);
    assert!(slowest.duration_ms >= 200.0 && age.as_secs() < 60, "{slowest:?}");
    // Unlogged, with its two indexes.
    let mut found = Vec::new();
    let definition = Sql::new(
        "SELECT relpersistence::text FROM pg_class WHERE relname = 'hyper_slow_queries' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'hyper_slow_queries' AND indexdef LIKE '% DESC)'",
    );
    db.read(definition, &[], |row| {
        found.push(row.get::<_, String>(0));
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!((found.len(), &*found[0]), (3, "u"), "{found:?}");
    // The last ones are written when the site stops.
    sleep(db, 0.13, "the last").await;
    hyperdjango::App::stop(&**site).await;
    let after = self::database(database.url());
    assert!(
        slow_queries().all(&after).await.unwrap().iter().any(|slow| slow.params_summary.contains("0.13"))
    );
}

/// With a threshold of nothing every statement is slow, and those of the log itself would be, too.
#[tokio::test]
async fn it_never_logs_itself() {
    let url = hyper_tests::postgres();
    let (db, other) = (database(url.url()), database(url.url()));
    let log = SlowQueryLog::start(&db, at(Duration::ZERO));
    for _ in 0..3 {
        sleep(&db, 0.0, "one").await;
        log.flush().await;
    }
    assert_eq!(texts(&other).await, [SLOW.text; 3]);
    // Of another database, a replica say, into the same table.
    log.watch(&other);
    sleep(&other, 0.0, "two").await;
    log.flush().await;
    assert_eq!(log.stats().written, 4);
    // Long texts are cut by characters.
    let long = format!("SELECT '{}'", "ä".repeat(5000));
    db.execute_batch(&long).await.unwrap();
    log.stop().await;
    let third = database(url.url());
    let last = texts(&third).await.pop().unwrap();
    assert_eq!(last, long.chars().take(2000).collect::<String>());
    sleep(&db, 0.0, "nobody takes it").await;
    assert_eq!(texts(&third).await.len(), 5);
}

#[tokio::test]
async fn what_is_too_old_is_removed_and_a_lost_table_is_made_again() {
    let url = hyper_tests::postgres();
    let db = database(url.url());
    let log = SlowQueryLog::start(&db, at(Duration::from_millis(100)));
    db.execute_batch("SELECT pg_sleep(0.1)").await.unwrap();
    log.flush().await;
    db.execute_batch(
        "INSERT INTO hyper_slow_queries (sql_text, duration_ms, params_summary, timestamp) \
         SELECT 'old', 1, '', now() - interval '8 days' FROM generate_series(1, 25000); \
         INSERT INTO hyper_slow_queries (sql_text, duration_ms, params_summary, timestamp) \
         VALUES ('not old', 1, '', now() - interval '6 days')",
    )
    .await
    .unwrap();
    log.stop().await;
    // It sweeps once an hour, and with its first statement.
    let log = SlowQueryLog::start(&db, at(Duration::from_millis(100)));
    db.execute_batch("SELECT pg_sleep(0.1)").await.unwrap();
    log.flush().await;
    let left = texts(&db).await;
    assert!(
        !left.iter().any(|text| text == "old") && left.iter().any(|text| text == "not old"),
        "{}",
        left.len()
    );
    db.execute_batch("DROP TABLE hyper_slow_queries").await.unwrap();
    db.execute_batch("SELECT pg_sleep(0.1)").await.unwrap();
    log.flush().await;
    assert_eq!(texts(&db).await, ["SELECT pg_sleep(0.1)"]);
    assert_eq!(log.stats().dropped, 0);
}

/// Nobody waits for a table that is locked, and the memory is that of the queue. In a process of its own, as other tests
/// have memory, too.
#[test]
fn a_hundred_thousand_do_not_grow_memory_nor_wait() {
    const CHILD: &str = "HYPER_TEST_SLOW_MEMORY";
    if std::env::var_os(CHILD).is_none() {
        let this = std::env::current_exe().unwrap();
        let name = "health::slow::a_hundred_thousand_do_not_grow_memory_nor_wait";
        let child = std::process::Command::new(this)
            .args(["--exact", name, "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stderr);
        assert!(
            child.status.success() && said.contains("KiB"),
            "{}{said}",
            String::from_utf8_lossy(&child.stdout)
        );
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let url = hyper_tests::postgres();
        let (db, other) = (database(url.url()), database(url.url()));
        let log = SlowQueryLog::start(&db, at(Duration::ZERO));
        sleep(&db, 0.0, "the table").await;
        log.flush().await;
        let lock = other.begin().await.unwrap();
        lock.execute_batch("LOCK TABLE hyper_slow_queries").await.unwrap();
        let text = "x".repeat(3000);
        let run = async |count: usize| {
            let tasks = (0..64).map(|_| {
                let (db, text) = (db.clone(), text.clone());
                tokio::spawn(async move {
                    for _ in 0..count / 64 {
                        sleep(&db, 0.0, &text).await;
                    }
                })
            });
            for task in tasks {
                task.await.unwrap();
            }
        };
        // Until the queue is full and everything else has the size that it has.
        run(4_096).await;
        let before = resident();
        run(102_400).await;
        let grown = resident().saturating_sub(before);
        eprintln!("{grown} KiB more");
        assert!(grown < 8 * 1024, "{grown} KiB more");
        let stats = log.stats();
        assert!(stats.queued <= 1024 && stats.dropped > 95_000, "{stats:?}");
        drop(lock);
        until("the queue to be written", async || log.stats().queued == 0).await;
        log.flush().await;
        let stats = log.stats();
        assert_eq!(stats.written + stats.dropped, 106_497, "{stats:?}");
        assert_eq!(texts(&other).await.len() as u64, stats.written);
    });
}

/// Memory of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
