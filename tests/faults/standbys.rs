//! Standbys are killed, stand still, and become the primary.
//!
//! What of it holds in detail is shown by the tests of replicas (`tests/replicas`): here it is the load of all faults, and
//! how long it takes.

use std::time::Duration;

use hyper_tests::standbys::{Cluster, wait_for_all, wait_until};
use hyper_tests::{Suite, require};
use hyperdjango::db::{ErrorKind, Executor, PrimaryReplica};

use crate::load::Load;
use crate::models::make_tables;
use crate::whole::{assert_whole, open, outside};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn standbys_fail_and_one_takes_over() {
    if !require(Suite::Faults) {
        return;
    }
    // What is acknowledged has the standby that is to take over.
    let mut cluster = Cluster::start("synchronous_standby_names = 's1'");
    let look = outside(&cluster.url(0));
    make_tables(&look).await;
    // Not among those that are counted when one of them has become the primary.
    let replica = |number| open(&format!("{} application_name=outside", cluster.url(number)));
    let routing = PrimaryReplica::new()
        .replica("one", replica(1), 1)
        .replica("two", replica(2), 1)
        .probe(Duration::from_millis(200));
    let db = open(&cluster.url_of_primary()).with_replicas(routing);
    wait_for_all(&db).await;

    // The second one is killed: neither who reads nor who writes is told.
    let load = Load::begin(&db).await;
    let before = db.replica_stats().replicas[1].reads;
    load.until("reads on it", || db.replica_stats().replicas[1].reads > before).await;
    cluster.kill_all(2);
    wait_until(&db, |db| db.replica_stats().replicas[1].why_out.is_some()).await;
    load.more(500).await;
    cluster.launch(2);
    let mended = std::time::Instant::now();
    wait_for_all(&db).await;
    let recovered = mended.elapsed();
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[]);
    outcome.print("`kill -9` of a standby, and a start", recovered);
    forget(&look).await;

    // It stands still: who has written reads elsewhere what he wrote.
    let load = Load::begin(&db).await;
    cluster.db(2).execute_batch("SELECT pg_wal_replay_pause()").await.unwrap();
    let before = db.replica_stats();
    load.more(1000).await;
    wait_until(&db, |db| db.replica_stats().replicas[1].lag_bytes > 0).await;
    load.more(1000).await;
    let after = db.replica_stats();
    assert!(after.waits > before.waits || after.replicas[0].reads > before.replicas[0].reads, "{after:?}");
    cluster.db(2).execute_batch("SELECT pg_wal_replay_resume()").await.unwrap();
    let mended = std::time::Instant::now();
    let reads = db.replica_stats().replicas[1].reads;
    wait_until(&db, |db| {
        let two = &db.replica_stats().replicas[1];
        two.why_out.is_none() && two.reads > reads
    })
    .await;
    let recovered = mended.elapsed();
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[]);
    outcome.print("replay paused on a standby", recovered);
    forget(&look).await;

    // The primary is killed, and the first one takes over.
    let load = Load::begin(&db).await;
    cluster.kill_all(0);
    load.failures(ErrorKind::Unavailable, 50).await;
    let killed = std::time::Instant::now();
    cluster.promote(1);
    let promoted = killed.elapsed();
    load.all_served().await;
    let recovered = killed.elapsed() - promoted;
    load.more(500).await;
    let look = outside(&cluster.url(1));
    let outcome = load.end(&look).await;
    // A server that has gone is not waited for; the rest is what `target_session_attrs` takes to ask three of them.
    let limit = Duration::from_secs(6);
    outcome.assert_failures(&[(ErrorKind::Unavailable, limit), (ErrorKind::Interrupted, limit)]);
    wait_until(&db, |db| db.replica_stats().replicas.iter().all(|replica| replica.why_out.is_some())).await;
    assert_whole(&db, &look).await;
    outcome.print("`kill -9` of the primary, and promotion of a standby", recovered);
}

/// A load counts what is there of it alone.
async fn forget(look: &hyperdjango::db::Db) {
    look.execute_batch("TRUNCATE fault_receipts; UPDATE fault_counters SET n = 0").await.unwrap();
}
