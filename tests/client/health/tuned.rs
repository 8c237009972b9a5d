//! A pool whose size follows its load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use hyperdjango::health::{PoolTuner, TunerOptions};
use hyperdjango::prelude::*;

use super::{database, until};

#[tokio::test]
async fn it_grows_with_the_load_and_shrinks_when_it_is_gone() {
    let url = hyper_tests::postgres();
    let db = database(url.url());
    let (least, most) = (4, 16);
    db.resize(least);
    let mut options = TunerOptions::between(least, most);
    options.interval = Duration::from_millis(30);
    let tuner = PoolTuner::start(&db, options);
    let goes_on = Arc::new(AtomicBool::new(true));
    let load: Vec<_> = (0..40)
        .map(|_| {
            let (db, goes_on) = (db.clone(), goes_on.clone());
            tokio::spawn(async move {
                while goes_on.load(SeqCst) {
                    db.execute_batch("SELECT pg_sleep(0.005)").await.unwrap();
                }
            })
        })
        .collect();
    until("it to be as large as it may be", async || {
        let stats = tuner.stats();
        assert!(stats.checks == 0 || (least..=most).contains(&stats.size), "{stats:?}");
        stats.size == most
    })
    .await;
    // It is larger indeed.
    until("as many to be in use", async || db.stats().in_use >= most).await;
    let grown = tuner.stats();
    assert!(grown.grown >= 3 && grown.shrunk == 0, "{grown:?}");
    goes_on.store(false, SeqCst);
    for task in load {
        task.await.unwrap();
    }
    until("it to be as small as it was", async || tuner.stats().size == least).await;
    let stats = tuner.stats();
    assert!(stats.shrunk >= 3 && stats.grown == grown.grown, "{stats:?}");
    assert!(db.stats().total <= least, "{:?}", db.stats());
    // It serves on.
    db.execute_batch("SELECT 1").await.unwrap();
    tuner.stop();
}
