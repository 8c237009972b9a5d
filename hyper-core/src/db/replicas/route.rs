//! Which replica a read goes to, and where it goes when that one fails.

use std::collections::{HashSet, VecDeque};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use tokio_postgres::Row;

use super::super::error::DatabaseError;
use super::super::error_kind::ErrorKind;
use super::super::executor::Each;
use super::super::pool::{Db, FULL};
use super::super::reading::read_here;
use super::super::sql::{Param, Sql};
use super::node::Node;
use super::options::PrimaryReplica;
use super::position::Position;
use super::session::{Writes, Written, of_primary};

/// How many statements are remembered that a replica cannot run.
const MOST_REFUSED: usize = 10_000;

/// How many positions of the primary are kept, to tell how long ago a replica was where it is.
const MOST_POSITIONS: usize = 256;

/// How long a look at a replica may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The replicas of a database.
pub(in super::super) struct Replicas {
    pub(super) name: String,
    pub(super) nodes: Vec<Arc<Node>>,
    wait: Duration,
    max_lag: Duration,
    interval: u64,
    /// What was written outside of all sessions.
    everybody: Writes,
    /// When replicas are looked at next, in milliseconds of the primary's clock.
    next_look: AtomicU64,
    looking: AtomicBool,
    /// Where the primary was, and when.
    positions: Mutex<VecDeque<(Instant, Position)>>,
    /// Statements that no replica can run, by their keys: on UNLOGGED tables, or of functions that write.
    refused: RwLock<HashSet<u64>>,
    pub(super) primary_reads: AtomicU64,
    pub(super) fallbacks: AtomicU64,
    pub(super) waits: AtomicU64,
    pub(super) waits_in_vain: AtomicU64,
}

/// A look at the replicas, until it is dropped.
struct Looking(Arc<Replicas>);

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.looking.store(false, Ordering::Release);
    }
}

/// How a read on a replica ended.
enum Ended {
    /// It has its rows, or failed as it would anywhere.
    Done(Result<u64, DatabaseError>),
    /// Another replica may do it.
    Next,
    /// Only the primary can.
    Primary,
}

impl Replicas {
    pub(super) fn new(options: PrimaryReplica) -> Self {
        Self {
            name: options.name,
            nodes: options.nodes.into_iter().map(Arc::new).collect(),
            wait: options.wait,
            max_lag: options.max_lag,
            interval: u64::try_from(options.probe.as_millis()).unwrap_or(u64::MAX).max(1),
            everybody: Writes::default(),
            next_look: AtomicU64::new(0),
            looking: AtomicBool::new(false),
            positions: Mutex::default(),
            refused: RwLock::default(),
            primary_reads: AtomicU64::new(0),
            fallbacks: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            waits_in_vain: AtomicU64::new(0),
        }
    }

    /// A write that begins now.
    pub(in super::super) fn write(&self, primary: &Db) -> Written {
        Writes::current(primary, &self.everybody).begin()
    }

    /// Runs a read where it may run, so that it sees what its session wrote.
    pub(in super::super) async fn read(
        &self,
        primary: &Db,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: &mut Each<'_>,
    ) -> Result<u64, DatabaseError> {
        self.look_if_due(primary);
        if self.is_for_primary(&sql) {
            return self.read_on_primary(primary, sql, params, each).await;
        }
        let writes = Writes::current(primary, &self.everybody);
        // Where that cannot be known, nor can it be which replica has it.
        let Ok(needed) = writes.position(primary).await else {
            return self.read_on_primary(primary, sql, params, each).await;
        };
        let mut failed = 0;
        for _ in 0..self.nodes.len() {
            let node = match needed {
                None => self.pick(failed, |_| true),
                Some(position) => self.with(position, failed, &writes).await,
            };
            let Some(node) = node else { break };
            match self.read_on(node, primary, needed, sql, params, each).await {
                Ended::Done(outcome) => return outcome,
                Ended::Next => failed |= 1 << (self.number_of(node) & 63),
                Ended::Primary => break,
            }
        }
        self.fallbacks.fetch_add(1, Ordering::Relaxed);
        self.read_on_primary(primary, sql, params, each).await
    }

