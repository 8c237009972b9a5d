//! PostgreSQL is there and says nothing: it is stopped, or something in between keeps what it is sent.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use hyper_tests::standbys::{Cluster, wait_for_all};
use hyper_tests::{Suite, require};
use hyperdjango::db::{DatabaseError, Db, ErrorKind, Executor, PrimaryReplica, Reader, Sql, Transaction};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::block_in_place;

use crate::load::Load;
use crate::models::make_tables;
use crate::swallower::Swallower;
use crate::whole::{assert_whole, number, options, outside, until};

/// What PostgreSQL may take for a statement.
const LIMIT: Duration = Duration::from_millis(500);

/// By when it is noticed that it says nothing.
const NOTICED: Duration = Duration::from_millis(500 + 1000 + 1000);

/// What is promised where a connection may take this long.
fn promised(connect: Duration) -> [(ErrorKind, Duration); 3] {
    [
        (ErrorKind::Interrupted, NOTICED),
        (ErrorKind::Timeout, NOTICED),
        // Or it waits for one that somebody has who is not answered, for two seconds.
        (ErrorKind::Unavailable, Duration::from_secs(2) + connect),
    ]
}

fn open(url: &str, connect: Duration) -> Db {
    let mut options = options();
    (options.query_timeout, options.connect_timeout) = (LIMIT, connect);
    Db::with_options(url.parse().unwrap(), options)
}

fn given_up(load: &Load) -> u64 {
    load.failed_so("Interrupted") + load.failed_so("Timeout")
}

/// Each of its processes is stopped where it is. Its sockets take what is sent, and connections, until they are full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_is_stopped() {
    if !require(Suite::Faults) {
        return;
    }
    let cluster = Cluster::alone("");
    let connect = Duration::from_secs(1);
    let url = cluster.url(0).replace("connect_timeout=2", "connect_timeout=1");
    let (db, look) = (open(&url, connect), outside(&cluster.url(0)));
    make_tables(&look).await;
    let load = Load::begin(&db).await;
    cluster.freeze(0, true);
    let frozen = Instant::now();
    load.until("statements to be given up", || given_up(&load) >= 4).await;
    assert!(frozen.elapsed() >= LIMIT + Duration::from_secs(1), "{:?}", frozen.elapsed());
    // Nobody can have a new connection, either; and only one of them tries.
    load.failures(ErrorKind::Unavailable, 200).await;
    // It may take as long as it says.
    let fresh = open(&url, connect);
    let began = Instant::now();
    let error = fresh.execute_batch("SELECT 1").await.unwrap_err();
    assert_eq!(error.to_string(), "PostgreSQL did not answer within 1s");
    assert!((connect..connect + Duration::from_secs(5)).contains(&began.elapsed()));
    cluster.freeze(0, false);
    let recovered = load.all_served().await;
    load.more(500).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&promised(connect));
    assert_whole(&db, &look).await;
    outcome.print(
        "PostgreSQL is frozen, all of its processes (`SIGSTOP`), and goes on; `QUERY_TIMEOUT=500`",
        recovered,
    );
}

/// Who reads on it reads elsewhere, also where nobody looks whether it is still there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_is_stopped() {
    if !require(Suite::Faults) {
        return;
    }
    let cluster = Cluster::start("");
    let look = outside(&cluster.url(0));
    make_tables(&look).await;
    let connect = Duration::from_secs(1);
    let replica = |number| open(&format!("{} application_name=outside", cluster.url(number)), connect);
    let routing = PrimaryReplica::new().replica("one", replica(1), 1).replica("two", replica(2), 1);
    let db = open(&cluster.url(0), connect).with_replicas(routing.probe(Duration::from_secs(3600)));
    wait_for_all(&db).await;
    let load = Load::begin(&db).await;
    let two = || db.replica_stats().replicas[1].clone();
    let before = two().reads;
    load.until("reads on it", || two().reads > before).await;
    cluster.freeze(2, true);
    load.until("it to be out", || two().why_out.is_some()).await;
    let why = two().why_out.unwrap();
    assert!(why.starts_with("PostgreSQL said nothing for "), "{why}");
    load.more(500).await;
    cluster.freeze(2, false);
    let mended = Instant::now();
    wait_for_all(&db).await;
    let recovered = mended.elapsed();
    let outcome = load.end(&look).await;
    outcome.assert_failures(&[]);
    assert_whole(&db, &look).await;
    outcome.print("a standby is frozen, and goes on; `QUERY_TIMEOUT=500`", recovered);
}

