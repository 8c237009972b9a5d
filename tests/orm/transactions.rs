//! All or nothing.

use std::time::Duration;

use futures_util::future::join;
use hyperdjango::db::{DatabaseError, DbOptions, ErrorKind, Isolation, TransactionBuilder};
use hyperdjango::orm;
use hyperdjango::prelude::*;

use crate::models::{Person, Post, database};
use crate::numbers::{Numbers, insert, texts};

type Outcome<T = ()> = Result<T, DatabaseError>;

async fn score(db: &Db) -> i32 {
    Post::objects().get(db, 1).await.unwrap().score
}

#[tokio::test]
async fn what_is_done_together_takes_effect_together() {
    let db = database().await;
    let one = Post::objects().filter(Post.id.eq(1));
    let outcome: Result<(), orm::Error> = db
        .atomic(async |tx| {
            one.update(tx, Post.score.set(77)).await?;
            assert_eq!(Post::objects().get(tx, 1).await?.score, 77);
            assert_eq!(score(&db).await, 30, "not seen outside before the commit");
            Ok(())
        })
        .await;
    outcome.unwrap();
    assert_eq!(score(&db).await, 77);
}

#[tokio::test]
async fn an_error_undoes_it() {
    let db = database().await;
    let outcome: Result<(), orm::Error> = db
        .atomic(async |tx| {
            Post::objects().filter(Post.id.eq(1)).update(tx, Post.score.set(77)).await?;
            Post::objects().get(tx, 99).await?;
            Ok(())
        })
        .await;
    assert!(outcome.unwrap_err().is_does_not_exist());
    assert_eq!(score(&db).await, 30);
}

/// A task that is dropped half-way, as a request is whose client hangs up.
#[tokio::test]
async fn what_is_dropped_half_way_is_undone_and_the_connection_is_usable() {
    let mut options = DbOptions::default();
    options.exclusive = 1;
    let db = Db::with_options(database().await.url().clone(), options);
    for _ in 0..20 {
        let (reached, waiting) = tokio::sync::oneshot::channel();
        let task = tokio::spawn({
            let db = db.clone();
            async move {
                let tx = db.begin().await.unwrap();
                Post::objects().filter(Post.id.eq(1)).update(&tx, Post.score.set(77)).await.unwrap();
                reached.send(()).unwrap();
                std::future::pending::<()>().await;
            }
        });
        waiting.await.unwrap();
        task.abort();
        // The only connection: whoever gets it next is not inside the other's transaction.
        assert_eq!(Post::objects().filter(Post.id.eq(2)).update(&db, Post.score.set(5)).await.unwrap(), 1);
        assert_eq!(score(&db).await, 30);
    }
}

#[tokio::test]
async fn a_handlers_future_with_a_transaction_can_move_between_threads() {
    let db = database().await;
    let work = async move {
        db.atomic(async |tx| {
            Post::objects().filter(Post.id.eq(1)).update(tx, Post.score.set(Post.score + 1)).await?;
            Post::objects().get(tx, 1).await
        })
        .await
    };
    let post: Post = tokio::spawn(work).await.unwrap().map_err(|error: orm::Error| error).unwrap();
    assert_eq!(post.score, 31);
}

#[tokio::test]
async fn waiting_for_a_connection_has_an_end() {
    let mut options = DbOptions::default();
    options.exclusive = 1;
    options.acquire_timeout = std::time::Duration::from_millis(20);
    let db = Db::with_options(database().await.url().clone(), options);
    let _held = db.begin().await.unwrap();
    let error = db.begin().await.unwrap_err();
    assert_eq!(error.kind(), hyperdjango::db::ErrorKind::Unavailable);
    assert!(error.to_string().contains("all 1 connections"), "{error}");
}

async fn setting(transaction: TransactionBuilder<'_>, name: &str) -> String {
    let tx = transaction.begin().await.unwrap();
    let text = texts(&tx, &format!("SELECT current_setting('{name}')")).await.unwrap().remove(0);
    tx.rollback().await.unwrap();
    text
}

