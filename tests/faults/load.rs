//! Steady load: clients who read what they know, and clients who write and remember what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyperdjango::db::{Db, ErrorKind, Session, Transaction};
use hyperdjango::orm;
use hyperdjango::prelude::*;
use tokio::task::JoinHandle;

use crate::models::{ARTICLES, Article, Counter, Receipt, title};
use crate::outcome::{Outcome, Told};

/// How long anything may take that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const READERS: i64 = 8;
pub(crate) const WRITERS: i64 = 8;

/// How it is called that a client does not wait any more.
pub(crate) const GIVEN_UP: &str = "given up";

/// Eight clients who read and eight who write, until it is ended.
pub(crate) struct Load {
    seen: Arc<Seen>,
    tasks: Vec<JoinHandle<Told>>,
}

/// What the clients saw.
pub(crate) struct Seen {
    pub(crate) began: Instant,
    stop: AtomicBool,
    /// How long a client waits for an answer.
    patience: Duration,
    pub(crate) reads: AtomicU64,
    pub(crate) writes: AtomicU64,
    /// Answers that are not what is in the database.
    pub(crate) wrong: Mutex<Vec<String>>,
    pub(crate) failures: Mutex<BTreeMap<String, Failures>>,
    /// Microseconds since `began`: when the last success was, and the longest time without one.
    last: AtomicU64,
    pub(crate) gap: AtomicU64,
    /// The same for each client: when its last request that succeeded was begun.
    served: Box<[AtomicU64]>,
}

/// Failures of one kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failures {
    pub(crate) count: u64,
    pub(crate) longest: Duration,
    /// What the last one said.
    pub(crate) said: String,
}

/// What became of a request.
enum Ended<T> {
    Done(T),
    /// It did not take effect.
    Refused,
    /// Whether it took effect is not known.
    Unknown,
}

impl Seen {
    fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64 + 1
    }

    /// Waits for an answer, and counts what came.
    async fn ask<T>(&self, client: usize, work: impl Future<Output = orm::Result<T>>) -> Ended<T> {
        let (begun, started) = (self.now(), Instant::now());
        let outcome = tokio::time::timeout(self.patience, work).await;
        let (kind, said) = match outcome {
            Ok(Ok(value)) => {
                let now = self.now();
                let last = self.last.fetch_max(now, SeqCst);
                self.gap.fetch_max(now.saturating_sub(last), SeqCst);
                self.served[client].store(begun, SeqCst);
                return Ended::Done(value);
            }
            Ok(Err(error)) => {
                let (kind, said) = (error.kind(), error.to_string());
                if kind.is_none() || hyperdjango::Error::from(error).status() != 503 {
                    self.is_wrong(format!("an answer other than 503: {said}"));
                }
                (kind, said)
            }
            Err(_) => (None, GIVEN_UP.to_owned()),
        };
        self.failed(kind, started.elapsed(), said);
        // Somebody who is refused comes again, but not at once.
        tokio::time::sleep(Duration::from_millis(5)).await;
        match kind {
            Some(ErrorKind::Interrupted) | None => Ended::Unknown,
            Some(_) => Ended::Refused,
        }
    }

    fn failed(&self, kind: Option<ErrorKind>, took: Duration, said: String) {
        let mut failures = self.failures.lock().unwrap();
        let these = failures.entry(kind.map_or(GIVEN_UP.to_owned(), |kind| format!("{kind:?}"))).or_default();
        these.count += 1;
        these.longest = these.longest.max(took);
        these.said = said;
    }

    fn is_wrong(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }

    fn done(&self) -> u64 {
        self.reads.load(SeqCst) + self.writes.load(SeqCst)
    }
}

impl Load {
    /// Begins it, and returns when each client has been served.
    pub(crate) async fn begin(db: &Db) -> Self {
        Self::with_patience(db, PATIENCE).await
    }

    /// The same with clients who give up after this long, as a site's visitors and its `Timeout` do.
    pub(crate) async fn with_patience(db: &Db, patience: Duration) -> Self {
        let clients = usize::try_from(READERS + WRITERS).unwrap();
        let seen = Arc::new(Seen {
            began: Instant::now(),
            stop: AtomicBool::new(false),
            patience,
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            wrong: Mutex::default(),
            failures: Mutex::default(),
            last: AtomicU64::new(0),
            gap: AtomicU64::new(0),
            served: (0..clients).map(|_| AtomicU64::new(0)).collect(),
        });
        let readers = (0..READERS).map(|reader| tokio::spawn(read(seen.clone(), db.clone(), reader)));
        let writers = (0..WRITERS).map(|writer| tokio::spawn(write(seen.clone(), db.clone(), writer)));
        let this = Self { tasks: readers.chain(writers).collect(), seen };
        this.all_served().await;
        // What it took to connect is nothing that anybody broke.
        this.seen.gap.store(0, SeqCst);
        this.seen.failures.lock().unwrap().clear();
        this.more(500).await;
        this
    }

    /// Waits until so many more requests have succeeded.
    pub(crate) async fn more(&self, requests: u64) {
        let until = self.seen.done() + requests;
        self.until("success", || self.seen.done() >= until).await;
    }

