//! Advisory locks.

use std::time::Duration;

use hyperdjango::db::{DatabaseError, Db, DbOptions, ErrorKind, Executor, LockKey, Transaction};
use proptest::prelude::*;

use crate::numbers::{Numbers, drop_when, insert, texts};

type Outcome<T = ()> = Result<T, DatabaseError>;

const WAITING: &str = "wait_event_type = 'Lock'";

/// How many there are in the database.
const HELD: &str = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database \
                    WHERE locktype = 'advisory' AND datname = current_database()";

#[tokio::test]
async fn a_transaction_keeps_its_locks_to_its_end() {
    let numbers = Numbers::new().await;
    let keys: [LockKey; 5] =
        [0.into(), i64::MIN.into(), (i32::MAX, i32::MIN).into(), "ünï".into(), (&String::new()).into()];
    for key in keys {
        let holder = numbers.other.begin().await.unwrap();
        holder.advisory_lock(key).await.unwrap();
        assert!(holder.try_advisory_lock(key).await.unwrap(), "it has it already");
        let tx = numbers.db.begin().await.unwrap();
        assert!(!tx.try_advisory_lock(key).await.unwrap());
        assert!(!tx.try_advisory_lock_shared(key).await.unwrap());
        drop(tx);
        let limit = Duration::from_millis(5);
        let outcome: Outcome =
            numbers.db.transaction().lock_timeout(limit).atomic(async |tx| tx.advisory_lock(key).await).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Locked);
        let waits = numbers.db.atomic(async |tx| tx.advisory_lock(key).await);
        let (outcome, ()) = futures_util::future::join(waits, async {
            numbers.wait_for("1", WAITING).await;
            holder.commit().await.unwrap();
        })
        .await;
        outcome.unwrap();
        assert_eq!(texts(&numbers.other, HELD).await.unwrap(), ["0"]);
    }
}

#[tokio::test]
async fn shared_locks_are_shared_and_parts_give_theirs_back() {
    let numbers = Numbers::new().await;
    let one = numbers.other.begin().await.unwrap();
    let two = numbers.db.begin().await.unwrap();
    one.advisory_lock_shared("x").await.unwrap();
    two.advisory_lock_shared("x").await.unwrap();
    assert!(two.try_advisory_lock_shared("x").await.unwrap());
    assert!(!two.try_advisory_lock("x").await.unwrap());
    assert!(two.try_advisory_lock((0, 7)).await.unwrap());
    assert!(one.try_advisory_lock(7).await.unwrap(), "a pair is no number");
    let part = two.savepoint().await.unwrap();
    part.advisory_lock("y").await.unwrap();
    assert!(!one.try_advisory_lock("y").await.unwrap());
    part.rollback().await.unwrap();
    assert!(one.try_advisory_lock("y").await.unwrap());
}

#[tokio::test]
async fn a_guard_keeps_its_lock_while_it_lives() {
    let numbers = Numbers::new().await;
    for shared in [false, true] {
        let lock = match shared {
            false => numbers.db.advisory_lock("import").await.unwrap(),
            true => numbers.db.advisory_lock_shared("import").await.unwrap(),
        };
        assert!(lock.is_held());
        assert!(numbers.other.try_advisory_lock("import").await.unwrap().is_none());
        let second = numbers.other.try_advisory_lock_shared("import").await.unwrap();
        assert_eq!(second.is_some(), shared);
        if let Some(second) = second {
            second.release().await.unwrap();
        }
        lock.release().await.unwrap();
        let lock = numbers.db.try_advisory_lock("import").await.unwrap().expect("it is free");
        // Dropped, it goes soon; the connection, the only one, is clean.
        drop(lock);
        let again = numbers.other.advisory_lock("import").await.unwrap();
        again.release().await.unwrap();
        numbers.assert_usable().await;
        while texts(&numbers.other, HELD).await.unwrap() != ["0"] {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

#[tokio::test]
async fn who_waits_for_a_lock_and_is_dropped_leaves_nothing_behind() {
    let numbers = Numbers::new().await;
    let holder = numbers.other.advisory_lock(1).await.unwrap();
    drop_when(&numbers, numbers.db.advisory_lock(1), WAITING).await;
    numbers.wait_for("0", WAITING).await;
    let tx = numbers.db.atomic(async |tx: &Transaction| tx.advisory_lock(1).await);
    drop_when(&numbers, tx, WAITING).await;
    numbers.wait_for("0", WAITING).await;
    holder.release().await.unwrap();
    assert!(numbers.other.try_advisory_lock(1).await.unwrap().is_some());
    numbers.assert_usable().await;
}

#[tokio::test]
async fn a_guard_whose_connection_is_lost_says_so() {
    let numbers = Numbers::new().await;
    let lock = numbers.db.advisory_lock("gone").await.unwrap();
    numbers
        .other
        .execute_batch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .await
        .unwrap();
    while lock.is_held() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(lock.release().await.unwrap_err().kind(), ErrorKind::Interrupted);
    insert(&numbers.db, 1).await.unwrap();
}

/// An idle connection that has ended meanwhile costs nobody a lock.
#[tokio::test]
async fn a_lock_is_taken_although_the_idle_connection_has_ended() {
    let numbers = Numbers::new().await;
    insert(&numbers.db, 1).await.unwrap();
    numbers
        .other
        .execute_batch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    numbers.db.advisory_lock("x").await.unwrap().release().await.unwrap();
}

/// Of all who run at once, one is inside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_one_is_inside() {
    let mut options = DbOptions::default();
    options.exclusive = 8;
    let db = Db::with_options(hyper_tests::postgres().url().parse().unwrap(), options);
    let inside = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let (db, inside) = (db.clone(), inside.clone());
            tokio::spawn(async move {
                for _ in 0..20 {
                    let lock = match n % 2 {
                        0 => db.advisory_lock("door").await.unwrap(),
                        _ => match db.try_advisory_lock("door").await.unwrap() {
                            Some(lock) => lock,
                            None => continue,
                        },
                    };
                    assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    lock.release().await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

proptest! {
    /// A name's number is FNV-1a, by the definition and not by the code under test.
    #[test]
    fn names_are_numbers_anybody_can_compute(name in ".*") {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        prop_assert_eq!(LockKey::from(name.as_str()), LockKey::from(hash as i64));
    }
}