/// What was sent is lost, and TCP acknowledges it: nobody gives up by himself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn something_in_between_swallows_all_and_nobody_gives_up() {
    let database = hyper_tests::postgres();
    let look = outside(database.url());
    make_tables(&look).await;
    let between = Swallower::start(database.url()).await;
    let connect = Duration::from_millis(500);
    let db = open(between.url(), connect);
    let load = Load::begin(&db).await;
    between.swallow(true);
    load.until("statements to be given up", || given_up(&load) >= 4).await;
    load.failures(ErrorKind::Unavailable, 50).await;
    between.swallow(false);
    let recovered = load.all_served().await;
    load.more(500).await;
    let outcome = load.end(&look).await;
    outcome.assert_failures(&promised(connect));
    // What it had under way goes when the connections do.
    between.forget();
    assert_whole(&db, &look).await;
    outcome.print("something on the way swallows all, `QUERY_TIMEOUT=500`", recovered);
}

/// Takes the limit away so that the program does not know.
async fn without_limit(tx: &Transaction) {
    number(tx, "SELECT length(set_config('statement_' || 'timeout', '0', true))::int8").await.unwrap();
}

/// In a transaction of which the program thinks that its statements have a limit, and PostgreSQL does not.
async fn unlimited<T>(db: &Db, work: impl AsyncFnOnce(&Transaction) -> T) -> T {
    let tx = db.begin().await.unwrap();
    without_limit(&tx).await;
    let value = work(&tx).await;
    tx.commit().await.unwrap();
    value
}

/// Who is slow himself is waited for: as long as it takes until somebody whom PostgreSQL keeps waiting has been given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn who_is_slow_himself_is_left_alone() {
    let database = hyper_tests::postgres();
    let db = open(database.url(), Duration::from_secs(2));
    db.execute_batch("CREATE TABLE lines (line text)").await.unwrap();
    let (given_up, done) = watch::channel(false);
    let (said, mut waiting) = mpsc::unbounded_channel();
    let waits = || {
        said.send(()).unwrap();
        done.clone()
    };
    let copy_in = unlimited(&db, async |tx| {
        let pieces = stream::iter(0..3).then(|n| async move {
            // The first is there at once, the others later.
            if n > 0 {
                waits().wait_for(|done| *done).await.unwrap();
            }
            Ok(bytes::Bytes::from(format!("line {n}\n")))
        });
        tx.copy_in_stream("COPY lines FROM STDIN", pieces).await
    });
    // It holds its thread, as one does who writes to a disk that is slow.
    let copy_out = tokio::spawn({
        let (db, said, mut done) = (db.clone(), said.clone(), done.clone());
        async move {
            let tx = db.begin().await.unwrap();
            without_limit(&tx).await;
            let mut rows = 0;
            let each = |_: &[u8]| {
                if rows == 0 {
                    said.send(()).unwrap();
                    let done = done.wait_for(|done| *done);
                    block_in_place(|| Handle::current().block_on(done).map(drop).unwrap());
                }
                rows += 1;
                Ok(())
            };
            let text = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 5000)) TO STDOUT";
            tx.copy_out(text, each).await.map(|_| rows)
        }
    });
    let cursor = unlimited(&db, async |tx| {
        let mut rows = tx.cursor(Sql::new("SELECT * FROM generate_series(1, 1000)"), &[], 10).await?;
        let mut read = 0;
        while rows.next().await?.is_some() {
            if read == 0 {
                waits().wait_for(|done| *done).await.unwrap();
            }
            read += 1;
        }
        Ok::<_, DatabaseError>(read)
    });
    // Twelve, each of which could take as long as one may.
    let script = unlimited(&db, async |tx| tx.execute_batch(&"SELECT pg_sleep(0.2); ".repeat(12)).await);
    let control = async {
        for _ in 0..3 {
            waiting.recv().await.unwrap();
        }
        let tx = db.begin().await.unwrap();
        without_limit(&tx).await;
        let error = tx.execute_batch("SELECT pg_sleep(600)").await.unwrap_err();
        given_up.send_replace(true);
        error
    };
    let (copied, rows, read, script, error) = tokio::join!(copy_in, copy_out, cursor, script, control);
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert!(error.to_string().starts_with("PostgreSQL said nothing for "), "{error}");
    assert_eq!((copied.unwrap(), rows.unwrap().unwrap(), read.unwrap()), (3, 5000, 1000));
    script.unwrap();
    // One whose limit the program does not know.
    let own = "SET LOCAL Statement_Timeout = 0; SELECT pg_sleep(4)";
    db.atomic(async |tx| tx.execute_batch(own).await).await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM lines").await.unwrap(), 3);
    let look = outside(database.url());
    look.execute_batch("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        .await
        .unwrap();
    assert_whole(&db, &look).await;
}

