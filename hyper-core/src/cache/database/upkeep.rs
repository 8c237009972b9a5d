//! What is expired goes, and what there is no room for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::select;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::DatabaseCache;
use super::statements::{SWEEP_BATCH, TURN};
use crate::alarm::Alarm;
use crate::cache::error::CacheError;
use crate::cache::stats::{Count, Counters};
use crate::db::{DatabaseError, Executor, Reader, Transaction};

/// Rows that make room at once.
const CULL_BATCH: i64 = 10_000;

/// Parts of its bound that an instance puts in before it looks whether there are too many.
const LOOKS: u64 = 16;

/// The part of the bound that goes at once, so that not each write makes room for itself.
const ROOM: u64 = 8;

/// What the clones of a cache share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) counters: Counters,
    /// Values put in since it was looked whether there are too many.
    written: AtomicU64,
    look: Arc<Notify>,
    /// Whether somebody takes out what is expired.
    kept: AtomicBool,
    keeper: Mutex<Option<AbortHandle>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.lock().expect("no panic while held").take() {
            keeper.abort();
        }
    }
}

/// The keeper is gone, by whatever cause: the next one who puts something in has another one begin.
struct Keeping(std::sync::Weak<Shared>);

impl Drop for Keeping {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.kept.store(false, Relaxed);
        }
    }
}

impl DatabaseCache {
    /// Values were put in: somebody has to look after the table.
    pub(super) fn upkeep(&self, values: u64) {
        // What a test put in, it takes out itself.
        if self.db.is_in_test() {
            return;
        }
        let shared = &self.shared;
        if let Some(most) = self.max_entries {
            let written = shared.written.fetch_add(values, Relaxed) + values;
            if written >= (most / LOOKS).max(1) {
                shared.written.store(0, Relaxed);
                shared.look.notify_one();
            }
        }
        if !shared.kept.load(Relaxed)
            && let Ok(runtime) = Handle::try_current()
            && !shared.kept.swap(true, Relaxed)
        {
            let keeper = runtime.spawn(keep(self)).abort_handle();
            *shared.keeper.lock().expect("no panic while held") = Some(keeper);
        }
    }

    /// Takes out what is expired and what there is no room for, in parts, and returns how many that were. It is done by
    /// itself [every minute](Self::sweep_every).
    ///
    /// # Errors
    /// As [`count`](Self::count).
    pub async fn sweep(&self) -> Result<u64, CacheError> {
        let mut gone = 0;
        loop {
            let swept = self.run(true, self.statements.sweep, &[&SWEEP_BATCH], |_| Ok(())).await;
            let swept = swept.map_err(|error| self.failed(error))?;
            self.shared.counters.add(Count::Expired, swept);
            gone += swept;
            if swept < SWEEP_BATCH.unsigned_abs() {
                break;
            }
        }
        let Some(most) = self.max_entries else { return Ok(gone) };
        loop {
            let culled = self.cull(most).await.map_err(|error| self.failed(error))?;
            self.shared.counters.add(Count::Eviction, culled);
            gone += culled;
            if culled < CULL_BATCH.unsigned_abs() {
                return Ok(gone);
            }
        }
    }

    /// Makes room. Two who count at once and both take out what is too much would take out twice as much, so whose turn it is
    /// not leaves it to the other.
    async fn cull(&self, most: u64) -> Result<u64, DatabaseError> {
        let tx = self.db.begin().await?;
        let culled = self.cull_in(&tx, most).await?;
        // Whatever came of it, it is the next one's turn now, and not a moment later.
        tx.commit().await?;
        Ok(culled)
    }

    async fn cull_in(&self, tx: &Transaction, most: u64) -> Result<u64, DatabaseError> {
        let (mut is_mine, mut rows) = (false, 0_i64);
        tx.read(TURN, &[&self.statements.lock], |row| {
            is_mine = row.try_get(0)?;
            Ok(())
        })
        .await?;
        if !is_mine {
            return Ok(0);
        }
        tx.read(self.statements.rows, &[], |row| {
            rows = row.try_get(0)?;
            Ok(())
        })
        .await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        if rows <= most {
            return Ok(0);
        }
        let surplus = (rows - (most - most / ROOM.cast_signed())).min(CULL_BATCH);
        tx.write(self.statements.cull, &[&surplus], |_| Ok(())).await
    }
}

/// Looks after the table as long as somebody has the cache.
fn keep(cache: &DatabaseCache) -> impl Future<Output = ()> + use<> {
    let weak = Arc::downgrade(&cache.shared);
    let keeping = Keeping(weak.clone());
    let (look, db) = (cache.shared.look.clone(), cache.db.downgrade());
    let (statements, ttl, max_entries, sweep) = (cache.statements, cache.ttl, cache.max_entries, cache.sweep);
    async move {
        let _keeping = keeping;
        let mut failing = false;
        loop {
            // Instances that started together do not all come together.
            let pause = sweep.mul_f64(1.0 - fastrand::f64() / 4.0);
            wait(&look, pause).await;
            let (Some(shared), Some(db)) = (weak.upgrade(), db.upgrade()) else { return };
            let cache = DatabaseCache { db, statements, ttl, max_entries, sweep, shared };
            match cache.sweep().await {
                Ok(_) => failing = false,
                Err(error) if !std::mem::replace(&mut failing, true) => {
                    tracing::warn!(%error, "nothing is taken out of a cache");
                }
                Err(_) => {}
            }
        }
    }
}

/// Waits for a time, or until there may be too many.
async fn wait(look: &Notify, pause: Duration) {
    let alarm = Alarm::at(Instant::now() + pause);
    select(alarm, std::pin::pin!(look.notified())).await;
}
