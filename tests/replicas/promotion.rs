//! The primary is killed, and a standby becomes the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use hyper_core::db::{DatabaseError, ErrorKind, Session};
use hyper_tests::{Suite, require};

use crate::cluster::{Cluster, wait_for_all};
use crate::own_writes::{add, counters, read};

fn assert_unavailable(error: DatabaseError) {
    let text = error.to_string();
    assert_eq!(hyperdjango::Error::from(error).status(), 503, "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_fail_until_the_new_primary_is_found_and_none_is_lost() {
    if !require(Suite::Replicas) {
        return;
    }
    // Nothing is acknowledged before the standby that is to be promoted has it.
    let mut cluster = Cluster::start("synchronous_standby_names = 's1'");
    let db = cluster.routed([1, 1]).await;
    counters(&db).await;
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged: Arc<[AtomicI64; 4]> = Arc::default();
    let unknown: Arc<[AtomicI64; 4]> = Arc::default();
    let mut tasks = Vec::new();
    for id in 0..4_i32 {
        let (db, stop) = (db.clone(), stop.clone());
        let (acknowledged, unknown) = (acknowledged.clone(), unknown.clone());
        tasks.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let i = id as usize;
                let work = async {
                    match add(&db, id).await {
                        Ok(()) => {
                            let n = acknowledged[i].fetch_add(1, Ordering::Relaxed) + 1;
                            // What it wrote, or more: a write whose end is not known may have been one. A failure is
                            // that there is no primary to ask how far a replica must be.
                            match read(&db, id).await {
                                Ok(read) => assert!(read >= n, "{read} after {n}"),
                                Err(error) => assert_unavailable(error),
                            }
                        }
                        Err(error) => {
                            if error.kind() == ErrorKind::Interrupted {
                                unknown[i].fetch_add(1, Ordering::Relaxed);
                            }
                            assert_unavailable(error);
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                    }
                };
                Session::new().run(work).await;
            }
        }));
    }
    let count = |of: &Arc<[AtomicI64; 4]>| of.iter().map(|n| n.load(Ordering::Relaxed)).sum::<i64>();
    let more = async |n: i64| {
        let (until, deadline) = (count(&acknowledged) + n, Instant::now() + Duration::from_secs(60));
        while count(&acknowledged) < until {
            assert!(Instant::now() < deadline, "no writes: {:?}", db.replica_stats());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    more(200).await;
    wait_for_all(&db).await;
    cluster.kill(0);
    // Who has written nothing goes on reading: there is no primary, and that is all one to him.
    for _ in 0..200 {
        Session::new().run(async { read(&db, 1).await.unwrap() }).await;
    }
    let error = Session::new().run(async { add(&db, 1).await }).await.unwrap_err();
    assert_unavailable(error);
    cluster.promote(1);
    more(200).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    for id in 0..4 {
        let known = acknowledged[id as usize].load(Ordering::Relaxed);
        let most = known + unknown[id as usize].load(Ordering::Relaxed);
        let there = read(&db.primary(), id).await.unwrap();
        assert!((known..=most).contains(&there), "{there} of {known} to {most}");
    }
    // Neither the new primary nor a standby that stayed with the old one is asked as a replica.
    crate::cluster::wait_until(&db, |db| db.replica_stats().replicas.iter().all(|r| r.why_out.is_some()))
        .await;
    let stats = db.replica_stats();
    assert!(stats.replicas[0].why_out.as_ref().unwrap().contains("it is no replica"), "{stats:?}");
    assert!(
        stats.replicas[1].why_out.as_ref().unwrap().contains("has not followed a promotion"),
        "{stats:?}"
    );
}
