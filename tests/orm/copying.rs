//! Rows that are copied in as they come: from iterators and streams that may fail, wait, or be given up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use hyperdjango::db::{DatabaseError, Db, ErrorKind, Executor};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::orm::{self, Error};
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lines", ordering = [id])]
struct Line {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    text: String,
    note: Option<String>,
}

async fn lines() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Line::META]).await.unwrap();
    db
}

async fn count(db: &impl Executor) -> u64 {
    Line::objects().count(db).await.unwrap()
}

/// That no connection is left in the middle of something, and that there is no row.
async fn assert_untouched(db: &Db) {
    loop {
        let busy: i64 = db
            .query_val(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                 AND (state LIKE '%transaction%' OR query LIKE 'COPY%' AND state = 'active')",
                &[],
            )
            .await
            .unwrap();
        if busy == 0 {
            break;
        }
        // The question is what it waits by: it goes to PostgreSQL and back.
        tokio::task::yield_now().await;
    }
    assert_eq!(count(db).await, 0);
    assert_eq!(Line::objects().copy_in(db, (Line.id, Line.text), [(7, "x".to_owned())]).await.unwrap(), 1);
    Line::objects().all_rows().delete(db).await.unwrap();
}

fn row(id: i64) -> (i64, String, Option<String>) {
    (id, format!("ü{id}"), (id % 2 == 0).then(|| format!("日本 {id}")))
}

/// Rows that are waited for now and then.
fn rows(count: i64) -> impl Stream<Item = (i64, String, Option<String>)> + Send {
    stream::iter(1..=count).then(|id| async move {
        if id % 1000 == 0 {
            tokio::task::yield_now().await;
        }
        row(id)
    })
}

#[tokio::test]
async fn a_stream_is_copied_in() {
    let db = &lines().await;
    let columns = (Line.id, Line.text, Line.note);
    assert_eq!(Line::objects().copy_in(db, columns, rows(100_000)).await.unwrap(), 100_000);
    assert_eq!(count(db).await, 100_000);
    let line = Line::objects().get(db, 99_999).await.unwrap();
    assert_eq!((line.text.as_str(), line.note), ("ü99999", None));
    assert_eq!(Line::objects().get(db, 2).await.unwrap().note.as_deref(), Some("日本 2"));
    // The numbering goes on.
    assert_eq!(Line::objects().create(db, Line.text.set("new")).await.unwrap().id, 100_001);
    assert_eq!(Line::objects().copy_in(db, columns, rows(0)).await.unwrap(), 0);
    let fallible = rows(10).map(|(id, ..)| Ok::<_, Error>(format!("{id}")));
    assert_eq!(Line::objects().copy_in(db, Line.text, fallible).await.unwrap(), 10);
    let results = ["a", "b"].map(|text| std::io::Result::Ok(text.to_owned()));
    assert_eq!(Line::objects().copy_in(db, Line.text, results).await.unwrap(), 2);
    let outcome: orm::Result<u64> = db
        .atomic(async |tx| {
            Line::objects().copy_in(tx, Line.text, stream::iter(["in it".to_owned()])).await?;
            Line::objects().copy_in(tx, Line.text, stream::iter(["as well".to_owned()])).await
        })
        .await;
    assert_eq!(outcome.unwrap(), 1);
    assert_eq!(count(db).await, 100_015);
}

