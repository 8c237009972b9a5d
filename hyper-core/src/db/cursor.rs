//! Rows read as they are wanted, however many there are.

use std::collections::VecDeque;

use futures_util::{TryStreamExt, future};
use tokio_postgres::Row;

use super::connection::Connection;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::log::Noted;
use super::sql::{Param, Sql};
use super::transaction::Transaction;

/// The rows of a statement, some at a time: from [`Db::cursor`](super::Db::cursor) or
/// [`Reader::cursor`](super::Reader::cursor).
///
/// PostgreSQL computes them as they are read, and neither side has more than a chunk of them in memory. It shows the
/// table as it was when the cursor was opened. Reading ahead is up to [`next`](Self::next); between two rows the
/// transaction can be used for something else.
///
/// ```no_run
/// # use hyper_core::db::{Db, DatabaseError, Sql};
/// # async fn f(db: Db) -> Result<(), DatabaseError> {
/// let mut rows = db.cursor(Sql::new("SELECT n FROM numbers ORDER BY n"), &[], 2000).await?;
/// while let Some(row) = rows.next().await? {
///     let n: i64 = row.get(0);
/// }
/// # Ok(()) }
/// ```
pub struct Cursor<'t> {
    tx: Held<'t>,
    name: String,
    chunk_size: u32,
    check: fn(&[tokio_postgres::Column]) -> Result<(), String>,
    /// What has come and was not asked for yet.
    rows: VecDeque<Row>,
    state: State,
}

/// The transaction a cursor is in.
pub(super) enum Held<'t> {
    /// Begun for it; `None` when it has ended.
    Own(Option<Transaction>),
    Lent(&'t Transaction),
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    /// A chunk was asked for and is not there: left so when nobody waited for it, or it failed.
    Asked,
    Ended,
}

impl<'t> Cursor<'t> {
    pub(super) async fn open(
        tx: Held<'t>,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Self, DatabaseError> {
        let number = tx.get()?.next_number()?;
        let mut this = Self {
            tx,
            name: format!("hyper_{number}"),
            chunk_size: chunk_size.clamp(1, i32::MAX as u32),
            check: sql.check,
            rows: VecDeque::new(),
            state: State::Asked,
        };
        let tx = this.tx.get()?;
        let connection = tx.connection()?;
        let rows = &mut this.rows;
        let opened = connection.declare(&this.name, this.chunk_size, sql, params, rows).await;
        tx.explained(opened)?;
        if let Some(row) = this.rows.front() {
            (this.check)(row.columns())
                .map_err(|problem| DatabaseError::new(ErrorKind::SchemaMismatch, problem))?;
        }
        this.came().await?;
        Ok(this)
    }

    /// One that has come whole, for a test's transaction: its other statements are not to wait for the end of this.
    pub(super) async fn read_whole(
        tx: &Transaction,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> Result<Cursor<'static>, DatabaseError> {
        let mut whole = Cursor::open(Held::Lent(tx), sql, params, u32::MAX).await?;
        Ok(Cursor {
            tx: Held::Own(None),
            name: whole.name.clone(),
            chunk_size: chunk_size.clamp(1, i32::MAX as u32),
            check: whole.check,
            rows: std::mem::take(&mut whole.rows),
            state: State::Ended,
        })
    }

    /// The next row, or none after the last one.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that the connection was lost. Dropped half-way or failed, the cursor cannot be read
    /// on.
    pub async fn next(&mut self) -> Result<Option<Row>, DatabaseError> {
        if self.rows.is_empty() {
            self.fetch().await?;
        }
        Ok(self.rows.pop_front())
    }

    /// Gives what the next chunk has to `each`, in order. Returns how many rows that were: 0 after the last one.
    ///
    /// # Errors
    /// As [`next`](Self::next); and what `each` returns, after which the next call begins with the next row.
    pub async fn next_chunk(
        &mut self,
        mut each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        if self.rows.is_empty() {
            self.fetch().await?;
        }
        let mut given = 0;
        while given < u64::from(self.chunk_size)
            && let Some(row) = self.rows.pop_front()
        {
            each(&row)?;
            given += 1;
        }
        Ok(given)
    }

