//! The sessions of a pool behind a pooler of which it was said that it gives each connection one of its own.
//!
//! That can be shown to be wrong: two connections that are there at the same time have the same process of PostgreSQL's
//! behind them only where they take turns with it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::Client;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::pooler::first;

/// How long a pooler may take to give one, and PostgreSQL to say something in it. Otherwise there is none left, and one of
/// the program's own is waited for.
pub(super) const WAIT: Duration = Duration::from_millis(500);

/// How long a connection may take to notice that it has ended. PostgreSQL's may be somebody else's before that.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// What is asked in a session that there may not be.
pub(super) async fn given_in<T>(
    wait: Duration,
    asking: impl Future<Output = Result<T, DatabaseError>>,
) -> Result<T, DatabaseError> {
    timeout(wait, asking).await.unwrap_or_else(|_| Err(DatabaseError::full()))
}

/// The processes of PostgreSQL's, and the tasks of the connections that have them.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<i32, AbortHandle>>);

impl Sessions {
    /// Begins one. Nothing is prepared in it, whatever the client left there that had it before: the pooler may have been
    /// told to leave it as it was. PostgreSQL may take `limit` for a statement; zero is no limit.
    ///
    /// # Errors
    /// The pooler has none left, or another connection has it, too.
    pub(super) async fn begin(
        &self,
        client: &Client,
        limit: Duration,
        task: Option<&AbortHandle>,
    ) -> Result<(), DatabaseError> {
        let limit = limit.as_micros().div_ceil(1000).min(i32::MAX as u128);
        let set = if limit == 0 { String::new() } else { format!("SET statement_timeout = {limit}; ") };
        let begin = format!("DEALLOCATE ALL; {set}SELECT pg_backend_pid()");
        let process = given_in(WAIT, first(client, &begin)).await?;
        let process = process.first().and_then(|process| process.parse().ok()).ok_or_else(|| {
            DatabaseError::new(ErrorKind::Unavailable, "PostgreSQL did not say which process it is")
        })?;
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if self.take(process, task) {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(DatabaseError::new(
            ErrorKind::Unavailable,
            format!(
                "POOLER_MODE is `session`, and the pooler has given the same session of PostgreSQL (process {process}) to \
                 two connections, as it does in another mode: set `pool_mode = session` in PgBouncer, or leave \
                 POOLER_MODE away"
            ),
        ))
    }

    /// Whether nobody else has it.
    fn take(&self, process: i32, task: Option<&AbortHandle>) -> bool {
        let mut sessions = self.0.lock().expect("no panic while held");
        sessions.retain(|_, task| !task.is_finished());
        let is_free = !sessions.contains_key(&process);
        if let Some(task) = task.filter(|_| is_free) {
            sessions.insert(process, task.clone());
        }
        is_free
    }
}
