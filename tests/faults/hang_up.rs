//! Clients hang up in the middle of transactions.

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyperdjango::db::{Executor, Transaction};
use hyperdjango::orm;
use hyperdjango::prelude::*;
use hyperdjango::test::LiveServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::load::PATIENCE;
use crate::models::{Counter, Receipt, make_tables};
use crate::outcome::{row, short};
use crate::whole::{EXCLUSIVE, assert_quiet, assert_whole, count, open, outside, until};

const TIMES: usize = 10_000;
const TASKS: usize = 24;

/// Polls so often at most, and drops it then.
async fn for_a_while<F: Future>(polls: usize, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Two writes that belong together.
async fn write(tx: &Transaction, counter: i64, number: i64) -> orm::Result<()> {
    Receipt::objects().create(tx, Receipt.number.set(number)).await?;
    Counter::objects().filter(Counter.id.eq(counter)).update(tx, Counter.n.set(Counter.n + 1)).await.map(drop)
}

/// Each that was acknowledged is there once, and of the others both writes or none.
async fn assert_kept(look: &Db, acknowledged: &HashSet<i64>) -> usize {
    let mut there: HashMap<i64, usize> = HashMap::new();
    for receipt in Receipt::objects().all(look).await.unwrap() {
        *there.entry(receipt.number).or_default() += 1;
    }
    assert!(there.values().all(|times| *times == 1));
    assert!(acknowledged.iter().all(|number| there.contains_key(number)));
    let counted: i64 = Counter::objects().all(look).await.unwrap().iter().map(|counter| counter.n).sum();
    assert_eq!(usize::try_from(counted).unwrap(), there.len());
    there.len() - acknowledged.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_are_dropped_ten_thousand_times() {
    let database = hyper_tests::postgres();
    let (db, look) = (open(database.url()), outside(database.url()));
    make_tables(&look).await;
    let (next, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let task = |task: usize| {
        let (db, next, dropped) = (db.clone(), next.clone(), dropped.clone());
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            // Whichever way it goes, until so many were dropped.
            while dropped.load(SeqCst) < TIMES {
                let n = next.fetch_add(1, SeqCst);
                // Each waits for a connection, BEGIN, two statements and COMMIT.
                let work = db.atomic(async |tx| write(tx, (task % 16) as i64, n as i64).await);
                match for_a_while(n % 7, work).await {
                    Some(outcome) => {
                        outcome.unwrap();
                        acknowledged.push(n as i64);
                    }
                    None => _ = dropped.fetch_add(1, SeqCst),
                }
            }
            acknowledged
        })
    };
    let tasks: Vec<_> = (0..TASKS).map(task).collect();
    let mut acknowledged = HashSet::new();
    for task in tasks {
        acknowledged.extend(task.await.unwrap());
    }
    let took = started.elapsed();
    let ended = Instant::now();
    assert_whole(&db, &look).await;
    let recovered = ended.elapsed();
    let unknown = assert_kept(&look, &acknowledged).await;
    let stats = db.stats();
    assert!(!acknowledged.is_empty() && stats.timeouts == 0, "{stats:?}");
    row(
        &format!("a client that hangs up in the middle of a transaction, {} times", dropped.load(SeqCst)),
        &format!("{TASKS} writers in {}, {} of whom stay", short(took), acknowledged.len()),
        &format!("no failure; {} connections were opened", stats.opened),
        &format!("nothing; {unknown} were committed, as they had got that far"),
        &short(recovered),
    );
}

static ENTERED: AtomicUsize = AtomicUsize::new(0);
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// A transaction that is under way, and left when this is dropped.
struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        LEFT.fetch_add(1, SeqCst);
    }
}

/// Writes, waits, and writes.
#[post("/receipts/{number}/of/{counter}")]
async fn add(number: i64, counter: i64, db: &Db) -> Result<String> {
    let work = async |tx: &Transaction| -> orm::Result<()> {
        let inside = Inside;
        Receipt::objects().create(tx, Receipt.number.set(number)).await?;
        ENTERED.fetch_add(1, SeqCst);
        tx.execute_batch("SELECT pg_sleep(0.005)").await?;
        Counter::objects().filter(Counter.id.eq(counter)).update(tx, Counter.n.set(Counter.n + 1)).await?;
        std::mem::forget(inside);
        Ok(())
    };
    db.atomic(work).await?;
    Ok(number.to_string())
}

