//! Parts of transactions.

use std::sync::atomic::{AtomicU32, Ordering};

use hyperdjango::db::{DatabaseError, ErrorKind, Executor, Transaction};
use hyperdjango::orm;
use hyperdjango::prelude::*;

use crate::models::{Post, database};
use crate::numbers::{Numbers, SLEEPING, drop_when, insert, texts};

type Outcome<T = ()> = Result<T, DatabaseError>;

#[tokio::test]
async fn a_part_that_fails_is_undone_and_the_rest_goes_on() {
    let numbers = Numbers::new().await;
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            let failed: Outcome = tx
                .atomic(async |tx| {
                    insert(tx, 2).await?;
                    insert(tx, 1).await.map(drop)
                })
                .await;
            assert_eq!(failed.unwrap_err().kind(), ErrorKind::Unique);
            // Twice as deep: the inner one is kept, and goes with the outer one.
            let failed: Outcome = tx
                .atomic(async |tx| {
                    let kept: Outcome = tx.atomic(async |tx| insert(tx, 3).await.map(drop)).await;
                    kept?;
                    assert_eq!(texts(tx, "SELECT n FROM numbers ORDER BY n").await?, ["1", "3"]);
                    Err(DatabaseError::new(ErrorKind::Other, "no"))
                })
                .await;
            assert_eq!(failed.unwrap_err().to_string(), "no");
            let value: i64 = tx
                .atomic(async |tx| {
                    let lost: Outcome = tx.atomic(async |tx| insert(tx, 1).await.map(drop)).await;
                    lost.unwrap_err();
                    insert(tx, 4).await?;
                    Ok::<_, DatabaseError>(44)
                })
                .await?;
            assert_eq!(value, 44);
            insert(tx, 5).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1 4 5");
    numbers.assert_usable().await;
}

#[tokio::test]
async fn a_part_whose_failure_was_ignored_is_undone_and_the_rest_goes_on() {
    let numbers = Numbers::new().await;
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            let ignored: Outcome = tx
                .atomic(async |tx| {
                    insert(tx, 2).await?;
                    insert(tx, 1).await.unwrap_err();
                    Ok(())
                })
                .await;
            let error = ignored.unwrap_err();
            assert!(error.to_string().contains("one of its statements had failed"), "{error}");
            insert(tx, 3).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1 3");
}

#[tokio::test]
async fn a_part_that_is_dropped_half_way_is_undone_and_the_rest_goes_on() {
    let numbers = Numbers::new().await;
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            insert(tx, 1).await?;
            // In the middle of a statement, which then ends on its own,
            let slow = tx.atomic(async |tx| {
                insert(tx, 2).await?;
                tx.execute_batch("SELECT pg_sleep(0.3)").await
            });
            drop_when(&numbers, slow, SLEEPING).await;
            insert(tx, 3).await?;
            // before it has begun,
            let mut never = Box::pin(tx.atomic(async |tx| insert(tx, 4).await));
            assert!(futures_util::FutureExt::now_or_never(never.as_mut()).is_none());
            drop(never);
            // and by a panic.
            let panics = async {
                let work = async |tx: &Transaction| -> Outcome {
                    insert(tx, 5).await?;
                    panic!("on purpose")
                };
                tx.atomic(work).await
            };
            let caught = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(panics)).await;
            assert!(caught.is_err());
            insert(tx, 6).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1 3 6");
    numbers.assert_usable().await;
}

#[tokio::test]
async fn guards_do_what_closures_do() {
    let numbers = Numbers::new().await;
    let tx = numbers.db.begin().await.unwrap();
    let part = tx.savepoint().await.unwrap();
    insert(&part, 1).await.unwrap();
    part.commit().await.unwrap();
    let part = tx.savepoint().await.unwrap();
    insert(&part, 2).await.unwrap();
    part.rollback().await.unwrap();
    let part = tx.savepoint().await.unwrap();
    insert(&part, 3).await.unwrap();
    let inner = part.begin().await.unwrap();
    insert(&inner, 4).await.unwrap();
    inner.commit().await.unwrap();
    drop(part);
    let part = tx.savepoint().await.unwrap();
    insert(&part, 1).await.unwrap_err();
    drop(part);
    insert(&tx, 5).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(numbers.kept().await, "1 5");
}

