//! The clock of the machine is set back, and on.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::join_all;
use hyper_tests::{Suite, require};
use hyperdjango::db::{Db, ErrorKind};
use hyperdjango::health::{HeartbeatOptions, PoolHeartbeat};

use crate::again::again;
use crate::load::{Load, PATIENCE};
use crate::models::make_tables;
use crate::whole::{EXCLUSIVE, assert_whole, open, options, outside, until};

const URL: &str = "HYPER_FAULTS_URL";
const CLOCK: &str = "FAKETIME_TIMESTAMP_FILE";

/// Of a process that has a file for a clock. PostgreSQL keeps the one it has.
fn with_a_clock(url: &str, file: &Path) -> Command {
    let library =
        Command::new("faketime").args(["-f", "+0", "sh", "-c", "echo $LD_PRELOAD"]).output().unwrap();
    let library = String::from_utf8(library.stdout).unwrap().trim().to_owned();
    assert!(library.contains("libfaketime"), "{library}");
    std::fs::write(file, "+0").unwrap();
    let mut command = Command::new("env");
    command.env("LD_PRELOAD", library).env(CLOCK, file).env("FAKETIME_NO_CACHE", "1").env(URL, url);
    // A clock that is set is not the one that counts seconds.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_goes_backwards() {
    if !require(Suite::Faults) {
        return;
    }
    let file = std::env::temp_dir().join(format!("hyper-clock-{}", std::process::id()));
    let start = || with_a_clock(hyper_tests::postgres().url(), &file);
    if again("clock::the_clock_goes_backwards", start) {
        std::fs::remove_file(&file).unwrap();
        return;
    }
    let url = std::env::var(URL).unwrap();
    let file = std::env::var(CLOCK).unwrap();
    let look = outside(&url);
    make_tables(&look).await;
    let mut limits = options();
    // Connections are replaced all the time.
    limits.max_lifetime = Duration::from_secs(1);
    let db = Db::with_options(url.parse().unwrap(), limits);
    let mut beats = HeartbeatOptions::every(Duration::from_millis(50));
    beats.timeout = PATIENCE;
    let heartbeat = PoolHeartbeat::start(&db, beats);
    let load = Load::begin(&db).await;
    for shift in ["-1d", "-400d", "+2d", "-1d"] {
        let (before, beats, recycled) =
            (SystemTime::now(), heartbeat.stats().total_beats, db.stats().recycled);
        std::fs::write(&file, shift).unwrap();
        let set = || SystemTime::now().duration_since(before).unwrap_or_else(|error| error.duration());
        until("the clock to be another", async || set() > Duration::from_secs(3600)).await;
        load.more(300).await;
        until("a connection to be replaced", async || db.stats().recycled > recycled).await;
        until("beats", async || heartbeat.stats().total_beats > beats + 3).await;
        // Who waits for a connection does so for two seconds.
        let full = open(&url);
        let held = join_all((0..EXCLUSIVE).map(|_| full.begin())).await;
        let started = Instant::now();
        let error = full.begin().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!((Duration::from_secs(2)..Duration::from_secs(10)).contains(&started.elapsed()));
        drop(held);
    }
    let recovered = load.all_served().await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[]);
    let stats = heartbeat.stats();
    assert!(stats.healthy && stats.total_failures == 0 && stats.max_latency_ms < 60_000.0, "{stats:?}");
    drop(heartbeat);
    assert_whole(&db, &look).await;
    outcome.print("the program's clock is set back by 400 days, and on", recovered);
}

/// What time it is matters only where it is written down.
#[test]
fn limits_hang_on_no_clock_that_can_be_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../hyper-core/src/db");
    let (mut folders, mut files) = (vec![folder], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                // The log of slow statements writes when each of them ended.
                if !path.ends_with("db/slow") {
                    folders.push(path);
                }
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            for clock in ["SystemTime", "Timestamp::now", "Zoned::now", "UNIX_EPOCH"] {
                assert!(
                    !text.contains(clock),
                    "{} looks at a clock that can be set: {clock}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 40);
}
