//! How many statements are prepared, and what is counted of them.

use std::time::Duration;

use futures_util::future::join;
use hyperdjango::db::{Db, DbOptions, ErrorKind, Executor, Reader, Sql};

use crate::servers::texts;

const KEPT: &str = "SELECT count(*) FROM pg_prepared_statements";

fn db(change: impl FnOnce(&mut DbOptions)) -> Db {
    let mut options = DbOptions::default();
    (options.pinned, options.exclusive) = (1, 1);
    change(&mut options);
    Db::with_options(hyper_tests::postgres().url().parse().unwrap(), options)
}

async fn run(db: &impl Executor, text: &str) {
    db.read(Sql::rendered(text), &[], |_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn what_makes_room_is_closed_and_all_is_counted() {
    let db = &db(|options| (options.statement_cache_size, options.exclusive) = (3, 2));
    let counted = || {
        let stats = db.statement_stats();
        (stats.hits, stats.misses, stats.evictions, stats.entries)
    };
    assert_eq!(counted(), (0, 0, 0, 0));
    // On one connection.
    let first = &db.begin().await.unwrap();
    for text in ["SELECT 1", "SELECT 2", "SELECT 1", "SELECT 3", "SELECT 1"] {
        run(first, text).await;
    }
    assert_eq!(counted(), (2, 3, 0, 3));
    run(first, "SELECT 4").await;
    assert_eq!(counted(), (2, 4, 1, 3));
    let kept = "SELECT statement FROM pg_prepared_statements ORDER BY 1";
    let all = texts(first, kept).await.unwrap();
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.contains(&"SELECT 1".to_owned()) && !all.contains(&"SELECT 2".to_owned()), "{all:?}");
    // Another connection has statements of its own; and they go with it, but for what was counted.
    let tx = db.begin().await.unwrap();
    run(&tx, "SELECT 1").await;
    assert_eq!(counted(), (2, 6, 2, 4));
    let ended = tx.execute_batch("SELECT pg_terminate_backend(pg_backend_pid())").await;
    assert!(ended.is_err());
    drop(tx);
    while counted().3 != 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(counted(), (2, 6, 2, 3));
}

#[tokio::test]
async fn one_that_runs_is_not_closed() {
    let db = db(|options| options.statement_cache_size = 1);
    let tx = db.begin().await.unwrap();
    let slow = run(&tx, "SELECT pg_sleep(0.2), count(*) FROM pg_prepared_statements");
    let others = async {
        for n in 0..50 {
            run(&tx, &format!("SELECT {n}")).await;
        }
    };
    join(slow, others).await;
    assert_eq!(texts(&tx, KEPT).await.unwrap(), ["1"]);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn without_prepared_statements_there_are_none() {
    let db = db(|options| options.prepared_statements = Some(false));
    let mut read = Vec::new();
    let sql = Sql::new("SELECT $1::int8 + 1, $2 || 'ä'");
    for n in [1_i64, 2] {
        db.read(sql, &[&n, &"x"], |row| {
            read.push((row.try_get::<_, i64>(0)?, row.try_get::<_, String>(1)?));
            Ok(())
        })
        .await
        .unwrap();
    }
    assert_eq!(read, [(2, "xä".to_owned()), (3, "xä".to_owned())]);
    assert_eq!(texts(&db, KEPT).await.unwrap(), ["0"]);
    assert_eq!(db.statement_stats().misses, 0);
    // A statement that is smuggled in is not run; one that has a semicolon where it may be is.
    db.execute_batch("CREATE TABLE t (n int)").await.unwrap();
    let smuggled = db.read(Sql::rendered("SELECT $1::int; DROP TABLE t"), &[&1], |_| Ok(())).await;
    assert!(smuggled.unwrap_err().to_string().contains("has a `;` in it"));
    db.read(Sql::new("SELECT n, ';' FROM t WHERE n = $1;"), &[&1], |_| Ok(())).await.unwrap();
    // How many values there are is checked.
    let few = db.read(Sql::new("SELECT $1::int, $2::int"), &[&1], |_| Ok(())).await;
    assert_eq!(few.unwrap_err().to_string(), "1 values for 2 parameters");
    // So is what a query returns that has no rows; and an explained one has parameters, too.
    let none = Sql::new("SELECT n FROM t WHERE n = $1").checked(|columns| match columns[0].type_().name() {
        "int4" => Err("`n` is none".to_owned()),
        _ => Ok(()),
    });
    let error = db.read(none, &[&1], |_| Ok(())).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::SchemaMismatch, "`n` is none".to_owned()));
    let explained = Sql::new("EXPLAIN (COSTS off) SELECT n FROM t WHERE n = $1");
    assert!(db.read(explained, &[&1], |_| Ok(())).await.unwrap() > 0);
    let missing = db.read(Sql::new("SELECT n FROM t WHERE n = $1 AND n > 7"), &[], |_| Ok(())).await;
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::Other);
    // A table that is altered is read as it is.
    let all = Sql::new("SELECT * FROM t WHERE $1");
    db.execute_batch("INSERT INTO t VALUES (1)").await.unwrap();
    db.read(all, &[&true], |row| row.try_get::<_, i32>(0).map(drop).map_err(Into::into)).await.unwrap();
    db.execute_batch("ALTER TABLE t ALTER n TYPE bigint").await.unwrap();
    db.read(all, &[&true], |row| row.try_get::<_, i64>(0).map(drop).map_err(Into::into)).await.unwrap();
    let stale = Sql::new("SELECT n FROM t WHERE n = $1");
    db.read(stale, &[&1_i64], |_| Ok(())).await.unwrap();
    db.execute_batch("ALTER TABLE t ALTER n TYPE text").await.unwrap();
    db.read(stale, &[&1_i64], |_| Ok(())).await.unwrap_err();
    db.read(stale, &[&"1"], |_| Ok(())).await.unwrap();
}
