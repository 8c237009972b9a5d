//! A replica fails: nobody sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper_core::db::{Db, ErrorKind, Session};
use hyper_tests::{Suite, require};
use tokio::task::JoinHandle;

use crate::cluster::{Cluster, wait_for_all, wait_until};
use crate::own_writes::{add, counters, read};

/// Readers and writers, each with a counter of its own, who know what they wrote.
struct Load {
    stop: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
    slowest: Arc<AtomicU64>,
    written: Arc<[AtomicI64; 8]>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Each read must succeed and be what was written; each write, too, as long as the primary lives.
    fn start(db: &Db) -> Self {
        let mut this = Self {
            stop: Arc::default(),
            reads: Arc::default(),
            slowest: Arc::default(),
            written: Arc::default(),
            tasks: Vec::new(),
        };
        for id in 0..8 {
            let (db, stop, reads) = (db.clone(), this.stop.clone(), this.reads.clone());
            let (slowest, written) = (this.slowest.clone(), this.written.clone());
            this.tasks.push(tokio::spawn(async move {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    let work = async {
                        add(&db, id).await.unwrap();
                        n += 1;
                        written[id as usize].store(n, Ordering::Relaxed);
                        for _ in 0..10 {
                            let started = Instant::now();
                            assert_eq!(read(&db, id).await.unwrap(), n);
                            // Of nobody in particular, and so of any replica.
                            read(&db.replica(), id).await.unwrap();
                            slowest.fetch_max(started.elapsed().as_millis() as u64, Ordering::Relaxed);
                            reads.fetch_add(2, Ordering::Relaxed);
                        }
                    };
                    Session::new().run(work).await;
                }
            }));
        }
        this
    }

    async fn until(&self, reads: u64) {
        let until = self.reads.load(Ordering::Relaxed) + reads;
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.reads.load(Ordering::Relaxed) < until {
            assert!(
                Instant::now() < deadline && !self.tasks.iter().any(JoinHandle::is_finished),
                "the load stopped"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it: no task has failed, and each acknowledged write is there.
    async fn end(self, db: &Db) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        for id in 0..8 {
            let written = self.written[id as usize].load(Ordering::Relaxed);
            assert!(written > 0);
            assert_eq!(read(&db.primary(), id).await.unwrap(), written);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_is_killed_under_load_and_comes_back() {
    if !require(Suite::Replicas) {
        return;
    }
    let mut cluster = Cluster::start("");
    let db = cluster.routed([1, 1]).await;
    counters(&db).await;
    let load = Load::start(&db);
    load.until(500).await;
    let before = db.replica_stats();
    assert!(before.replicas.iter().all(|replica| replica.reads > 0), "{before:?}");
    cluster.kill(1);
    load.until(500).await;
    wait_until(&db, |db| db.replica_stats().replicas[0].why_out.is_some()).await;
    let out = db.replica_stats().replicas[0].clone();
    assert!(out.failures > 0 && out.taken_out == 1, "{out:?}");
    load.until(500).await;
    assert_eq!(db.replica_stats().replicas[0].reads, out.reads, "it is not asked");
    // All of them: the primary serves.
    cluster.kill(2);
    wait_until(&db, |db| db.replica_stats().replicas[1].why_out.is_some()).await;
    let before = db.replica_stats();
    load.until(500).await;
    assert!(db.replica_stats().primary_reads >= before.primary_reads + 400);
    cluster.launch(1);
    cluster.launch(2);
    wait_for_all(&db).await;
    let back = db.replica_stats();
    assert!(back.replicas.iter().all(|replica| replica.taken_back == 2), "{back:?}");
    load.until(1000).await;
    let after = db.replica_stats();
    assert!((0..2).all(|i| after.replicas[i].reads > back.replicas[i].reads), "{back:?} {after:?}");
    load.end(&db).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_hangs_is_left() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed([1, 1]).await;
    counters(&db).await;
    let load = Load::start(&db);
    load.until(500).await;
    cluster.freeze(1, true);
    wait_until(&db, |db| db.replica_stats().replicas[0].why_out.is_some()).await;
    load.until(500).await;
    let slowest = load.slowest.load(Ordering::Relaxed);
    assert!(slowest < 10_000, "{slowest} ms");
    cluster.freeze(1, false);
    wait_for_all(&db).await;
    load.until(500).await;
    load.end(&db).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_too_far_behind_is_out() {
    if !require(Suite::Replicas) {
        return;
    }
    let cluster = Cluster::start("");
    let db = cluster.routed_by([1, 1], |routing| routing.max_lag(Duration::from_millis(700))).await;
    counters(&db).await;
    cluster_pause(&cluster, "pg_wal_replay_pause").await;
    add(&db, 1).await.unwrap();
    wait_until(&db, |db| db.replica_stats().replicas[0].why_out.is_some()).await;
    let out = db.replica_stats().replicas[0].clone();
    assert!(out.why_out.unwrap().contains("behind the primary") && out.lag_bytes > 0);
    assert!(out.lag >= Duration::from_millis(700));
    cluster_pause(&cluster, "pg_wal_replay_resume").await;
    wait_for_all(&db).await;
    // The primary cannot be written to through a replica, whatever it is asked.
    let refused = add(&cluster.db(1), 1).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
}

async fn cluster_pause(cluster: &Cluster, function: &str) {
    use hyper_core::db::Executor;

    cluster.db(1).execute_batch(&format!("SELECT {function}()")).await.unwrap();
}
