//! All or nothing.

use hyperdjango::db::DbOptions;
use hyperdjango::orm;
use hyperdjango::prelude::*;

use crate::models::{Post, database};

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