/// What only reads, or begins something, has taken no effect, and says so. Of the others nobody knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_says_whether_it_may_have_taken_effect() {
    let database = hyper_tests::postgres();
    let between = Swallower::start(database.url()).await;
    let db = open(between.url(), Duration::from_millis(500));
    let read = async || number(&db, "SELECT 1::int8").await;
    // Known to be short, and read on a connection that is shared.
    until("a read to be short", async || {
        let before = db.stats().acquires;
        read().await.unwrap();
        db.stats().acquires == before
    })
    .await;
    let all = join_all((0..3).map(|_| db.begin())).await;
    let mut all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    let open = all.pop().unwrap();
    for tx in all {
        tx.commit().await.unwrap();
    }
    between.swallow(true);
    let (read, begun, written, ended) =
        tokio::join!(read(), db.begin(), db.execute_batch("SELECT 1"), open.commit());
    for (error, kind) in [
        (read.unwrap_err(), ErrorKind::Timeout),
        (begun.unwrap_err(), ErrorKind::Timeout),
        (written.unwrap_err(), ErrorKind::Interrupted),
        (ended.unwrap_err(), ErrorKind::Interrupted),
    ] {
        assert_eq!(error.kind(), kind, "{error:?}");
        let may_have = error.to_string().ends_with("whether it took effect is not known");
        assert_eq!(may_have, kind == ErrorKind::Interrupted, "{error}");
        assert_eq!(hyperdjango::Error::from(error).status(), 503);
    }
    between.swallow(false);
    between.forget();
    until("PostgreSQL to be reached again", async || db.execute_batch("SELECT 1").await.is_ok()).await;
}

/// Who is alone on a connection has its socket himself, and is told no later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_alone_on_his_connection_ends_in_time() {
    if !require(Suite::Faults) {
        return;
    }
    let cluster = Cluster::alone("");
    let db = open(&cluster.url(0), Duration::from_secs(1));
    let read = async || number(&db, "SELECT 1::int8").await;
    until("a read to be short", async || {
        let before = db.stats().acquires;
        read().await.unwrap();
        db.stats().acquires == before
    })
    .await;
    let (tx, written) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    for tx in [&tx, &written] {
        number(tx, "SELECT 1::int8").await.unwrap();
    }
    cluster.freeze(0, true);
    let frozen = Instant::now();
    let in_time = |error: DatabaseError, kind| {
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.to_string().starts_with("PostgreSQL said nothing for "), "{error}");
        let took = frozen.elapsed();
        assert!((LIMIT + Duration::from_secs(1)..NOTICED).contains(&took), "{took:?}");
    };
    let all = async {
        tokio::join!(
            async { in_time(read().await.unwrap_err(), ErrorKind::Timeout) },
            async {
                in_time(number(&tx, "SELECT 1::int8").await.unwrap_err(), ErrorKind::Interrupted);
            },
            async { in_time(written.commit().await.unwrap_err(), ErrorKind::Interrupted) },
        )
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("nobody is told of it");
    cluster.freeze(0, false);
    drop(tx);
    until("PostgreSQL to be reached again", async || read().await.is_ok()).await;
}
