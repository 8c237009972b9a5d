//! One replica: whether it is asked, and how far it is.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::super::error::DatabaseError;
use super::super::error_kind::ErrorKind;
use super::super::executor::Executor;
use super::super::pool::Db;
use super::position::{OF_REPLICA, Position};

/// After a failure a replica is looked at again after so long, then after twice as long, and so on.
const FIRST_LOOK: u64 = 250;

/// The longest time between two looks at a replica that is out, in milliseconds.
const LAST_LOOK: u64 = 30_000;

pub(in crate::db) struct Node {
    pub(super) name: String,
    pub(super) db: Db,
    pub(super) weight: u32,
    /// Whether it is asked. Not before it has been looked at.
    is_in: AtomicBool,
    /// Tells those who wait for an answer of it that it is out.
    pub(super) went_out: Notify,
    replayed: Mutex<Option<Position>>,
    /// How many connections had been opened when it was asked for that. A replica that was started again may be behind
    /// what it was, and then all connections are newer.
    opened: AtomicU64,
    /// One question at a time how far it is, however many want to know.
    asking: tokio::sync::Mutex<()>,
    /// Whether it did not move in all the time that somebody waited for it.
    stalled: AtomicBool,
    /// When it is looked at next, in milliseconds of the primary's clock.
    pub(super) next_look: AtomicU64,
    /// The pause after the next failure.
    pause: AtomicU64,
    why_out: Mutex<String>,
    pub(super) reads: AtomicU64,
    pub(super) failures: AtomicU64,
    pub(super) taken_out: AtomicU64,
    pub(super) taken_back: AtomicU64,
    /// Bytes and milliseconds behind the primary, when it was last looked at.
    pub(super) lag_bytes: AtomicU64,
    pub(super) lag: AtomicU64,
}

impl Node {
    pub(super) fn new(name: String, db: Db, weight: u32) -> Self {
        Self {
            name,
            db,
            weight,
            is_in: AtomicBool::new(false),
            went_out: Notify::new(),
            replayed: Mutex::default(),
            opened: AtomicU64::new(0),
            asking: tokio::sync::Mutex::default(),
            stalled: AtomicBool::new(false),
            next_look: AtomicU64::new(0),
            pause: AtomicU64::new(FIRST_LOOK),
            why_out: Mutex::new("it was not looked at yet".to_owned()),
            reads: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            taken_out: AtomicU64::new(0),
            taken_back: AtomicU64::new(0),
            lag_bytes: AtomicU64::new(0),
            lag: AtomicU64::new(0),
        }
    }

    pub(super) fn is_in(&self) -> bool {
        self.is_in.load(Ordering::Acquire)
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }

    pub(super) fn stall(&self) {
        self.stalled.store(true, Ordering::Relaxed);
    }

    pub(super) fn why_out(&self) -> Option<String> {
        let why = self.why_out.lock().expect("no panic while held");
        (!self.is_in()).then(|| why.clone())
    }

    /// How far it was when last asked.
    pub(super) fn replayed(&self) -> Option<Position> {
        *self.replayed.lock().expect("no panic while held")
    }

    pub(super) fn has(&self, position: Position) -> bool {
        self.replayed().is_some_and(|replayed| replayed.has(position))
    }

    /// Takes it out: nothing is asked of it until it was looked at again.
    pub(super) fn take_out(&self, why: &str, now: u64) {
        let pause = self.pause.load(Ordering::Relaxed);
        self.pause.store((pause * 2).min(LAST_LOOK), Ordering::Relaxed);
        // Three quarters to one and a quarter: several programs that look at it do so at different times.
        let pause = (pause as f64 * (0.75 + fastrand::f64() / 2.0)) as u64;
        self.next_look.store(now + pause, Ordering::Relaxed);
        *self.why_out.lock().expect("no panic while held") = why.to_owned();
        if self.is_in.swap(false, Ordering::AcqRel) {
            self.taken_out.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(replica = self.name, why, "a replica is not asked any more");
            self.went_out.notify_waiters();
        }
    }

    /// Takes it in, or back.
    pub(super) fn take_in(&self, now: u64, interval: u64) {
        self.pause.store(FIRST_LOOK, Ordering::Relaxed);
        self.next_look.store(now + interval, Ordering::Relaxed);
        if !self.is_in.swap(true, Ordering::AcqRel) {
            self.taken_back.fetch_add(1, Ordering::Relaxed);
            tracing::info!(replica = self.name, "a replica is asked");
        }
    }

    /// Asks it how far it is, on a connection on which no reads are; none if it is no replica.
    pub(super) async fn look(&self) -> Result<Option<Position>, DatabaseError> {
        let opened = self.db.0.counters.opened.load(Ordering::SeqCst);
        let mut position = None;
        let each = |row: &tokio_postgres::Row| {
            position = Position::read(row)?;
            Ok(())
        };
        self.db.write(OF_REPLICA, &[], each).await?;
        let mut replayed = self.replayed.lock().expect("no panic while held");
        self.opened.fetch_max(opened, Ordering::SeqCst);
        if *replayed != position {
            self.stalled.store(false, Ordering::Relaxed);
            // Not the further one of the two: a replica that was made anew may be behind what it was.
            *replayed = position;
        }
        Ok(position)
    }

    /// Makes sure that it has this, for who has a connection to it already.
    pub(in crate::db) async fn make_sure(&self, needed: Position) -> Result<(), DatabaseError> {
        if self.opened.load(Ordering::SeqCst) >= self.db.0.counters.opened.load(Ordering::SeqCst) {
            return Ok(());
        }
        match self.look().await? {
            Some(replayed) if replayed.has(needed) => Ok(()),
            _ => {
                let problem = "it was started again, and has less than it had";
                Err(DatabaseError::new(ErrorKind::Conflict, problem))
            }
        }
    }

    /// Waits until it has this, and asks it every few milliseconds.
    pub(super) async fn wait_for(&self, position: Position) -> Result<(), DatabaseError> {
        let mut pause = Duration::from_millis(1);
        loop {
            let asking = self.asking.lock().await;
            if self.has(position) || self.look().await?.is_some_and(|replayed| replayed.has(position)) {
                return Ok(());
            }
            drop(asking);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(8));
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("name", &self.name).field("is_in", &self.is_in()).finish_non_exhaustive()
    }
}