#[tokio::test]
async fn a_stream_that_fails_in_the_middle_leaves_nothing() {
    let db = &lines().await;
    let columns = (Line.id, Line.text, Line.note);
    let fails = rows(100_000).map(|row| match row.0 {
        50_000 => Err(std::io::Error::other("the disk is gone")),
        _ => Ok(row),
    });
    let error = Line::objects().copy_in(db, columns, fails).await.unwrap_err();
    assert!(matches!(error, Error::Source(_)), "{error:?}");
    assert_eq!(error.to_string(), "the rows to be written could not be had: the disk is gone");
    assert_eq!(hyperdjango::Error::from(error).status(), 500);
    assert_untouched(db).await;

    // What is known stays what it is.
    let error = DatabaseError::new(ErrorKind::Unavailable, "elsewhere");
    let error = Line::objects().copy_in(db, Line.text, stream::iter([Err(error)])).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Unavailable));
    let first: Result<String, _> = Err(Error::DoesNotExist { table: "sources" });
    let error = Line::objects().copy_in(db, Line.text, [first]).await.unwrap_err();
    assert!(error.is_does_not_exist());
    let long = stream::iter(["fine".to_owned(), "x".repeat(21)]);
    let error = Line::objects().copy_in(db, Line.text, long).await.unwrap_err();
    assert!(!error.validation_errors().unwrap().field("text").is_empty());
    assert_untouched(db).await;

    // Refused by PostgreSQL in the middle, which is told at the end.
    let twice = rows(100_000).map(|(id, text, note)| (if id == 50_000 { 1 } else { id }, text, note));
    let error = Line::objects().copy_in(db, columns, twice).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Unique));
    assert_eq!(error.violation().unwrap().fields(), ["id"]);
    assert_untouched(db).await;

    // A part of a transaction, which goes on.
    let outcome: orm::Result<()> = db
        .atomic(async |tx| {
            Line::objects().create(tx, Line.text.set("before")).await?;
            let part: orm::Result<u64> = tx
                .atomic(async |tx| {
                    let fails = rows(9).map(|row| if row.0 == 5 { Err("five") } else { Ok(row) });
                    Line::objects().copy_in(tx, columns, fails).await
                })
                .await;
            assert_eq!(part.unwrap_err().to_string(), "the rows to be written could not be had: five");
            Line::objects().create(tx, Line.text.set("behind")).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(count(db).await, 2);
}

#[tokio::test]
async fn a_copy_that_is_dropped_in_the_middle_leaves_nothing() {
    let db = &lines().await;
    let columns = (Line.id, Line.text, Line.note);
    for before in [0, 1, 50_000] {
        let given = AtomicUsize::new(0);
        let endless = rows(before).chain(stream::pending()).inspect(|_| {
            given.fetch_add(1, Ordering::Relaxed);
        });
        let copy = Line::objects().copy_in(db, columns, endless);
        tokio::select! {
            biased;
            _ = copy => panic!("it should not end"),
            () = async {
                while given.load(Ordering::Relaxed) < before as usize {
                    tokio::task::yield_now().await;
                }
                // Until PostgreSQL waits for more.
                loop {
                    let waiting: i64 = db
                        .query_val("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY \"lines\"%' \
                             AND state = 'active' AND wait_event = 'ClientRead'", &[])
                        .await
                        .unwrap();
                    if waiting == 1 {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        assert_untouched(db).await;
    }
    // With its transaction.
    let tx = db.begin().await.unwrap();
    let endless = rows(1000).chain(stream::pending());
    let copy = Line::objects().copy_in(&tx, columns, endless);
    assert!(tokio::time::timeout(Duration::from_millis(50), copy).await.is_err());
    drop(tx);
    assert_untouched(db).await;
}

#[tokio::test]
async fn rows_are_asked_for_as_fast_as_they_are_taken() {
    let db = &lines().await;
    // PostgreSQL takes nothing while somebody else has the table.
    let tx = db.begin().await.unwrap();
    tx.execute_batch("LOCK TABLE lines").await.unwrap();
    let given = AtomicUsize::new(0);
    let endless = stream::repeat("x".repeat(20)).inspect(|_| {
        given.fetch_add(1, Ordering::Relaxed);
    });
    let copy = Line::objects().copy_in(db, Line.text, endless);
    assert!(tokio::time::timeout(Duration::from_millis(100), copy).await.is_err());
    drop(tx);
    assert_eq!(given.into_inner(), 0);
    assert_untouched(db).await;

    let memory = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        status.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    };
    db.execute_batch("CREATE UNLOGGED TABLE wide (t text)").await.unwrap();
    let text = "x".repeat(100_000);
    let grown = AtomicUsize::new(0);
    let before = memory();
    let rows = stream::iter(0..2000).map(|i| {
        if i % 100 == 0 {
            grown.fetch_max(memory().saturating_sub(before) as usize, Ordering::Relaxed);
        }
        text.clone()
    });
    assert_eq!(db.copy_into("wide", &["t"], rows).await.unwrap(), 2000);
    let grown = grown.into_inner();
    assert!(grown < 60_000_000, "200 MB of rows took {grown} bytes more");
}

#[tokio::test]
async fn any_table_takes_rows() {
    let db = &lines().await;
    db.execute_batch(
        "CREATE SCHEMA \"odd one\"; CREATE TABLE \"odd one\".\"a \"\"b\"\"\" (\"ä \"\"\" bigint, t text, j jsonb, old json)",
    )
    .await
    .unwrap();
    let table = "odd one.a \"b\"";
    let rows = (0..1000_i64).map(|i| (i, (i % 2 == 0).then(|| format!("日本{i}")), serde_json::json!([i])));
    assert_eq!(db.copy_into(table, &["ä \"", "t", "j"], rows).await.unwrap(), 1000);
    let read: (i64, Option<String>, serde_json::Value) = db
        .query_one(r#"SELECT "ä """, t, j FROM "odd one"."a ""b""" WHERE "ä """ = $1"#, &[&998_i64])
        .await
        .unwrap();
    assert_eq!(read, (998, Some("日本998".into()), serde_json::json!([998])));
    let none: [(i64,); 0] = [];
    assert_eq!(db.copy_into(table, &["ä \""], none).await.unwrap(), 0);

    // An `integer` is none of a `bigint`'s, and said to be so before anything is sent.
    let error = db.copy_into("lines", &["id", "text"], [(1_i32, "x".to_owned())]).await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::SchemaMismatch));
    assert!(error.to_string().contains("column `id` is `int8` in the database"), "{error}");
    let error = db.copy_into("lines", &["id", "text"], [1_i64]).await.unwrap_err();
    assert!(error.to_string().contains("2 columns"), "{error}");
    let error = db.copy_into(table, &["old"], [serde_json::json!(1)]).await.unwrap_err();
    assert!(error.to_string().contains("make it `jsonb`"), "{error}");
    let error = db.copy_into("nowhere", &["id"], [1_i64]).await.unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let fails = stream::iter([Ok("x".to_owned()), Err("no more")]);
    let error = db.copy_into("lines", &["text"], fails).await.unwrap_err();
    assert_eq!(error.to_string(), "the rows to be written could not be had: no more");
    let twice = db.copy_into("lines", &["id", "text"], [1_i64, 1].map(|id| (id, "x".to_owned()))).await;
    assert_eq!(twice.unwrap_err().kind(), Some(ErrorKind::Unique));
    assert_untouched(db).await;
}

/// A handler's future goes from thread to thread.
#[tokio::test]
async fn copying_can_be_sent() {
    let db = lines().await;
    let copy = async move {
        let rows = rows(10);
        let copied = Line::objects().copy_in(&db, (Line.id, Line.text, Line.note), rows).await?;
        Ok::<_, Error>(copied + db.copy_into("lines", &["text"], ["x".to_owned()]).await?)
    };
    assert_eq!(tokio::spawn(copy).await.unwrap().unwrap(), 11);
}
