//! The query cache of a database: what it answers, and what writes tell it.

use std::sync::OnceLock;

use tokio_postgres::Row;

use super::error::DatabaseError;
use super::executor::Each;
use super::pool::{Db, Pool};
use super::reading::read_here;
use super::sql::{Param, Sql};
use crate::cache::{Note, QueryCache};

impl Db {
    /// The cache of its queries' results, where it has one: see [`QueryCache::configure`].
    #[must_use]
    pub fn query_cache(&self) -> Option<&QueryCache> {
        self.0.query_cache.get().filter(|_| !self.is_in_test())
    }

    pub(crate) fn query_cache_cell(&self) -> &OnceLock<QueryCache> {
        &self.0.query_cache
    }

    /// Runs a read whose result may be kept.
    pub(super) async fn read_cached(
        &self,
        cache: &QueryCache,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: &mut Each<'_>,
    ) -> Result<u64, DatabaseError> {
        match cache.rows(self, sql, params).await? {
            Some(entry) => {
                let rows: &[Row] = &entry.rows;
                rows.iter().try_for_each(each)?;
                Ok(rows.len() as u64)
            }
            None => match self.0.replicas.get() {
                Some(replicas) => replicas.read(self, sql, params, each).await,
                None => read_here(self, None, &sql, params, each).await,
            },
        }
    }
}

impl Pool {
    /// What a statement that writes is to leave behind; nothing where nobody wants to know.
    pub(super) fn note(&self, sql: &Sql<'_>) -> Option<Note> {
        self.query_cache.get()?.note(sql)
    }

    /// The same for a text that is sent once.
    pub(super) fn note_text(&self, text: &str) -> Option<Note> {
        self.query_cache.get()?.note_text(text)
    }
}
