//! Two instances read and write at random, with the query cache on: nobody reads what is older than the last write that
//! was acknowledged, but for the time it takes to tell the other instance.

mod replicas;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use hyper_core::cache::{QueryCache, QueryCacheOptions};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

/// How much older a read may be that another instance has written: it notices by then that it has missed something.
const BOUND: Duration = Duration::from_millis(4_500);

const COUNTERS: i64 = 20;

#[derive(Model, Debug)]
#[model(table = "history_counters", cache_ttl = 600)]
pub struct Counter {
    #[field(primary_key)]
    pub id: i64,
    pub n: i64,
}

/// What was acknowledged of one counter: at when it had which value at least, by which instance.
#[derive(Default)]
struct Acknowledged(Mutex<Vec<(Instant, usize, i64)>>);

impl Acknowledged {
    fn note(&self, instance: usize, n: i64) {
        self.0.lock().unwrap().push((Instant::now(), instance, n));
    }

    /// What a read that begins now has to find at least.
    fn at_least(&self, instance: usize) -> i64 {
        let now = Instant::now();
        let mut known = self.0.lock().unwrap();
        let due = |(at, by, _): &&(Instant, usize, i64)| *by == instance || now.duration_since(*at) > BOUND;
        let least = known.iter().filter(due).map(|(.., n)| *n).max().unwrap_or(0);
        // Those that say nothing any more.
        if known.len() > 2_000 {
            known.retain(|(.., n)| *n >= least);
        }
        least
    }
}

struct History {
    acknowledged: Vec<Acknowledged>,
    operations: AtomicU64,
    reads: AtomicU64,
    /// How many reads were older than what the other instance had written, within the bound.
    older: AtomicU64,
    latest: Vec<AtomicI64>,
    is_over: AtomicBool,
    /// Held by who does not want to be disturbed.
    quiet: tokio::sync::Mutex<()>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            acknowledged: (0..COUNTERS).map(|_| Acknowledged::default()).collect(),
            operations: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            older: AtomicU64::new(0),
            latest: (0..COUNTERS).map(|_| AtomicI64::new(0)).collect(),
            is_over: AtomicBool::new(false),
            quiet: tokio::sync::Mutex::default(),
        }
    }
}

async fn write(db: &Db, instance: usize, id: i64, history: &History) {
    let at = id as usize;
    let query = Counter::objects().filter(Counter.id.eq(id));
    let written = match fastrand::u8(..8) {
        // Each way gives the value that it has made.
        0 => {
            let text = format!("UPDATE history_counters SET n = n + 1 WHERE id = {id} RETURNING n");
            match db.query::<(i64,)>(&text, &[]).await.unwrap().first() {
                Some((n,)) => *n,
                // The row that it waited for has gone, and come again.
                None => return,
            }
        }
        1 => {
            let kept = db
                .atomic(async |tx| {
                    let changed = query.update(tx, Counter.n.set(Counter.n + 1)).await?;
                    Ok::<_, orm::Error>((changed, Counter::objects().get(tx, id).await?.n))
                })
                .await;
            match kept.unwrap() {
                (0, _) => return,
                (_, n) => n,
            }
        }
        2 => {
            // Rolled back: nobody may ever read it.
            let tx = db.begin().await.unwrap();
            query.update(&tx, Counter.n.set(Counter.n + 1_000_000)).await.unwrap();
            tx.rollback().await.unwrap();
            return;
        }
        3 => {
            // By COPY: the row goes and comes again.
            let copied = db
                .atomic(async |tx| {
                    let n =
                        Counter::objects().filter(Counter.id.eq(id)).select_for_update().get(tx, id).await?.n
                            + 1;
                    query.delete(tx).await?;
                    let mut line = Some(format!("{id}\t{n}\n"));
                    tx.copy_in(
                        "COPY history_counters (id, n) FROM STDIN",
                        move |buffer: &mut bytes::BytesMut| {
                            Ok(line.take().is_some_and(|line| {
                                buffer.extend_from_slice(line.as_bytes());
                                true
                            }))
                        },
                    )
                    .await?;
                    Ok::<_, orm::Error>(n)
                })
                .await;
            // Two at once get in each other's way.
            match copied {
                Ok(n) => n,
                Err(_) => return,
            }
        }
        _ => {
            // What it becomes is one more than what it was before, at least. What it is afterwards may be another's doing,
            // of which this instance need not have heard.
            let before = Counter::objects().cache(false).get(&db.primary(), id).await.unwrap().n;
            if query.update(db, Counter.n.set(Counter.n + 1)).await.unwrap() == 0 {
                return;
            }
            before + 1
        }
    };
    history.latest[at].fetch_max(written, SeqCst);
    history.acknowledged[at].note(instance, written);
}

