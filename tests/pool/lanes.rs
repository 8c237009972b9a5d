//! What is long does not keep what is short waiting.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{join_all, try_join_all};
use hyperdjango::db::{ErrorKind, Reader, Sql};

use crate::two_tables::{TwoTables, begin, soon, until};

const SLEEP: Sql<'static> = Sql::new("SELECT 1 FROM pg_sleep(600)");

/// The first time a statement has a connection alone, and afterwards when it is long.
#[tokio::test]
async fn a_long_statement_has_a_connection_alone() {
    let tables = TwoTables::new(2).await;
    let before = tables.db.stats();
    let long = tables.db.read(SLEEP, &[], |_| Ok(()));
    let short = async {
        until("the long one", async || tables.count("wait_event = 'PgSleep'").await == 1).await;
        assert_eq!(tables.db.stats().acquires, before.acquires + 1, "nothing is sent behind it");
        for _ in 0..50 {
            let answers = try_join_all((0..20).map(|_| tables.b())).await.unwrap();
            assert!(answers.iter().all(|answer| *answer == 2));
        }
    };
    tokio::select! {
        _ = long => panic!("it was to take ten minutes"),
        () = short => {}
    }
    // Given up, it is stopped.
    until("nobody to sleep", async || tables.count("wait_event = 'PgSleep'").await == 0).await;
}

/// One that was always short can take long, for example when a table is locked.
#[tokio::test]
async fn those_behind_one_that_was_always_short_are_asked_elsewhere() {
    let tables = TwoTables::new(2).await;
    let lock = tables.lock_a().await;
    // Sent in one go, on the only connection that is shared.
    let (mut stuck, mut behind) = (Box::pin(tables.a()), Box::pin(join_all((0..50).map(|_| tables.b()))));
    begin(&mut stuck);
    begin(&mut behind);
    tokio::select! {
        biased;
        _ = &mut stuck => panic!("it waits for a lock"),
        answers = soon(behind) => assert!(answers.into_iter().all(|answer| answer.unwrap() == 2)),
    }
    let stats = tables.db.stats();
    // More than one on a machine that is too busy to answer the others at once.
    assert!(stats.held >= 1 && stats.timeouts == 0, "{stats:?}");
    assert!(stats.total <= 3, "{stats:?}");
    assert_eq!(tables.b().await.unwrap(), 2);
    lock.rollback().await.unwrap();
    assert_eq!(stuck.await.unwrap(), 1);
    // Its connection goes when it ends; there is room for others again.
    until("its place to be free", async || tables.db.stats().in_use == 0).await;
}

/// A busy process notices late that it has been answered. It has enough to do without asking again.
#[tokio::test]
async fn a_busy_runtime_is_no_long_statement() {
    let tables = TwoTables::new(2).await;
    for _ in 0..8 {
        let mut reads = Box::pin(join_all((0..20).map(|_| tables.b())));
        begin(&mut reads);
        // The connection sends them; whoever waits for them has no turn for longer than a lane may be held.
        tokio::task::yield_now().await;
        std::thread::sleep(Duration::from_millis(50));
        assert!(reads.await.into_iter().all(|answer| answer.unwrap() == 2));
    }
    // By chance on a machine where PostgreSQL has no turn either, but not each time.
    let stats = tables.db.stats();
    assert!(stats.held <= 2, "{stats:?}");
}

/// Where there is no room for another connection, the next ones queue with those who want one alone.
#[tokio::test]
async fn without_room_the_next_ones_queue() {
    let tables = TwoTables::new(1).await;
    let lock = tables.lock_a().await;
    let busy = tables.db.begin().await.unwrap();
    let mut stuck = Box::pin(tables.a());
    begin(&mut stuck);
    tables.wait_for_locked(1).await;
    let (mut next, mut behind) = (Box::pin(tables.b()), Vec::new());
    until("somebody to queue", async || {
        assert!(next.as_mut().now_or_never().is_none(), "there is no connection for it");
        // One that was sent before the lane was found to be held stays behind it, for now.
        if tables.db.stats().waiters == 0 {
            behind.push(std::mem::replace(&mut next, Box::pin(tables.b())));
        }
        tables.db.stats().waiters == 1
    })
    .await;
    busy.rollback().await.unwrap();
    assert_eq!(next.await.unwrap(), 2, "it has the place of the transaction");
    let answers = soon(join_all(behind)).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == 2), "there is room for another connection");
    assert_eq!(tables.db.stats().total, 2);
    lock.rollback().await.unwrap();
    assert_eq!(stuck.await.unwrap(), 1);
}

/// What nobody waits for any more is stopped, and those around it do not notice.
#[tokio::test]
async fn a_read_that_is_given_up_is_stopped() {
    let tables = TwoTables::new(4).await;
    let lock = tables.lock_a().await;
    for round in 0..3 {
        let mut stuck = Box::pin(tables.a());
        begin(&mut stuck);
        tables.wait_for_locked(1).await;
        drop(stuck);
        let answers = soon(join_all((0..20).map(|_| tables.b()))).await;
        assert!(answers.into_iter().all(|answer| answer.unwrap() == 2), "round {round}");
        tables.wait_for_locked(0).await;
    }
    lock.rollback().await.unwrap();
    assert_eq!((tables.a().await.unwrap(), tables.b().await.unwrap()), (1, 2));
    until("all to be given back", async || tables.db.stats().in_use == 0).await;
    assert!(tables.db.stats().total <= 5);
}

/// A statement that fails on a shared connection fails alone.
#[tokio::test]
async fn a_failure_is_of_its_statement() {
    let tables = TwoTables::new(2).await;
    const DIVIDE: Sql<'static> = Sql::new("SELECT 1 / (n - 2) FROM b");
    let before = tables.db.stats();
    for _ in 0..6 {
        let (failed, answers) =
            tokio::join!(tables.db.read(DIVIDE, &[], |_| Ok(())), join_all((0..10).map(|_| tables.b())),);
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Data);
        assert!(answers.into_iter().all(|answer| answer.unwrap() == 2));
    }
    // Its connection stays; one may have been opened for whoever came while both were in use.
    let after = tables.db.stats();
    assert!(after.opened <= before.opened + 1, "{before:?}, {after:?}");
}