routes! { Urls: add }

#[derive(App)]
#[app(routes = Urls)]
struct Site {
    db: Db,
}

/// A client who has sent a request and not read its answer.
async fn ask(server: &LiveServer<Site>, number: i64, counter: i64) -> TcpStream {
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let request = format!(
        "POST /receipts/{number}/of/{counter} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// The answer to it.
async fn answer(mut socket: TcpStream) -> String {
    let mut text = String::new();
    tokio::time::timeout(PATIENCE, socket.read_to_string(&mut text)).await.expect("an answer").unwrap();
    text
}

/// With a reset, as when a process is killed or a line is cut.
fn hang_up(socket: TcpStream) {
    socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_a_site_hang_up() {
    // As many as there are connections.
    const AT_ONCE: usize = 2 * EXCLUSIVE;
    let size = (AT_ONCE + 1).to_string();
    let server = LiveServer::<Site>::with_settings(&[("POOL_SIZE", &size), ("THREAD_POOL_SIZE", "1")]).await;
    let db = server.db();
    make_tables(db).await;
    let mut acknowledged = HashSet::new();
    let (mut clients, mut gone) = (0_i64, 0);
    let started = Instant::now();
    while LEFT.load(SeqCst) < TIMES {
        let before = ENTERED.load(SeqCst);
        let mut sockets = Vec::new();
        for n in 0..AT_ONCE as i64 {
            sockets.push((clients + n, ask(&server, clients + n, n).await));
        }
        let round = clients as usize / AT_ONCE;
        clients += AT_ONCE as i64;
        until("handlers in their transactions", async || {
            ENTERED.load(SeqCst) >= before + 1 + round % (AT_ONCE - 1)
        })
        .await;
        for (n, (number, socket)) in sockets.into_iter().enumerate() {
            if n == round % AT_ONCE {
                assert!(answer(socket).await.starts_with("HTTP/1.1 200 "));
                acknowledged.insert(number);
            } else {
                hang_up(socket);
                gone += 1;
            }
        }
    }
    let took = started.elapsed();
    let ended = Instant::now();
    assert_quiet(db, db).await;
    let recovered = ended.elapsed();
    let unknown = assert_kept(db, &acknowledged).await;
    let left = LEFT.load(SeqCst);
    // What was left in the middle is not there.
    assert!(unknown + left <= gone, "{unknown} are there, {left} of {gone} were left");
    // Each of the connections is to be had, all at once.
    let all = join_all((0..AT_ONCE).map(|_| db.begin())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(db.stats().timeouts, 0, "{:?}", db.stats());
    drop(all);
    assert_quiet(db, db).await;
    // As many as before in PostgreSQL, too, with those that look after them.
    until("PostgreSQL to have no others", async || {
        count(db, "true").await.is_ok_and(|there| usize::try_from(there).unwrap() <= AT_ONCE + 4)
    })
    .await;

    // Whoever waits for a lock when his client goes is stopped, though the lock is still held.
    let lock = db.begin().await.unwrap();
    Counter::objects().filter(Counter.id.eq(50)).select_for_update().all(&lock).await.unwrap();
    let mut sockets = Vec::new();
    for n in 0..4 {
        sockets.push(ask(&server, 1_000_000 + n, 50).await);
    }
    let waiting = async || count(db, "wait_event_type = 'Lock'").await.unwrap();
    until("all to wait", async || waiting().await == 4).await;
    sockets.into_iter().for_each(hang_up);
    until("nobody to wait", async || waiting().await == 0).await;
    assert!(answer(ask(&server, 2_000_000, 1).await).await.starts_with("HTTP/1.1 200 "));
    lock.rollback().await.unwrap();
    assert_quiet(db, db).await;
    assert_eq!(Counter::objects().get(db, 50).await.unwrap().n, 0);
    row(
        &format!("an HTTP client that hangs up in the middle of a transaction, {left} times"),
        &format!("{clients} clients in {}, {} of whom stay", short(took), acknowledged.len()),
        "no failure",
        &format!("nothing; {unknown} were committed, as they had got that far"),
        &short(recovered),
    );
    server.stop().await;
}