async fn read(db: &Db, instance: usize, id: i64, history: &History) {
    let at = id as usize;
    let (least, latest) = (history.acknowledged[at].at_least(instance), history.latest[at].load(SeqCst));
    let n = match fastrand::u8(..8) {
        // Not kept: from a replica, where there is one.
        7 => Counter::objects().cache(false).get(db, id).await.unwrap().n,
        0 | 1 => Counter::objects().get(db, id).await.unwrap().n,
        2 | 3 => {
            Counter::objects().filter(Counter.id.eq(id)).values(Counter.n).first(db).await.unwrap().unwrap()
        }
        _ => {
            let all = Counter::objects().order_by(Counter.id).shared(db).await.unwrap();
            all[at].n
        }
    };
    assert!(n < 1_000_000, "this was rolled back: {n}");
    assert!(n >= least, "counter {id} is {n} for instance {instance}, and was {least}");
    history.reads.fetch_add(1, SeqCst);
    if n < latest {
        history.older.fetch_add(1, SeqCst);
    }
}

/// Now and then ends the connections that listen.
async fn disturb(db: Db, history: Arc<History>) -> u32 {
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE application_name LIKE '% (listens)' AND datname = current_database()";
    let mut kills = 0;
    while !history.is_over.load(SeqCst) {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(200..900))).await;
        let _quiet = history.quiet.lock().await;
        db.query::<(i64,)>(kill, &[]).await.unwrap();
        kills += 1;
    }
    kills
}

/// What a run of it showed.
struct Shown {
    reads: u64,
    hits: u64,
    kills: u32,
}

/// Into how many parts they are divided, after each of which all has to be the same everywhere.
const PARTS: u64 = 10;

/// Makes the counters.
async fn fill(db: &Db) {
    create_missing_tables(db, &[Counter::META]).await.unwrap();
    for id in 0..COUNTERS {
        Counter::objects().create(db, (Counter.id.set(id), Counter.n.set(0))).await.unwrap();
    }
}

/// Has two instances work until there were so many operations, while nobody is heard now and then.
async fn work(sites: [Db; 2], killer: Db, operations: u64, history: Arc<History>) -> Shown {
    let mut caches = Vec::new();
    for site in &sites {
        caches.push(QueryCache::configure(site, QueryCacheOptions::default()).await.unwrap());
    }
    let disturbing = tokio::spawn(disturb(killer, history.clone()));
    let started = Instant::now();
    for part in 1..=PARTS {
        let worker = |n: usize| {
            let (db, history, instance) = (sites[n % 2].clone(), history.clone(), n % 2);
            tokio::spawn(async move {
                while history.operations.fetch_add(1, SeqCst) < operations * part / PARTS {
                    // Few are written often, as in life.
                    let id = fastrand::i64(0..COUNTERS).min(fastrand::i64(0..COUNTERS));
                    // Who has not written waits for no replica: in the end one instance only reads.
                    let only_reads = instance == 1 && part > PARTS / 2;
                    if !only_reads && fastrand::u8(..) < 12 {
                        write(&db, instance, id, &history).await;
                    } else {
                        read(&db, instance, id, &history).await;
                    }
                }
            })
        };
        for task in (0..16).map(worker).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        // What was kept wrongly stays so as long as nobody writes, nor is told to forget everything.
        let _quiet = history.quiet.lock().await;
        all_is_the_same(&sites).await;
    }
    history.is_over.store(true, SeqCst);
    let kills = disturbing.await.unwrap();
    let hits: u64 = caches.iter().map(|cache| cache.stats().stats.hits).sum();
    let bypassed: u64 = caches.iter().map(|cache| cache.stats().more[1].1).sum();
    let (reads, older) = (history.reads.load(SeqCst), history.older.load(SeqCst));
    println!(
        "{operations} operations in {:.1?}: {reads} reads, of which {hits} were kept, {bypassed} could not be, and {older} were \
         older than the other instance's last write; {kills} times nobody was heard",
        started.elapsed()
    );
    Shown { reads, hits, kills }
}

/// It is, everywhere, once all have been told.
async fn all_is_the_same(sites: &[Db]) {
    let ended = Instant::now();
    for (i, site) in sites.iter().enumerate() {
        loop {
            let all = || Counter::objects().order_by(Counter.id).values(Counter.n);
            let kept = all().all(site).await.unwrap();
            let asked = all().cache(false).all(&site.primary()).await.unwrap();
            if kept == asked {
                break;
            }
            assert!(ended.elapsed() < BOUND, "instance {i}: {kept:?} is not {asked:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_reads_what_is_older_than_what_was_acknowledged() {
    let database = hyper_tests::postgres();
    let open = || Db::new(database.url().parse().unwrap());
    let sites = [open(), open()];
    fill(&sites[0]).await;
    let shown = work(sites, open(), 100_000, Arc::default()).await;
    assert!(shown.hits > shown.reads / 10 && shown.kills > 3, "this shows too little");
}