    /// Waits until each client has begun a request from now on that succeeded. How long that took.
    pub(crate) async fn all_served(&self) -> Duration {
        let (now, started) = (self.seen.now(), Instant::now());
        self.until("all to be served", || self.seen.served.iter().all(|begun| begun.load(SeqCst) > now))
            .await;
        started.elapsed()
    }

    /// How often something was read.
    pub(crate) fn reads(&self) -> u64 {
        self.seen.reads.load(SeqCst)
    }

    /// How many requests have succeeded.
    pub(crate) fn done(&self) -> u64 {
        self.seen.done()
    }

    /// Waits until so many requests have failed in this way since the load began.
    pub(crate) async fn failures(&self, kind: ErrorKind, count: u64) {
        self.failed_as(format!("{kind:?}"), count).await;
    }

    /// Waits until so many clients have given up.
    pub(crate) async fn given_up(&self, count: u64) {
        self.failed_as(GIVEN_UP.to_owned(), count).await;
    }

    async fn failed_as(&self, kind: String, count: u64) {
        self.until(&kind, || self.failed_so(&kind) >= count).await;
    }

    /// How many requests have failed in this way.
    pub(crate) fn failed_so(&self, kind: &str) -> u64 {
        self.seen.failures.lock().unwrap().get(kind).map_or(0, |these| these.count)
    }

    /// How many requests have failed.
    pub(crate) fn failed(&self) -> u64 {
        self.seen.failures.lock().unwrap().values().map(|these| these.count).sum()
    }

    /// Waits for a condition.
    pub(crate) async fn until(&self, what: &str, so: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !so() {
            let in_time = Instant::now() < deadline && !self.tasks.iter().any(JoinHandle::is_finished);
            let failures = || self.seen.failures.lock().unwrap().clone();
            assert!(in_time, "waited for {what}: {:?} {:?}", failures(), self.seen.wrong.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Ends it, and looks at all that was written, with a handle of its own: every answer was right, each acknowledged
    /// write is there once, and none that was refused.
    pub(crate) async fn end(self, look: &Db) -> Outcome {
        self.seen.stop.store(true, SeqCst);
        let mut told = Vec::new();
        for task in self.tasks {
            told.push(tokio::time::timeout(PATIENCE, task).await.expect("a client hangs").unwrap());
        }
        // What nobody waits for any more may still be under way, or be undone.
        Outcome::of(&self.seen, &told, look).await
    }
}

/// Reads articles, whose titles are known, and some that there are not.
async fn read(seen: Arc<Seen>, db: Db, reader: i64) -> Told {
    let client = usize::try_from(reader).unwrap();
    let mut id = reader * 31;
    while !seen.stop.load(Relaxed) {
        id = (id * 7 + 13) % (ARTICLES * 2);
        // As many as there are not would be no load.
        let id = if id % 16 == 0 { id + ARTICLES + 1 } else { id % ARTICLES + 1 };
        let work = async { Article::objects().filter(Article.id.eq(id)).first(&db).await };
        if let Ended::Done(article) = Session::new().run(seen.ask(client, work)).await {
            let expected = (id <= ARTICLES).then(|| (id, title(id)));
            let read = article.map(|article| (article.id, article.title));
            if read != expected {
                seen.is_wrong(format!("article {id} is {read:?}"));
            }
            seen.reads.fetch_add(1, SeqCst);
        }
    }
    Told::default()
}

/// Writes receipts, every second one in a transaction that also counts them, and reads what it wrote.
async fn write(seen: Arc<Seen>, db: Db, writer: i64) -> Told {
    let client = usize::try_from(READERS + writer).unwrap();
    let mut told = Told::of(writer);
    // One for all: what is read where nothing could be written knows what was written before.
    let session = Session::new();
    for turn in 1.. {
        if seen.stop.load(Relaxed) {
            break;
        }
        let number = told.number(turn);
        let work = async {
            if Told::is_counted(number) {
                let work = async |tx: &Transaction| {
                    Receipt::objects().create(tx, Receipt.number.set(number)).await?;
                    let mine = Counter::objects().filter(Counter.id.eq(writer));
                    mine.update(tx, Counter.n.set(Counter.n + 1)).await
                };
                db.atomic(work).await.map(drop)
            } else {
                Receipt::objects().create(&db, Receipt.number.set(number)).await.map(drop)
            }
        };
        match session.run(seen.ask(client, work)).await {
            Ended::Done(()) => {
                told.acknowledged(number);
                seen.writes.fetch_add(1, SeqCst);
            }
            Ended::Refused => told.refused.push(number),
            Ended::Unknown => told.unknown(number),
        }
        let work = async { Counter::objects().get(&db, writer).await };
        if let Ended::Done(counter) = session.run(seen.ask(client, work)).await {
            if !told.may_be(counter.n) {
                seen.is_wrong(format!("writer {writer} counts {} and knows {:?}", counter.n, told.counts()));
            }
            seen.reads.fetch_add(1, SeqCst);
        }
    }
    told
}
