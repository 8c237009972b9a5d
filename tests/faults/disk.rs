//! PostgreSQL has no room left on a disk.

use std::os::unix::fs::{PermissionsExt, chown};
use std::time::Duration;

use hyper_tests::standbys::Cluster;
use hyper_tests::{Suite, require};
use hyperdjango::db::{ErrorKind, Executor};

use crate::again::{again, in_namespaces, run};
use crate::load::Load;
use crate::models::make_tables;
use crate::whole::{assert_whole, number, open, outside};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_is_full() {
    if !require(Suite::Faults) || again("disk::a_disk_is_full", in_namespaces) {
        return;
    }
    // Eight megabytes that only this process and what it starts can see.
    let place = std::env::temp_dir().join(format!("hyper-small-disk-{}", std::process::id()));
    std::fs::create_dir(&place).unwrap();
    let path = place.display().to_string();
    run("mount", &["-t", "tmpfs", "-o", "size=8m", "none", &path]);
    let cluster = Cluster::alone("");
    let folder = place.join("tables");
    std::fs::create_dir(&folder).unwrap();
    // PostgreSQL's account is the one that its folder belongs to.
    let account = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(cluster.folder()).unwrap());
    chown(&folder, Some(account), None).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let (db, look) = (open(&cluster.url(0)), outside(&cluster.url(0)));
    make_tables(&look).await;
    for statement in [
        &*format!("CREATE TABLESPACE small LOCATION '{}'", folder.display()),
        "ALTER TABLE fault_receipts SET TABLESPACE small",
        "CREATE TABLE ballast (text text) TABLESPACE small",
    ] {
        look.execute_batch(statement).await.unwrap();
    }
    let load = Load::begin(&db).await;
    // The last statement that does not fit is one of ten kilobytes.
    for bytes in [1_000_000, 100_000, 10_000] {
        let more = format!(
            "INSERT INTO ballast SELECT string_agg(md5(i::text), '') FROM generate_series(1, {}) i",
            bytes / 32
        );
        let error = loop {
            if let Err(error) = look.execute_batch(&more).await {
                break error;
            }
        };
        assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Unavailable, Some("53100")), "{error}");
    }
    load.failures(ErrorKind::Unavailable, 100).await;
    // Who reads is not concerned.
    let reads = load.reads();
    load.until("reads", || load.reads() > reads + 200).await;
    look.execute_batch("DROP TABLE ballast").await.unwrap();
    let recovered = load.all_served().await;
    load.more(300).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[(ErrorKind::Unavailable, Duration::from_secs(1))]);
    assert!(outcome.failures["Unavailable"].said.contains("No space left"), "{:?}", outcome.failures);
    assert_eq!(
        number(&look, "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")
            .await
            .unwrap(),
        0
    );
    assert_whole(&db, &look).await;
    outcome.print("a full disk: a tablespace of 8 MB, from which something is deleted", recovered);
    drop(cluster);
    // Lazily: the last of PostgreSQL's processes may not have gone yet.
    run("umount", &["--lazy", &path]);
    std::fs::remove_dir(&place).unwrap();
}
