//! The table: made where it is missing, and again where it was lost.

use super::DatabaseCache;
use super::statements::ALONE;
use crate::cache::error::CacheError;
use crate::db::{DatabaseError, Db, ErrorKind, Executor, Param, Reader, Row, Sql};

/// PostgreSQL's code for a table that is not there.
const NO_TABLE: &str = "42P01";

impl DatabaseCache {
    /// Makes the table where it is missing: `UNLOGGED`, or an ordinary one where PostgreSQL refuses that. It is done by itself
    /// when an application starts whose cache this is, and at the first use.
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or does not let it make tables.
    pub async fn ensure_table(&self) -> Result<(), CacheError> {
        ensure(&self.db, self).await.map_err(|error| self.failed(error))
    }

    /// Runs a statement, and once more after the table was made, if it is missing.
    pub(super) async fn run(
        &self,
        writes: bool,
        sql: Sql<'_>,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let db = &self.db;
        let outcome = if writes {
            db.write(sql, params, &mut each).await
        } else {
            db.read(sql, params, &mut each).await
        };
        match outcome {
            Err(error) if error.sqlstate() == Some(NO_TABLE) => {}
            outcome => return outcome,
        }
        Box::pin(ensure(db, self)).await?;
        if writes { db.write(sql, params, each).await } else { db.read(sql, params, each).await }
    }
}

async fn ensure(db: &Db, cache: &DatabaseCache) -> Result<(), DatabaseError> {
    let statements = cache.statements;
    // Without the right to make tables one may use those that others made.
    let mut is_there = false;
    db.read(statements.exists, &[], |row| {
        is_there = row.try_get(0)?;
        Ok(())
    })
    .await?;
    if is_there {
        return Ok(());
    }
    let [unlogged, ordinary] = &statements.create;
    match create(db, statements.lock, unlogged).await {
        Err(error) if is_refusal(&error) => {
            create(db, statements.lock, ordinary).await?;
            tracing::info!(table = statements.table, %error, "the table of a cache cannot be UNLOGGED");
            Ok(())
        }
        outcome => outcome,
    }
}

async fn create(db: &Db, lock: i64, text: &str) -> Result<(), DatabaseError> {
    let tx = db.begin().await?;
    tx.read(ALONE, &[&lock], |_| Ok(())).await?;
    tx.execute_batch(text).await?;
    tx.commit().await
}

/// Whether another statement might be accepted.
fn is_refusal(error: &DatabaseError) -> bool {
    error.sqlstate().is_some() && !matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Interrupted)
}
