//! Transactions that are in each other's way.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join;
use hyperdjango::db::{DatabaseError, Db, ErrorKind, Executor, Isolation, Reader, Sql, Transaction};

use crate::numbers::{Numbers, insert, texts};

type Outcome<T = ()> = Result<T, DatabaseError>;

/// Two that add up what the other one inserts cannot have run one after the other.
async fn write_skew(numbers: &Numbers, times: Option<u32>) -> (Vec<Outcome>, u32) {
    let tries = AtomicU32::new(0);
    let both_have_read = tokio::sync::Barrier::new(2);
    let one = async |db: &Db, n: i64| -> Outcome {
        let work = async |tx: &Transaction| {
            let attempt = tries.fetch_add(1, Ordering::SeqCst);
            let count = texts(tx, "SELECT count(*) FROM numbers").await?;
            if attempt < 2 {
                both_have_read.wait().await;
            }
            insert(tx, n * 10 + count[0].parse::<i64>().unwrap()).await.map(drop)
        };
        let builder = db.transaction().isolation(Isolation::Serializable);
        match times {
            Some(times) => builder.retry(times).atomic(work).await,
            None => builder.atomic(work).await,
        }
    };
    let (first, second) = join(one(&numbers.db, 1), one(&numbers.other, 2)).await;
    (vec![first, second], tries.load(Ordering::SeqCst))
}

#[tokio::test]
async fn serialization_failures_are_told_and_tried_again_by_choice_only() {
    let numbers = Numbers::new().await;
    for times in [None, Some(0)] {
        let (outcomes, tries) = write_skew(&numbers, times).await;
        let failed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
        assert_eq!((failed.len(), tries), (1, 2));
        assert_eq!(failed[0].kind(), ErrorKind::Conflict);
        assert!(failed[0].is_serialization_failure() && !failed[0].is_deadlock());
        numbers.other.execute_batch("DELETE FROM numbers").await.unwrap();
    }
    let (outcomes, tries) = write_skew(&numbers, Some(3)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(tries, 3);
    let kept = numbers.kept().await;
    assert!(kept == "10 21" || kept == "11 20", "{kept}");
}

#[tokio::test]
async fn a_deadlock_is_told_and_tried_again() {
    let numbers = Numbers::new().await;
    numbers.fill(2).await;
    for other in [&numbers.other, &numbers.db] {
        other.execute_batch("SELECT set_config('deadlock_timeout', '10ms', false)").await.unwrap();
    }
    let tries = AtomicU32::new(0);
    let both_have_one = tokio::sync::Barrier::new(2);
    let lock = async |db: &Db, first: i64, second: i64, times: u32| -> Outcome {
        let work = async |tx: &Transaction| {
            let attempt = tries.fetch_add(1, Ordering::SeqCst);
            tx.execute_batch(&format!("UPDATE numbers SET n = n WHERE n = {first}")).await?;
            if attempt < 2 {
                both_have_one.wait().await;
            }
            tx.execute_batch(&format!("UPDATE numbers SET n = n WHERE n = {second}")).await
        };
        db.transaction().retry(times).atomic(work).await
    };
    let (one, two) = join(lock(&numbers.db, 1, 2, 0), lock(&numbers.other, 2, 1, 0)).await;
    let error = one.err().or(two.err()).unwrap();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.is_deadlock() && !error.is_serialization_failure());
    tries.store(0, Ordering::SeqCst);
    let (one, two) = join(lock(&numbers.db, 1, 2, 5), lock(&numbers.other, 2, 1, 5)).await;
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(tries.load(Ordering::SeqCst), 3);
}

/// A conflict that only the COMMIT finds: the closure returned `Ok`.
#[tokio::test]
async fn a_conflict_at_the_commit_is_tried_again() {
    let numbers = Numbers::new().await;
    numbers
        .other
        .execute_batch(
            "CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('tries') <= 2 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END IF;
                 RETURN NULL;
             END $$;
             CREATE SEQUENCE tries;
             CREATE CONSTRAINT TRIGGER later AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION conflict()",
        )
        .await
        .unwrap();
    let outcome: Outcome =
        numbers.db.transaction().retry(1).atomic(async |tx| insert(tx, 1).await.map(drop)).await;
    assert!(outcome.unwrap_err().is_serialization_failure());
    numbers.other.execute_batch("ALTER SEQUENCE tries RESTART").await.unwrap();
    let outcome: Outcome =
        numbers.db.transaction().retry(2).atomic(async |tx| insert(tx, 1).await.map(drop)).await;
    outcome.unwrap();
    assert_eq!(numbers.kept().await, "1");
}

/// Other failures are not.
#[tokio::test]
async fn what_would_fail_again_is_not_tried_again() {
    let numbers = Numbers::new().await;
    numbers.fill(1).await;
    let tries = AtomicU32::new(0);
    let outcome: Outcome = numbers
        .db
        .transaction()
        .retry(5)
        .atomic(async |tx| {
            tries.fetch_add(1, Ordering::SeqCst);
            insert(tx, 1).await.map(drop)
        })
        .await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unique);
    assert_eq!(tries.into_inner(), 1);
}

#[tokio::test]
async fn a_table_altered_under_a_transaction_is_told_and_tried_again() {
    let numbers = Numbers::new().await;
    numbers.fill(1).await;
    const ALL: Sql<'static> = Sql::new("SELECT * FROM numbers");
    let read = async |tx: &Transaction| tx.read(ALL, &[], |_| Ok(())).await;
    numbers.db.atomic(read).await.unwrap();
    numbers.other.execute_batch("ALTER TABLE numbers ADD COLUMN more text").await.unwrap();
    let error = numbers.db.atomic(read).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Conflict, Some("0A000")));
    assert!(error.to_string().contains("a table was altered"), "{error}");
    assert_eq!(numbers.db.atomic(read).await.unwrap(), 1, "prepared anew");
    numbers.other.execute_batch("ALTER TABLE numbers DROP COLUMN more").await.unwrap();
    assert_eq!(numbers.db.transaction().retry(1).atomic(read).await.unwrap(), 1);
    // The same code means something else as well, and that is not tried again.
    let text = "SELECT DISTINCT n FROM numbers FOR UPDATE";
    let error = numbers.db.read(Sql::new(text), &[], |_| Ok(())).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Other, Some("0A000")));
}
