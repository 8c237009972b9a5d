//! LISTEN and NOTIFY: one connection for all who listen, and nobody who believes to have heard all when they have not.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt};
use hyperdjango::db::{DatabaseError, Db, ErrorKind, Executor, Gap, Heard, Listener};
use hyperdjango::test;

use crate::numbers::{Numbers, texts};
use crate::proxy::{Cut, Proxy};

/// The connections that listen, as PostgreSQL shows them.
const LISTENS: &str = "application_name LIKE '% (listens)'";

async fn next(listener: &mut Listener) -> Option<Heard> {
    tokio::time::timeout(Duration::from_secs(30), listener.next()).await.expect("nothing is heard")
}

/// What is said next.
async fn payload(listener: &mut Listener) -> String {
    match next(listener).await {
        Some(Heard::Notification(said)) => {
            assert_eq!(said.channel(), listener.channel());
            said.payload().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

/// Kills the connection that listens, and waits until it is no more.
async fn terminate(numbers: &Numbers) {
    let name = texts(&numbers.other, "SELECT current_database()").await.unwrap().remove(0);
    terminate_in(&numbers.other, &name).await;
}

/// The same in a database that takes no connections, by way of another one.
async fn terminate_in(other: &Db, database: &str) {
    let these = format!("FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()");
    for pid in texts(other, &format!("SELECT pid {these} AND {LISTENS}")).await.unwrap() {
        // On its own: beside other conditions it may be called before they are looked at.
        texts(other, &format!("SELECT pg_terminate_backend({pid})")).await.unwrap();
        while !texts(other, &format!("SELECT pid {these} AND pid = {pid}")).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

#[tokio::test]
async fn what_is_said_is_heard_by_all_who_listen() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    // Names that would be something else without quotes.
    for channel in ["posts", "Posts", "a \"b\"; DROP TABLE numbers", "ü", &"x".repeat(63)] {
        let (mut one, mut two) = (db.listen(channel).await.unwrap(), db.listen(channel).await.unwrap());
        db.notify(channel, "").await.unwrap();
        numbers.other.notify(channel, &"ü".repeat(3999)).await.unwrap();
        for listener in [&mut one, &mut two] {
            assert_eq!((payload(listener).await, payload(listener).await), (String::new(), "ü".repeat(3999)));
        }
    }
    numbers.other.execute_batch("NOTIFY Nobody").await.unwrap();
    let mut folded = db.listen("nobody").await.unwrap();
    numbers.other.execute_batch("NOTIFY Nobody, 'x'").await.unwrap();
    assert_eq!(payload(&mut folded).await, "x");
    numbers.assert_usable().await;
}

#[tokio::test]
async fn a_transaction_says_it_when_it_is_committed() {
    let numbers = Numbers::new().await;
    let mut listener = numbers.other.listen("c").await.unwrap();
    let tx = numbers.db.begin().await.unwrap();
    tx.notify("c", "undone").await.unwrap();
    tx.rollback().await.unwrap();
    let outcome: Result<(), DatabaseError> = numbers
        .db
        .atomic(async |tx| {
            tx.notify("c", "1").await?;
            let part: Result<(), DatabaseError> = tx
                .atomic(async |tx| {
                    tx.notify("c", "undone with its part").await?;
                    Err(DatabaseError::new(ErrorKind::Other, "no"))
                })
                .await;
            part.unwrap_err();
            numbers.other.notify("c", "0").await?;
            tx.notify("c", "2").await?;
            tx.notify("c", "1").await
        })
        .await;
    outcome.unwrap();
    for expected in ["0", "1", "2"] {
        assert_eq!(payload(&mut listener).await, expected);
    }
}

#[tokio::test]
async fn what_postgresql_does_not_take_is_refused_in_words() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    let error = db.notify("c", &"x".repeat(8000)).await.unwrap_err();
    assert!(error.to_string().contains("8000 bytes, and PostgreSQL takes less than 8000"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Data);
    for channel in ["", &"x".repeat(64), "a\0b"] {
        assert_eq!(db.listen(channel).await.unwrap_err().kind(), ErrorKind::Data);
        assert_eq!(db.notify(channel, "").await.unwrap_err().kind(), ErrorKind::Data);
    }
    // The longest is taken, so the limit is PostgreSQL's own.
    db.notify("c", &"x".repeat(7999)).await.unwrap();
    let nowhere = Db::new("postgres://127.0.0.1:1/none".parse().unwrap());
    assert_eq!(nowhere.listen("c").await.unwrap_err().kind(), ErrorKind::Unavailable);
    numbers.assert_usable().await;
}

#[tokio::test]
async fn fifty_listeners_to_two_channels_are_one_connection() {
    let numbers = Numbers::new().await;
    let db = &numbers.db;
    let joined = join_all((0..50).map(|n| db.listen(if n % 2 == 0 { "even" } else { "odd" }))).await;
    let mut listeners: Vec<Listener> = joined.into_iter().map(Result::unwrap).collect();
    assert_eq!(numbers.connections(LISTENS).await, "1");
    db.notify("even", "2").await.unwrap();
    db.notify("odd", "3").await.unwrap();
    for (n, listener) in listeners.iter_mut().enumerate() {
        assert_eq!(payload(listener).await, if n % 2 == 0 { "2" } else { "3" });
    }
    // PostgreSQL is told when the last one of a channel has gone, and not before.
    let mut last = listeners.swap_remove(0);
    drop(listeners);
    db.notify("even", "4").await.unwrap();
    assert_eq!(payload(&mut last).await, "4");
    numbers.wait_for("1", &format!("{LISTENS} AND query LIKE '%UNLISTEN \"odd\"%'")).await;
    drop(last);
    numbers.wait_for("1", &format!("{LISTENS} AND query LIKE '%UNLISTEN \"even\"%'")).await;
    // One that comes while the last one goes.
    for _ in 0..100 {
        let mut listener = db.listen("odd").await.unwrap();
        db.notify("odd", "x").await.unwrap();
        assert_eq!(payload(&mut listener).await, "x");
    }
    assert_eq!(numbers.connections(LISTENS).await, "1");
}

#[tokio::test]
async fn it_ends_with_the_db_and_those_who_are_gone_are_forgotten() {
    let numbers = Numbers::new().await;
    let db = Db::new(numbers.url.parse().unwrap());
    let mut listener = db.listen("c").await.unwrap();
    db.notify("c", "1").await.unwrap();
    // Given up half-way: it is none.
    assert!(db.listen("d").now_or_never().is_none());
    let clone = db.clone();
    drop(db);
    clone.notify("c", "2").await.unwrap();
    assert_eq!((payload(&mut listener).await, payload(&mut listener).await), ("1".into(), "2".into()));
    drop(clone);
    assert_eq!(next(&mut listener).await, None);
    assert_eq!(listener.by_ref().collect::<Vec<_>>().await, []);
    numbers.wait_for("0", LISTENS).await;
}

#[tokio::test]
async fn who_is_slow_is_told_how_much_was_missed() {
    let numbers = Numbers::new().await;
    let (mut slow, mut fast) = (numbers.db.listen("c").await.unwrap(), numbers.db.listen("c").await.unwrap());
    for half in 0..2 {
        let say = format!(
            "SELECT pg_notify('c', g::text) FROM generate_series({}, {}) g",
            half * 750,
            half * 750 + 749
        );
        texts(&numbers.other, &say).await.unwrap();
        for n in half * 750..(half + 1) * 750 {
            assert_eq!(payload(&mut fast).await, n.to_string());
        }
    }
    assert_eq!(next(&mut slow).await, Some(Heard::MayHaveMissed(Gap::Slow(1500 - 1024))));
    for n in 1500 - 1024..1500 {
        assert_eq!(payload(&mut slow).await, n.to_string());
    }
    numbers.db.notify("c", "on").await.unwrap();
    assert_eq!(payload(&mut slow).await, "on");
}

/// Connections are killed while a thousand numbers are said: whoever misses one is told, before the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_believes_to_have_heard_all_when_they_have_not() {
    let numbers = Numbers::new().await;
    let seed = fastrand_seed();
    let listeners = join_all((0..8).map(|n| numbers.db.listen(["c", "d"][n % 2]))).await;
    let tasks: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            let mut listener = listener.unwrap();
            tokio::spawn(async move {
                let (mut expected, mut missed, mut gaps) = (0_u32, 0, 0);
                let mut may_have_missed = false;
                loop {
                    match next(&mut listener).await {
                        Some(Heard::Notification(said)) => {
                            let n: u32 = said.payload().parse().unwrap();
                            assert!(n >= expected, "{n} is said twice or late");
                            assert!(n == expected || may_have_missed, "{expected}..{n} is missing, unsaid");
                            missed += n - expected;
                            (expected, may_have_missed) = (n + 1, false);
                            if n >= 1000 {
                                return (missed, gaps);
                            }
                        }
                        Some(_) => {
                            gaps += 1;
                            may_have_missed = true;
                        }
                        None => panic!("it ended"),
                    }
                }
            })
        })
        .collect();
    let mut random = seed;
    let (mut kills, mut n) = (0, 0);
    while n < 1000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let count = 1 + random as u32 % 40;
        for n in n..(n + count).min(1000) {
            for channel in ["c", "d"] {
                numbers.other.notify(channel, &n.to_string()).await.unwrap();
            }
        }
        n += count;
        if (random >> 33).is_multiple_of(4) {
            terminate(&numbers).await;
            kills += 1;
        }
        tokio::time::sleep(Duration::from_millis((random >> 40) % 20)).await;
    }
    terminate(&numbers).await;
    numbers.wait_for("1", &format!("{LISTENS} AND query LIKE '%LISTEN%'")).await;
    // Until all have heard the end.
    let heard = async { join_all(tasks).await };
    let say = async {
        for n in 1000.. {
            for channel in ["c", "d"] {
                numbers.other.notify(channel, &n.to_string()).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let outcomes = tokio::select! { outcomes = heard => outcomes, () = say => unreachable!() };
    let outcomes: Vec<(u32, u32)> = outcomes.into_iter().map(Result::unwrap).collect();
    assert!(kills == 0 || outcomes.iter().all(|(_, gaps)| *gaps > 0), "seed {seed}: {outcomes:?}");
    println!("seed {seed}: {} kills; missed and gaps: {outcomes:?}", kills + 1);
    assert_eq!(numbers.connections(LISTENS).await, "1");
}

fn fastrand_seed() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64
}

/// What is lost when the answer to LISTEN does not come is a connection like any other.
#[tokio::test]
async fn a_connection_that_breaks_while_it_is_told_is_made_again() {
    let numbers = Numbers::new().await;
    let (proxy, db) = Proxy::new(&numbers.url).await;
    let mut first = db.listen("first").await.unwrap();
    for cut in [Cut::Before("LISTEN \"second\""), Cut::Answer("LISTEN \"third\"")] {
        proxy.cut(cut);
        let name = if matches!(cut, Cut::Before(_)) { "second" } else { "third" };
        let mut other = db.listen(name).await.unwrap();
        assert!(proxy.was_cut());
        numbers.other.notify(name, "x").await.unwrap();
        // It was none before: there is nothing that it may have missed.
        assert_eq!(payload(&mut other).await, "x");
        assert_eq!(next(&mut first).await, Some(Heard::MayHaveMissed(Gap::Disconnected)));
        numbers.other.notify("first", name).await.unwrap();
        assert_eq!(payload(&mut first).await, name);
    }
}

/// While PostgreSQL takes no connections those who listen wait, and those who begin to are told at once.
#[tokio::test]
async fn while_it_cannot_connect_nobody_new_waits() {
    let numbers = Numbers::new().await;
    let name = texts(&numbers.other, "SELECT current_database()").await.unwrap().remove(0);
    let admin = Db::new(hyper_tests::postgres().url().parse().unwrap());
    let mut listener = numbers.db.listen("c").await.unwrap();
    let allow = |yes| format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS {yes}");
    admin.execute_batch(&allow(false)).await.unwrap();
    terminate_in(&admin, &name).await;
    // Until the loss is noticed, and an attempt to connect has failed.
    while numbers.db.listen("c").await.is_ok() {}
    let started = Instant::now();
    for outcome in join_all((0..100).map(|_| numbers.db.listen("d"))).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert!(started.elapsed() < Duration::from_secs(3), "they wait for attempts");
    admin.execute_batch(&allow(true)).await.unwrap();
    assert_eq!(next(&mut listener).await, Some(Heard::MayHaveMissed(Gap::Disconnected)));
    numbers.other.notify("c", "back").await.unwrap();
    assert_eq!(payload(&mut listener).await, "back");
    let mut new = numbers.db.listen("d").await.unwrap();
    numbers.other.notify("d", "new").await.unwrap();
    assert_eq!(payload(&mut new).await, "new");
}

/// Handlers that listen work in a test on a database of its own, and say so in one that is rolled back.
#[test]
async fn a_test_database_delivers() {
    let db = test::TestDatabase::new(&[]).await;
    let mut listener = db.listen("c").await.unwrap();
    db.notify("c", "1").await.unwrap();
    assert_eq!(payload(&mut listener).await, "1");
}
