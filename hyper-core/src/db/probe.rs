//! A question to PostgreSQL on a connection that nobody else has, so that it waits behind no statement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::pool::{Db, FULL};
use super::reading::read_here;
use super::sql::Sql;
use super::target::Target;

/// The connection on which a pool's health is asked for. It is opened when first needed, and kept.
#[derive(Default)]
pub(super) struct Probe(tokio::sync::Mutex<Option<Connection>>);

impl Probe {
    async fn ask(&self, target: &Arc<Target>) -> Result<(), DatabaseError> {
        let mut place = self.0.lock().await;
        // Taken out meanwhile: given up in the middle, as by a time limit, it is not used again.
        if let Some(connection) = place.take().filter(|connection| !connection.is_closed())
            && connection.batch("SELECT 1").await.is_ok()
        {
            *place = Some(connection);
            return Ok(());
        }
        // It may have ended while it was idle, which says nothing of now.
        let connection = Connection::open(target).await?;
        connection.batch("SELECT 1").await?;
        *place = Some(connection);
        Ok(())
    }
}

impl Db {
    /// Asks PostgreSQL for an answer, and returns how long it took.
    ///
    /// It has a connection of its own for that, beside those of `POOL_SIZE`: it waits behind no statement, and is not
    /// counted as one. Where PostgreSQL has no connection left for it, one of the pool's asks.
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or does not answer within `limit`.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use hyper_core::db::{Db, DatabaseError};
    /// # async fn f(db: &Db) -> Result<(), DatabaseError> {
    /// let took = db.ping(Duration::from_secs(1)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn ping(&self, limit: Duration) -> Result<Duration, DatabaseError> {
        let begun = Instant::now();
        let asking = async {
            match self.0.probe.ask(&self.0.target).await {
                Err(error) if error.sqlstate() == Some(FULL) => {
                    read_here(self, None, &Sql::new("SELECT 1"), &[], &mut |_| Ok(())).await.map(drop)
                }
                outcome => outcome,
            }
        };
        match tokio::time::timeout(limit, Box::pin(asking)).await {
            Ok(outcome) => outcome.map(|()| begun.elapsed()),
            Err(_) => {
                let problem = format!("PostgreSQL did not answer within {limit:?}");
                Err(DatabaseError::new(ErrorKind::Unavailable, problem))
            }
        }
    }
}
