//! The task that writes slow statements, on a connection that nobody times.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout};

use super::queue::{Counters, Entry, Slow};
use crate::db::connection::Connection;
use crate::db::error::DatabaseError;
use crate::db::error_kind::ErrorKind;
use crate::db::target::Target;

/// Rows of one `INSERT`.
const BATCH: usize = 128;

/// How long one may take, with connecting.
const LIMIT: Duration = Duration::from_secs(10);

/// After so long without a slow statement the connection is closed.
const REST: Duration = Duration::from_secs(60);

/// How often what is too old is removed.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// The lock is that of all who make the table: `IF NOT EXISTS` fails for the second of two at once. The ids begin anew
/// when there are no more: what had them first has long been removed.
const CREATE: &str = "\
BEGIN;
SELECT pg_advisory_xact_lock(7522530110734001);
CREATE UNLOGGED TABLE IF NOT EXISTS hyper_slow_queries (
    id serial PRIMARY KEY,
    sql_text text NOT NULL,
    duration_ms real NOT NULL,
    params_summary text NOT NULL,
    \"timestamp\" timestamptz NOT NULL DEFAULT now()
);
ALTER SEQUENCE IF EXISTS hyper_slow_queries_id_seq CYCLE;
CREATE INDEX IF NOT EXISTS hyper_slow_queries_timestamp ON hyper_slow_queries (\"timestamp\" DESC);
CREATE INDEX IF NOT EXISTS hyper_slow_queries_duration ON hyper_slow_queries (duration_ms DESC);
COMMIT";

const INSERT: &str = "INSERT INTO hyper_slow_queries (sql_text, duration_ms, params_summary, \"timestamp\") \
     SELECT * FROM unnest($1::text[], $2::real[], $3::text[], $4::timestamptz[])";

/// In parts, so that no lock is held for long.
const DELETE: &str = "DELETE FROM hyper_slow_queries WHERE ctid = ANY (ARRAY(\
     SELECT ctid FROM hyper_slow_queries WHERE \"timestamp\" < $1 LIMIT 10000))";

/// Writes until the queue is closed and empty.
pub(super) async fn write(
    target: Arc<Target>,
    retention: Duration,
    mut entries: Receiver<Entry>,
    counters: Arc<Counters>,
) {
    let mut writer = Writer { target, retention, connection: None, swept: None, failing: false, counters };
    let mut entry_batch = Vec::with_capacity(BATCH);
    loop {
        match timeout(REST, entries.recv_many(&mut entry_batch, BATCH)).await {
            Ok(0) => return,
            Ok(_) => writer.take(entry_batch.drain(..)).await,
            Err(_) => writer.rest().await,
        }
    }
}

struct Writer {
    target: Arc<Target>,
    retention: Duration,
    connection: Option<Connection>,
    swept: Option<Instant>,
    /// That it cannot write has been said.
    failing: bool,
    counters: Arc<Counters>,
}

impl Writer {
    async fn take(&mut self, entries: impl Iterator<Item = Entry>) {
        let (mut slow, mut marks) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::Slow(one) => slow.push(one),
                Entry::Mark(mark) => marks.push(mark),
            }
        }
        if !slow.is_empty() {
            self.put(&slow).await;
        }
        for mark in marks {
            let _ = mark.send(());
        }
    }

    /// Removes what is too old, also where nothing has been slow for long, and closes the connection.
    async fn rest(&mut self) {
        if self.is_due() {
            self.swept = Some(Instant::now());
            let sweeping = async { sweep(&Connection::open(&self.target).await?, self.retention).await };
            if let Ok(Err(error)) = timeout(LIMIT, sweeping).await {
                // As a rule there is no table yet.
                tracing::debug!(%error, "old slow statements cannot be removed");
            }
        }
        self.connection = None;
    }

    fn is_due(&self) -> bool {
        self.swept.is_none_or(|swept| swept.elapsed() >= SWEEP)
    }

    async fn put(&mut self, slow: &[Slow]) {
        // Taken out meanwhile: after a failure, and after a time-out in the middle, nobody uses it any more.
        let connection = self.connection.take().filter(|connection| !connection.is_closed());
        let reused = connection.is_some();
        let mut outcome = self.within_limit(connection, slow).await;
        if reused && outcome.is_err() {
            // It may have ended while it was idle, or somebody has removed the table.
            outcome = self.within_limit(None, slow).await;
        }
        match outcome {
            Ok(connection) => {
                self.counters.add_written(slow.len() as u64);
                self.failing = false;
                self.connection = Some(connection);
            }
            Err(error) => {
                self.counters.add_dropped(slow.len() as u64);
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(%error, "slow statements cannot be written to hyper_slow_queries");
                }
            }
        }
    }

    async fn within_limit(
        &mut self,
        connection: Option<Connection>,
        slow: &[Slow],
    ) -> Result<Connection, DatabaseError> {
        let Ok(outcome) = timeout(LIMIT, self.insert(connection, slow)).await else {
            let problem = format!("PostgreSQL did not answer within {LIMIT:?}");
            return Err(DatabaseError::new(ErrorKind::Unavailable, problem));
        };
        outcome
    }

    async fn insert(
        &mut self,
        connection: Option<Connection>,
        slow: &[Slow],
    ) -> Result<Connection, DatabaseError> {
        let connection = match connection {
            Some(connection) => connection,
            None => {
                let connection = Connection::open(&self.target).await?;
                connection.batch(CREATE).await?;
                connection
            }
        };
        let client = &connection.client;
        let sql: Vec<&str> = slow.iter().map(|one| &*one.sql).collect();
        let millis: Vec<f32> = slow.iter().map(|one| one.millis).collect();
        let params: Vec<&str> = slow.iter().map(|one| &*one.params).collect();
        let at: Vec<SystemTime> = slow.iter().map(|one| one.at).collect();
        client.execute(INSERT, &[&sql, &millis, &params, &at]).await?;
        if self.is_due() {
            self.swept = Some(Instant::now());
            if let Err(error) = sweep(&connection, self.retention).await {
                tracing::warn!(%error, "old slow statements cannot be removed");
            }
        }
        Ok(connection)
    }
}

/// Removes what is too old.
async fn sweep(connection: &Connection, retention: Duration) -> Result<(), DatabaseError> {
    let Some(oldest) = SystemTime::now().checked_sub(retention) else { return Ok(()) };
    loop {
        if connection.client.execute(DELETE, &[&oldest]).await? == 0 {
            return Ok(());
        }
    }
}