#[tokio::test]
async fn parts_do_not_overlap_and_do_not_outlive_each_other() {
    let numbers = Numbers::new().await;
    let tx = numbers.db.begin().await.unwrap();
    let part = tx.savepoint().await.unwrap();
    let error = tx.savepoint().await.unwrap_err();
    assert!(error.to_string().contains("under way already"), "{error}");
    let inner = part.savepoint().await.unwrap();
    // The outer one ends first: the inner one is nothing any more, and harms nobody.
    part.rollback().await.unwrap();
    let error = insert(&inner, 1).await.unwrap_err();
    assert!(error.to_string().contains("has ended"), "{error}");
    let next = tx.savepoint().await.unwrap();
    insert(&next, 2).await.unwrap();
    drop(inner);
    next.commit().await.unwrap();
    insert(&tx, 3).await.unwrap();
    let part = tx.savepoint().await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert!(error.to_string().contains("a part of it is under way"), "{error}");
    drop(part);
    assert_eq!(numbers.kept().await, "");
    numbers.assert_usable().await;
}

/// Two parts at once would be one inside the other for PostgreSQL, and undoing one would undo both.
#[tokio::test]
async fn two_parts_at_once_are_refused_and_not_mixed_up() {
    let numbers = Numbers::new().await;
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            let one = tx.atomic(async |tx| insert(tx, 1).await.map(drop));
            let two = tx.atomic(async |tx| insert(tx, 2).await.map(drop));
            let (one, two): (Outcome, Outcome) = futures_util::future::join(one, two).await;
            one?;
            assert!(two.unwrap_err().to_string().contains("under way already"));
            Ok(())
        })
        .await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1");
}

async fn raise(db: &impl Executor, id: i64, by: i32) -> orm::Result<i32> {
    let tx = db.begin().await?;
    Post::objects().filter(Post.id.eq(id)).update(&tx, Post.score.set(Post.score + by)).await?;
    let score = Post::objects().get(&tx, id).await?.score;
    tx.commit().await?;
    Ok(score)
}

#[tokio::test]
async fn what_is_written_for_any_executor_is_atomic_on_each() {
    let db = database().await;
    assert_eq!(raise(&db, 1, 5).await.unwrap(), 35);
    let outcome: orm::Result<()> = db
        .atomic(async |tx| {
            assert_eq!(raise(tx, 1, 5).await?, 40);
            raise(tx, 99, 1).await.unwrap_err();
            raise(tx, 2, 1).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(Post::objects().get(&db, 1).await.unwrap().score, 40);
}

/// What a handler does, in a task that may move between threads: borrowed variables, parts, helpers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closures_work_in_tasks() {
    let db = database().await;
    let task = tokio::spawn({
        let db = db.clone();
        async move {
            let titles = vec!["one".to_owned(), "two".to_owned()];
            let mut count = 0;
            let by = &7;
            let outcome: orm::Result<usize> = db
                .atomic(async |tx| {
                    for title in &titles {
                        let values = (Post.title.set(title), Post.author.set(1));
                        let post = Post::objects().create(tx, values).await?;
                        tx.atomic(async |tx| {
                            count += 1;
                            raise(tx, post.id, *by).await?;
                            let deeper: orm::Result<i32> =
                                tx.atomic(async |tx| raise(tx, post.id, *by).await).await;
                            deeper
                        })
                        .await?;
                    }
                    Ok(titles.len())
                })
                .await;
            (outcome.unwrap(), count)
        }
    });
    assert_eq!(task.await.unwrap(), (2, 2));
    let retried = tokio::spawn({
        let db = db.clone();
        async move {
            let id = String::from("1");
            let tries = AtomicU32::new(0);
            let outcome: orm::Result<i32> = db
                .transaction()
                .retry(2)
                .atomic(async |tx| {
                    tries.fetch_add(1, Ordering::Relaxed);
                    raise(tx, id.parse().unwrap(), 1).await
                })
                .await;
            (outcome.unwrap(), tries.into_inner())
        }
    });
    assert_eq!(retried.await.unwrap(), (31, 1));
    // Where a closure's future cannot be shown to be `Send`, a guard can.
    let guarded = tokio::spawn(async move {
        let tx = db.begin().await?;
        let part = tx.savepoint().await?;
        raise(&part, 1, 1).await?;
        part.commit().await?;
        tx.commit().await?;
        Ok::<_, orm::Error>(())
    });
    guarded.await.unwrap().unwrap();
}
