//! PostgreSQL is killed: one of its processes, or all of them.

use std::time::Duration;

use hyper_tests::standbys::Cluster;
use hyper_tests::{Suite, require};
use hyperdjango::db::ErrorKind;

use crate::load::Load;
use crate::models::make_tables;
use crate::whole::{assert_whole, count, number, open, outside, until};

/// A refusal comes at once, or after the two seconds that a connection may take.
const PROMISED: [(ErrorKind, Duration); 2] =
    [(ErrorKind::Unavailable, Duration::from_secs(4)), (ErrorKind::Interrupted, Duration::from_secs(2))];

/// PostgreSQL then ends all others too, as one that was killed may have spoilt what they share, and starts them again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_its_processes_is_killed() {
    if !require(Suite::Faults) {
        return;
    }
    let cluster = Cluster::alone("");
    let (db, look) = (open(&cluster.url(0)), outside(&cluster.url(0)));
    make_tables(&look).await;
    let load = Load::begin(&db).await;
    let mut recovered = Duration::ZERO;
    for _ in 0..2 {
        let started =
            async || number(&look, "SELECT extract(epoch FROM pg_postmaster_start_time())::int8").await;
        let (before, failures) = (started().await.unwrap(), load.failed());
        let victim = "SELECT pid::int8 FROM pg_stat_activity WHERE application_name <> 'outside' \
                      AND backend_type = 'client backend' AND xact_start IS NOT NULL LIMIT 1";
        let mut pid = 0;
        until("somebody in a transaction", async || {
            pid = number(&look, victim).await.unwrap();
            pid != 0
        })
        .await;
        signal(pid, "KILL");
        until("PostgreSQL to end all", async || load.failed() > failures).await;
        recovered = recovered.max(load.all_served().await);
        assert_eq!(started().await.unwrap(), before, "it is the same server");
        assert!(count(&look, "true").await.unwrap() > 0);
    }
    load.more(500).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&PROMISED);
    assert_whole(&db, &look).await;
    outcome.print("`kill -9` of a backend, twice", recovered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_is_killed() {
    if !require(Suite::Faults) {
        return;
    }
    let mut cluster = Cluster::alone("");
    let (db, look) = (open(&cluster.url(0)), outside(&cluster.url(0)));
    make_tables(&look).await;
    let load = Load::begin(&db).await;
    cluster.kill_all(0);
    load.failures(ErrorKind::Unavailable, 100).await;
    cluster.launch(0);
    let recovered = load.all_served().await;
    load.more(500).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&PROMISED);
    assert_whole(&db, &look).await;
    outcome.print("`kill -9` of PostgreSQL, all of it, and a start", recovered);
}

/// Sends a signal to a process of PostgreSQL.
pub(crate) fn signal(pid: i64, signal: &str) {
    let kill = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {pid}")]).status();
    assert!(kill.unwrap().success());
}
