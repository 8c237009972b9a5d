//! The disk that PostgreSQL's write-ahead log is on is full: it stops all that it does.

use std::path::Path;
use std::time::Duration;

use hyper_tests::standbys::Cluster;
use hyper_tests::{Suite, require};
use hyperdjango::db::{ErrorKind, Executor};

use crate::again::{again, in_namespaces, run};
use crate::load::Load;
use crate::models::make_tables;
use crate::whole::{assert_whole, number, open, outside, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_of_the_log_is_full() {
    if !require(Suite::Faults) || again("wal::the_disk_of_the_log_is_full", in_namespaces) {
        return;
    }
    // A disk that only this process and what it starts can see. Half of it is somebody else's.
    let place = std::env::temp_dir().join(format!("hyper-disk-of-log-{}", std::process::id()));
    std::fs::create_dir(&place).unwrap();
    let path = place.display().to_string();
    run("mount", &["-t", "tmpfs", "-o", "size=96m,mode=755", "none", &path]);
    let others = place.join("others");
    std::fs::write(&others, vec![1; 48 << 20]).unwrap();
    let mut cluster = Cluster::alone("");
    cluster.kill_all(0);
    move_log(&cluster.folder().join("0/pg_wal"), &place.join("log"));
    cluster.launch(0);
    let (db, look) = (open(&cluster.url(0)), outside(&cluster.url(0)));
    make_tables(&look).await;
    look.execute_batch("CREATE TABLE ballast (text text)").await.unwrap();
    let load = Load::begin(&db).await;
    // Four megabytes at a time.
    let more = "INSERT INTO ballast SELECT string_agg(md5(i::text), '') FROM generate_series(1, 100000) i, \
                generate_series(1, 2) GROUP BY i % 400";
    // It fails when there is no room for another piece of the log, and PostgreSQL with it.
    let error = loop {
        if let Err(error) = look.execute_batch(more).await {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    load.failures(ErrorKind::Unavailable, 100).await;
    // It starts again by itself, finds no room for what it has to note, and ends.
    until("PostgreSQL to end", async || cluster.has_ended(0)).await;
    let log = std::fs::read_to_string(cluster.folder().join("log")).unwrap();
    assert!(log.contains("PANIC") && log.contains("No space left on device"), "{log}");
    let failed = load.failed();
    load.until("those who are refused", || load.failed() > failed + 100).await;
    // What an operator does.
    std::fs::remove_file(&others).unwrap();
    cluster.launch(0);
    let recovered = load.all_served().await;
    load.more(500).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[
        (ErrorKind::Unavailable, Duration::from_secs(4)),
        (ErrorKind::Interrupted, Duration::from_secs(2)),
    ]);
    assert_eq!(
        number(&look, "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")
            .await
            .unwrap(),
        0
    );
    assert_whole(&db, &look).await;
    outcome.print(
        "a full disk with the write-ahead log on it: PostgreSQL stays down, until there is room and it is started",
        recovered,
    );
    drop(cluster);
    // Lazily: the last of PostgreSQL's processes may not have gone yet.
    run("umount", &["--lazy", &path]);
    std::fs::remove_dir(&place).unwrap();
}

/// As PostgreSQL's manual says: the server is stopped, the folder is moved, a link is left.
fn move_log(from: &Path, to: &Path) {
    run("cp", &["-a", &from.display().to_string(), &to.display().to_string()]);
    std::fs::remove_dir_all(from).unwrap();
    std::os::unix::fs::symlink(to, from).unwrap();
}