    async fn fetch(&mut self) -> Result<(), DatabaseError> {
        match self.state {
            State::Ended => return Ok(()),
            State::Asked => {
                let problem = "the cursor cannot be read on: a chunk of it failed, or nobody waited for it";
                return Err(DatabaseError::new(ErrorKind::Other, problem));
            }
            State::Open => self.state = State::Asked,
        }
        let tx = self.tx.get()?;
        tx.explained(tx.connection()?.fetch(&self.name, self.chunk_size, &mut self.rows).await)?;
        self.came().await
    }

    /// A chunk has come. If it was the last one, nothing is left open.
    async fn came(&mut self) -> Result<(), DatabaseError> {
        if self.rows.len() >= self.chunk_size as usize {
            self.state = State::Open;
            return Ok(());
        }
        self.state = State::Ended;
        match &mut self.tx {
            Held::Lent(tx) => tx.connection()?.batch(&format!("CLOSE {}", self.name)).await,
            Held::Own(tx) => match tx.take() {
                // It has only read: how it ends is all one.
                Some(tx) => tx.rollback().await,
                None => Ok(()),
            },
        }
    }
}

impl Held<'_> {
    fn get(&self) -> Result<&Transaction, DatabaseError> {
        match self {
            Self::Lent(tx) => Ok(tx),
            Self::Own(Some(tx)) => Ok(tx),
            Self::Own(None) => Err(DatabaseError::new(ErrorKind::Other, "the cursor has ended")),
        }
    }
}

impl Drop for Cursor<'_> {
    fn drop(&mut self) {
        if self.state != State::Ended
            && let Held::Lent(tx) = self.tx
            && let Ok(connection) = tx.connection()
            && !connection.is_closed()
        {
            connection.post(&format!("CLOSE {}", self.name));
        }
    }
}

impl std::fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor").field("name", &self.name).field("state", &self.state).finish()
    }
}

impl Connection {
    /// Opens a cursor and asks for its first rows, without waiting in between.
    async fn declare(
        &self,
        name: &str,
        chunk_size: u32,
        sql: Sql<'_>,
        params: &[Param<'_>],
        rows: &mut VecDeque<Row>,
    ) -> Result<(), DatabaseError> {
        let declare = async {
            // For the types of its parameters, and of its columns: what PostgreSQL has to be asked about is known then.
            let types = self.types(sql, params.len()).await?;
            let text = format!("DECLARE {name} NO SCROLL CURSOR FOR {}", sql.text);
            let params: Vec<_> = params.iter().copied().zip(types.iter().cloned()).collect();
            let declared = self.client.execute_typed(&text, &params);
            // They are sent in this order, and if the first fails the second does.
            let (declared, fetched) = future::join(declared, self.fetched(name, chunk_size, rows)).await;
            declared?;
            fetched
        };
        self.watch_noted(Noted::of(&sql, params), (sql.text, params), declare).await
    }

    async fn fetch(
        &self,
        name: &str,
        chunk_size: u32,
        rows: &mut VecDeque<Row>,
    ) -> Result<(), DatabaseError> {
        self.watch("FETCH", self.fetched(name, chunk_size, rows)).await
    }

    async fn fetched(
        &self,
        name: &str,
        chunk_size: u32,
        rows: &mut VecDeque<Row>,
    ) -> Result<(), DatabaseError> {
        let text = format!("FETCH FORWARD {chunk_size} FROM {name}");
        let chunk = self.client.query_typed_raw(&text, std::iter::empty::<(Param<'_>, _)>()).await?;
        let mut chunk = std::pin::pin!(chunk);
        while let Some(row) = chunk.try_next().await? {
            rows.push_back(row);
        }
        Ok(())
    }
}
