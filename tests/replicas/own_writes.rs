//! Nobody reads less than he has written, however far the replicas are.

use std::time::{Duration, Instant};

use hyper_core::db::{DatabaseError, Db, Executor, PrimaryReplica, Reader, Session, Sql};
use hyper_tests::{Suite, require};

use crate::cluster::{Cluster, wait_until_caught_up};

const READ: Sql<'static> = Sql::new("SELECT n FROM counters WHERE id = $1");

pub(crate) async fn read(db: &impl Reader, id: i32) -> Result<i64, DatabaseError> {
    let mut n = -1;
    db.read(READ, &[&id], |row| {
        n = row.try_get(0)?;
        Ok(())
    })
    .await?;
    Ok(n)
}

pub(crate) async fn add(db: &impl Executor, id: i32) -> Result<(), DatabaseError> {
    db.write(Sql::new("UPDATE counters SET n = n + 1 WHERE id = $1"), &[&id], |_| Ok(())).await.map(|_| ())
}

pub(crate) async fn counters(db: &Db) {
    db.execute_batch(
        "CREATE TABLE counters (id int PRIMARY KEY, n bigint NOT NULL); \
         INSERT INTO counters SELECT i, 0 FROM generate_series(0, 63) i",
    )
    .await
    .unwrap();
}

pub(crate) async fn pause(cluster: &Cluster, standby: usize, paused: bool) {
    let text = if paused { "SELECT pg_wal_replay_pause()" } else { "SELECT pg_wal_replay_resume()" };
    cluster.db(standby).execute_batch(text).await.unwrap();
}

/// Writes once in each way there is, and reads after each.
async fn write_and_read(db: &Db, id: i32, n: &mut i64) {
    add(db, id).await.unwrap();
    *n += 1;
    assert_eq!(read(db, id).await.unwrap(), *n, "after a statement");
    db.atomic(async |tx| add(tx, id).await).await.unwrap();
    *n += 1;
    assert_eq!(read(db, id).await.unwrap(), *n, "after a transaction");
    db.atomic(async |tx| {
        tx.on_commit(|| ());
        add(tx, id).await
    })
    .await
    .unwrap();
    *n += 1;
    assert_eq!(read(db, id).await.unwrap(), *n, "after a transaction that is committed in a task");
    db.execute_batch(&format!("UPDATE counters SET n = n + 1 WHERE id = {id}")).await.unwrap();
    *n += 1;
    assert_eq!(read(db, id).await.unwrap(), *n, "after a batch");
    // Told to, it reads what there is: nothing newer than was written.
    assert!(read(&db.replica(), id).await.unwrap() <= *n);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_read_while_replay_is_paused() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed([1, 1]).await;
    counters(&db).await;
    let mut n = [0_i64; 16];
    for paused in [[false, false], [true, false], [true, true], [false, true], [false, false]] {
        for standby in [1, 2] {
            pause(&cluster, standby, paused[standby - 1]).await;
        }
        for (id, n) in n.iter_mut().enumerate() {
            let id = i32::try_from(id).unwrap();
            match id % 2 {
                0 => Session::new().run(write_and_read(&db, id, n)).await,
                // Outside of all sessions it is what the process has written.
                _ => write_and_read(&db, id, n).await,
            }
        }
        let before = db.replica_stats();
        for _ in 0..50 {
            Session::new().run(async { read(&db, 0).await.unwrap() }).await;
        }
        let after = db.replica_stats();
        assert_eq!(after.primary_reads, before.primary_reads, "who has written nothing waits for nobody");
        if paused == [true, true] {
            assert!(
                read(&db.replica(), 1).await.unwrap() < n[1],
                "paused it is behind, or this shows nothing"
            );
            let stats = db.replica_stats();
            assert!(stats.waits_in_vain > 0 && stats.fallbacks > 0, "{stats:?}");
        }
    }
    // Once they have it all, nobody needs the primary.
    wait_until_caught_up(&db).await;
    let before = db.replica_stats();
    for (id, n) in n.iter().enumerate() {
        assert_eq!(read(&db, i32::try_from(id).unwrap()).await.unwrap(), *n);
    }
    assert_eq!(db.replica_stats().primary_reads, before.primary_reads);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_nearly_there_is_waited_for() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed_by([1, 0], |routing| routing.wait(Duration::from_secs(20))).await;
    counters(&db).await;
    assert_eq!(read(&db, 1).await.unwrap(), 0);
    pause(&cluster, 1, true).await;
    add(&db, 1).await.unwrap();
    let before = db.replica_stats();
    let started = Instant::now();
    let reading = tokio::spawn({
        let db = db.clone();
        async move { read(&db, 1).await.unwrap() }
    });
    wait_until_waits(&db, before.waits + 1).await;
    assert!(!reading.is_finished());
    pause(&cluster, 1, false).await;
    assert_eq!(reading.await.unwrap(), 1);
    let after = db.replica_stats();
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(
        (after.replicas[0].reads - before.replicas[0].reads, after.waits_in_vain),
        (1, before.waits_in_vain)
    );
}

async fn wait_until_waits(db: &Db, waits: u64) {
    for _ in 0..1000 {
        if db.replica_stats().waits >= waits {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nobody waits: {:?}", db.replica_stats());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_forgot_is_not_believed() {
    if !require(Suite::Replicas) {
        return;
    }
    let mut cluster = Cluster::start("");
    // Nobody looks at it after the first time: only its connections tell that it was away.
    let by = |routing: PrimaryReplica| routing.probe(Duration::from_secs(3600)).wait(Duration::from_secs(20));
    let db = cluster.routed_by([1, 0], by).await;
    counters(&db).await;
    assert_eq!(read(&db, 1).await.unwrap(), 0);
    // What it can start from again: the table is in it, and no write.
    cluster.db(0).execute_batch("CHECKPOINT").await.unwrap();
    add(&db, 2).await.unwrap();
    assert_eq!(read(&db, 2).await.unwrap(), 1);
    cluster.db(1).execute_batch("CHECKPOINT").await.unwrap();
    let session = Session::new();
    let before = session
        .run(async {
            add(&db, 1).await.unwrap();
            let before = db.replica_stats();
            let n = read(&db, 1).await.unwrap();
            assert_eq!(db.replica_stats().replicas[0].reads, before.replicas[0].reads + 1, "it has it");
            n
        })
        .await;
    // Started again it shows what it had when it last wrote to its disk, and replays no more.
    cluster.kill(1);
    cluster.append(1, "recovery_min_apply_delay = '1h'");
    cluster.launch(1);
    assert!(read(&cluster.db(1), 1).await.unwrap() < before, "it has all, or this shows nothing");
    let reads = db.replica_stats();
    assert_eq!(session.run(read(&db, 1)).await.unwrap(), before);
    assert_eq!(db.replica_stats().primary_reads, reads.primary_reads + 1);
}
