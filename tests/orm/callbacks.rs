//! What is called when a transaction has ended.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyperdjango::db::{DatabaseError, ErrorKind, Executor, Transaction};

use crate::numbers::{Numbers, SLEEPING, drop_when, insert};

type Outcome<T = ()> = Result<T, DatabaseError>;

/// Letters, in the order callbacks were called.
#[derive(Clone, Default)]
struct Called(Arc<Mutex<String>>);

impl Called {
    fn note(&self, letter: char) -> impl FnOnce() + Send + 'static {
        let this = self.clone();
        move || this.0.lock().unwrap().push(letter)
    }

    fn so_far(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    async fn wait_for(&self, expected: &str) {
        let started = Instant::now();
        while self.so_far() != expected {
            assert!(started.elapsed() < Duration::from_secs(30), "{} instead of {expected}", self.so_far());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn both(&self, db: &impl Executor, letter: char) {
        db.on_commit(self.note(letter));
        db.on_rollback(self.note(letter.to_ascii_uppercase()));
    }
}

#[tokio::test]
async fn they_are_called_in_order_after_the_outermost_commit() {
    let numbers = &Numbers::new().await;
    let called = &Called::default();
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            called.both(tx, 'a');
            tx.atomic(async |tx| {
                called.both(tx, 'b');
                insert(tx, 1).await.map(drop)
            })
            .await?;
            let undone: Outcome = tx
                .atomic(async |tx| {
                    called.both(tx, 'c');
                    let kept: Outcome = tx
                        .atomic(async |tx| {
                            called.both(tx, 'd');
                            Ok(())
                        })
                        .await;
                    kept?;
                    Err(DatabaseError::new(ErrorKind::Other, "no"))
                })
                .await;
            undone.unwrap_err();
            let dropped = tx.savepoint().await?;
            called.both(&dropped, 'e');
            drop(dropped);
            let ignored: Outcome = tx
                .atomic(async |tx| {
                    called.both(tx, 'h');
                    tx.execute_batch("SELECT 1/0").await.unwrap_err();
                    Ok(())
                })
                .await;
            ignored.unwrap_err();
            // An `async` one sees what was committed, and has a connection to see it with: there is only one.
            let (db, again) = (numbers.db.clone(), called.clone());
            tx.on_commit(async move || {
                assert_eq!(insert(&db, 1).await.unwrap_err().kind(), ErrorKind::Unique);
                again.note('f')();
            });
            called.both(tx, 'g');
            assert_eq!(called.so_far(), "");
            Ok(())
        })
        .await;
    outcome.unwrap();
    assert_eq!(called.so_far(), "abCDEHfg");
}

#[tokio::test]
async fn after_a_rollback_the_others_are() {
    let numbers = &Numbers::new().await;
    let called = &Called::default();
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            called.both(tx, 'a');
            let undone: Outcome = tx
                .atomic(async |tx| {
                    called.both(tx, 'b');
                    Err(DatabaseError::new(ErrorKind::Other, "no"))
                })
                .await;
            undone
        })
        .await;
    outcome.unwrap_err();
    assert_eq!(called.so_far(), "AB");
    // A commit that fails rolls back as well,
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            called.both(tx, 'c');
            tx.execute_batch("SET CONSTRAINTS ALL DEFERRED").await?;
            insert(tx, 1).await?;
            insert(tx, 1).await.map(drop)
        })
        .await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unique);
    assert_eq!(called.so_far(), "ABC");
    // and so do a guard that is dropped,
    let tx = numbers.db.begin().await.unwrap();
    called.both(&tx, 'd');
    drop(tx);
    called.wait_for("ABCD").await;
    // a task that is dropped in the middle,
    let slow = numbers.db.atomic(async |tx: &Transaction| -> Outcome {
        called.both(tx, 'e');
        tx.execute_batch("SELECT pg_sleep(100)").await
    });
    drop_when(numbers, slow, SLEEPING).await;
    called.wait_for("ABCDE").await;
    // and a lost connection.
    let tx = numbers.db.begin().await.unwrap();
    called.both(&tx, 'f');
    numbers
        .other
        .execute_batch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND state = 'idle in transaction'",
        )
        .await
        .unwrap();
    assert_eq!(insert(&tx, 1).await.unwrap_err().kind(), ErrorKind::Interrupted);
    drop(tx);
    called.wait_for("ABCDEF").await;
    numbers.assert_usable().await;
}

#[tokio::test]
async fn one_that_fails_stops_nobody_and_the_commit_succeeds() {
    let numbers = &Numbers::new().await;
    let called = &Called::default();
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            tx.on_commit(|| -> () { panic!("on purpose") });
            tx.on_commit(async || Err::<(), _>("no"));
            tx.on_commit(async || -> () { panic!("on purpose, {}", "later") });
            tx.on_commit(called.note('a'));
            insert(tx, 1).await.map(drop)
        })
        .await;
    outcome.unwrap();
    assert_eq!(called.so_far(), "a");
    assert_eq!(numbers.kept().await, "1");
}

/// A client that hangs up between the COMMIT and the callbacks does not keep the mail from being sent.
#[tokio::test]
async fn a_commit_that_nobody_waits_for_is_finished_where_there_are_callbacks() {
    let numbers = &Numbers::new().await;
    let called = &Called::default();
    let tx = numbers.db.begin().await.unwrap();
    insert(&tx, 1).await.unwrap();
    let again = called.clone();
    tx.on_commit(async move || {
        tokio::task::yield_now().await;
        again.note('a')();
    });
    let mut commit = Box::pin(tx.commit());
    assert!(futures_util::FutureExt::now_or_never(commit.as_mut()).is_none());
    drop(commit);
    called.wait_for("a").await;
    assert_eq!(numbers.kept().await, "1");
}

async fn helper(db: &impl Executor, called: &Called) {
    let again = called.clone();
    db.on_commit(async move || {
        tokio::task::yield_now().await;
        again.note('b')();
    });
    called.both(db, 'a');
}

#[tokio::test]
async fn outside_a_transaction_they_are_called_at_once() {
    let numbers = &Numbers::new().await;
    let called = &Called::default();
    helper(&numbers.db, called).await;
    assert_eq!(called.so_far(), "a");
    called.wait_for("ab").await;
    numbers.db.on_commit(|| -> () { panic!("on purpose") });
    let called = &Called::default();
    let outcome: Outcome = numbers
        .db
        .atomic(async |tx| {
            helper(tx, called).await;
            assert_eq!(called.so_far(), "");
            Ok(())
        })
        .await;
    outcome.unwrap();
    assert_eq!(called.so_far(), "ba");
}