    /// Runs a read on any replica, whatever was written.
    pub(super) async fn read_anywhere(
        &self,
        primary: &Db,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: &mut Each<'_>,
    ) -> Result<u64, DatabaseError> {
        self.look_if_due(primary);
        if self.is_for_primary(&sql) {
            return self.read_on_primary(primary, sql, params, each).await;
        }
        let mut failed = 0;
        while let Some(node) = self.pick(failed, |_| true) {
            match self.read_on(node, primary, None, sql, params, each).await {
                Ended::Done(outcome) => return outcome,
                Ended::Next => failed |= 1 << (self.number_of(node) & 63),
                Ended::Primary => break,
            }
        }
        self.fallbacks.fetch_add(1, Ordering::Relaxed);
        self.read_on_primary(primary, sql, params, each).await
    }

    /// Those of the replicas, whether they are asked or not.
    pub(in crate::db) fn databases(&self) -> impl Iterator<Item = &Db> {
        self.nodes.iter().map(|node| &node.db)
    }

    /// A replica that is asked, by weight.
    pub(super) fn any(&self, primary: &Db) -> Option<&Arc<Node>> {
        self.look_if_due(primary);
        self.pick(0, |_| true)
    }

    pub(super) fn failed(&self, node: &Node, primary: &Db, error: &DatabaseError) {
        node.failures.fetch_add(1, Ordering::Relaxed);
        node.take_out(&error.to_string(), primary.0.now());
        self.next_look.fetch_min(node.next_look.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    async fn read_on_primary(
        &self,
        primary: &Db,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: &mut Each<'_>,
    ) -> Result<u64, DatabaseError> {
        self.primary_reads.fetch_add(1, Ordering::Relaxed);
        read_here(primary, None, &sql, params, each).await
    }

    fn is_for_primary(&self, sql: &Sql<'_>) -> bool {
        sql.of_primary || self.refused.read().expect("no panic while held").contains(&sql.key)
    }

    fn number_of(&self, node: &Arc<Node>) -> usize {
        self.nodes.iter().position(|other| Arc::ptr_eq(other, node)).unwrap_or(0)
    }

    async fn read_on(
        &self,
        node: &Arc<Node>,
        primary: &Db,
        needed: Option<Position>,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: &mut Each<'_>,
    ) -> Ended {
        let seen = AtomicBool::new(false);
        let mut out = pin!(node.went_out.notified());
        out.as_mut().enable();
        let outcome = {
            let mut each = |row: &Row| {
                seen.store(true, Ordering::Relaxed);
                each(row)
            };
            let sure = needed.map(|needed| (&**node, needed));
            let reading = pin!(read_here(&node.db, sure, &sql, params, &mut each));
            if node.is_in() {
                match futures_util::future::select(reading, out).await {
                    futures_util::future::Either::Left((outcome, _)) => outcome,
                    // It may hang: who looked at it had no answer either.
                    futures_util::future::Either::Right(((), reading)) => {
                        if !seen.load(Ordering::Relaxed) {
                            return Ended::Next;
                        }
                        reading.await
                    }
                }
            } else {
                return Ended::Next;
            }
        };
        let error = match outcome {
            Ok(rows) => {
                node.reads.fetch_add(1, Ordering::Relaxed);
                return Ended::Done(Ok(rows));
            }
            // Some rows were handed over, and cannot be taken back.
            Err(error) if seen.load(Ordering::Relaxed) => return Ended::Done(Err(error)),
            Err(error) => error,
        };
        match (error.kind(), error.sqlstate()) {
            (ErrorKind::Unavailable, Some(FULL)) => Ended::Next,
            // Not in recovery: what is read there is written by the function itself.
            (_, Some("25006" | "0A000")) => {
                let mut refused = self.refused.write().expect("no panic while held");
                if refused.len() < MOST_REFUSED {
                    refused.insert(sql.key);
                }
                Ended::Primary
            }
            // Of what PostgreSQL itself ended there is a code: without one it said nothing.
            (ErrorKind::Unavailable | ErrorKind::Interrupted, _) | (ErrorKind::Timeout, None) => {
                self.failed(node, primary, &error);
                Ended::Next
            }
            // Replaying came in its way, or it has not replayed the table yet.
            (ErrorKind::Conflict | ErrorKind::Canceled | ErrorKind::SchemaMismatch, _) => Ended::Primary,
            _ => Ended::Done(Err(error)),
        }
    }

    /// A replica that is asked and fits, by weight; none of those that failed.
    fn pick(&self, failed: u64, fits: impl Fn(&Node) -> bool) -> Option<&Arc<Node>> {
        let open = |(i, node): &(usize, &Arc<Node>)| {
            node.is_in() && node.weight > 0 && failed & 1 << (i & 63) == 0 && fits(node)
        };
        let all: u64 =
            self.nodes.iter().enumerate().filter(open).map(|(_, node)| u64::from(node.weight)).sum();
        if all == 0 {
            return None;
        }
        let mut at = fastrand::u64(..all);
        // Should one have gone out in between, the last one that is left.
        let mut last = None;
        for (_, node) in self.nodes.iter().enumerate().filter(open) {
            last = Some(node);
            match at.checked_sub(u64::from(node.weight)) {
                Some(rest) => at = rest,
                None => break,
            }
        }
        last
    }

    /// A replica that has this, or comes to have it in time.
    async fn with(&self, position: Position, failed: u64, writes: &Writes) -> Option<&Arc<Node>> {
        if let Some(node) = self.pick(failed, |node| node.has(position)) {
            return Some(node);
        }
        if self.wait.is_zero() || writes.has_given_up(position) {
            return None;
        }
        let node = self.pick(failed, |node| !node.is_stalled())?;
        self.waits.fetch_add(1, Ordering::Relaxed);
        let before = node.replayed();
        match tokio::time::timeout(self.wait, node.wait_for(position)).await {
            Ok(Ok(())) => return Some(node),
            // The next look at it finds out.
            Ok(Err(_)) => {}
            Err(_) if node.replayed() == before => node.stall(),
            Err(_) => {}
        }
        self.waits_in_vain.fetch_add(1, Ordering::Relaxed);
        writes.give_up(position);
        self.pick(failed, |node| node.has(position))
    }

    /// Starts looking at those replicas where it is time, and does not wait for it.
    fn look_if_due(&self, primary: &Db) {
        let now = primary.0.now();
        if now < self.next_look.load(Ordering::Relaxed) || self.looking.swap(true, Ordering::AcqRel) {
            return;
        }
        let Some(this) = primary.0.replicas.get().cloned() else { return };
        let primary = primary.clone();
        // Not in the session of the read, and not in the test, that happens to start it.
        tokio::spawn(async move {
            let looking = Looking(this);
            looking.0.look(&primary).await;
        });
    }

    /// Looks at the replicas where it is time.
    pub(in super::super) async fn look(&self, primary: &Db) {
        if let Ok(Ok(position)) = tokio::time::timeout(PATIENCE, of_primary(primary)).await {
            let mut positions = self.positions.lock().expect("no panic while held");
            if positions.len() == MOST_POSITIONS {
                positions.pop_front();
            }
            positions.push_back((Instant::now(), position));
        }
        let now = primary.0.now();
        let due = self.nodes.iter().filter(|node| now >= node.next_look.load(Ordering::Relaxed));
        futures_util::future::join_all(due.map(|node| self.look_at(node, primary))).await;
        let next = self.nodes.iter().map(|node| node.next_look.load(Ordering::Relaxed)).min();
        self.next_look.store(next.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    async fn look_at(&self, node: &Node, primary: &Db) {
        let looked = tokio::time::timeout(PATIENCE, node.look()).await;
        let now = primary.0.now();
        let why = match looked {
            Err(_) => format!("it did not answer within {PATIENCE:?}"),
            Ok(Err(error)) => error.to_string(),
            Ok(Ok(None)) => "it is no replica: it is not in recovery".to_owned(),
            Ok(Ok(Some(replayed))) => match self.too_far_behind(node, replayed) {
                None => return node.take_in(now, self.interval),
                Some(why) => why,
            },
        };
        node.take_out(&why, now);
    }

    fn too_far_behind(&self, node: &Node, replayed: Position) -> Option<String> {
        let positions = self.positions.lock().expect("no panic while held");
        let (heard, newest) = positions.back()?;
        if replayed.timeline < newest.timeline {
            return Some(format!(
                "it has not followed a promotion: it is on timeline {}, the primary on {}",
                replayed.timeline, newest.timeline
            ));
        }
        let lag = positions.iter().find(|(_, position)| position.lsn > replayed.lsn);
        // As of when the primary was heard of: without it a replica falls no further behind.
        let lag = lag.map_or(Duration::ZERO, |(at, _)| heard.duration_since(*at));
        node.lag_bytes.store(newest.lsn.saturating_sub(replayed.lsn), Ordering::Relaxed);
        node.lag.store(u64::try_from(lag.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        (lag > self.max_lag).then(|| format!("it is {lag:.1?} behind the primary"))
    }
}