#[tokio::test]
async fn options_are_of_one_transaction() {
    let numbers = Numbers::new().await;
    let tx = || numbers.db.transaction();
    for _ in 0..2 {
        assert_eq!(setting(tx(), "transaction_isolation").await, "read committed");
        assert_eq!(setting(tx(), "transaction_read_only").await, "off");
        assert_eq!(setting(tx(), "lock_timeout").await, "0");
        assert_eq!(setting(tx(), "statement_timeout").await, "0");
        for (isolation, text) in [
            (Isolation::ReadCommitted, "read committed"),
            (Isolation::RepeatableRead, "repeatable read"),
            (Isolation::Serializable, "serializable"),
        ] {
            assert_eq!(setting(tx().isolation(isolation), "transaction_isolation").await, text);
        }
        let deferrable = tx().isolation(Isolation::Serializable).read_only().deferrable();
        assert_eq!(setting(deferrable.clone(), "transaction_deferrable").await, "on");
        assert_eq!(setting(deferrable, "transaction_read_only").await, "on");
        assert_eq!(setting(tx().lock_timeout(Duration::from_micros(1)), "lock_timeout").await, "1ms");
        let limits = tx().statement_timeout(Duration::MAX).lock_timeout(Duration::from_secs(2));
        assert_eq!(setting(limits.clone(), "lock_timeout").await, "2s");
        assert_eq!(setting(limits, "statement_timeout").await, "2147483647ms");
    }
}

#[tokio::test]
async fn a_transaction_that_only_reads_says_so_when_it_is_to_write() {
    let numbers = Numbers::new().await;
    let outcome: Outcome =
        numbers.db.transaction().read_only().atomic(async |tx| insert(tx, 1).await.map(drop)).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::ReadOnly, Some("25006")));
    assert!(error.to_string().contains("begun with `read_only()`"), "{error}");
    assert_eq!(hyperdjango::Error::from(error).status(), 500);
    // A database that only reads is another matter.
    let error = numbers
        .other
        .atomic(async |tx| {
            tx.execute_batch("SET TRANSACTION READ ONLY").await?;
            insert(tx, 1).await
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(numbers.kept().await, "");
}

#[tokio::test]
async fn waiting_and_working_have_their_limits() {
    let numbers = Numbers::new().await;
    numbers.fill(1).await;
    let holder = numbers.other.begin().await.unwrap();
    holder.execute_batch("SELECT * FROM numbers FOR UPDATE").await.unwrap();
    let limit = Duration::from_millis(20);
    let delete = "DELETE FROM numbers";
    let locked =
        numbers.db.transaction().lock_timeout(limit).atomic(async |tx| tx.execute_batch(delete).await);
    let error = locked.await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Locked, Some("55P03")));
    let answer = hyperdjango::Error::from(error);
    assert_eq!((answer.status().as_u16(), answer.retry_after()), (503, Some(1)));
    let nowait = numbers.db.execute_batch("SELECT * FROM numbers FOR UPDATE NOWAIT").await.unwrap_err();
    assert_eq!(nowait.kind(), ErrorKind::Locked);
    let slow =
        numbers.db.transaction().statement_timeout(limit).atomic(async |tx| tx.execute_batch(delete).await);
    let error = slow.await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Timeout, Some("57014")));
    // Somebody stops it.
    let cancel = async {
        numbers.wait_for("1", "wait_event_type = 'Lock'").await;
        holder
            .execute_batch(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
                 WHERE wait_event_type = 'Lock' AND datname = current_database()",
            )
            .await
            .unwrap();
    };
    let (outcome, ()) = join(numbers.db.execute_batch(delete), cancel).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Canceled);
    holder.rollback().await.unwrap();
    numbers.assert_usable().await;
}

#[tokio::test]
async fn errors_name_what_postgresql_names() {
    let db = &database().await;
    let sent = async |text: &str| db.execute_batch(text).await.unwrap_err();
    let error = sent("INSERT INTO posts (title, author_id) VALUES ('Ten recipes', 2)").await;
    assert_eq!(error.kind(), ErrorKind::Unique);
    assert_eq!((error.schema(), error.table()), (Some("public"), Some("posts")));
    assert_eq!(error.constraint(), Some("posts_author_title_uniq"));
    assert_eq!(error.detail(), Some("Key (author_id, title)=(2, Ten recipes) already exists."));
    assert!(!error.to_string().contains("recipes"), "{error}");
    let error = sent("INSERT INTO posts (author_id) VALUES (2)").await;
    assert_eq!((error.kind(), error.column()), (ErrorKind::NotNull, Some("title")));
    let error = sent("SELECT titel FROM posts").await;
    assert_eq!((error.kind(), error.position()), (ErrorKind::SchemaMismatch, Some(8)));
    assert_eq!(error.hint(), Some("Perhaps you meant to reference the column \"posts.title\"."));
    let own = DatabaseError::new(ErrorKind::Unique, "mine");
    assert_eq!((own.table(), own.detail(), own.position()), (None, None, None));
    assert_eq!(Person::objects().count(db).await.unwrap(), 3);
}
