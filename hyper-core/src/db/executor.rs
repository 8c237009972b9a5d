//! Who can run a statement: the database handle and a transaction, and, if it only reads, a replica.

use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use tokio_postgres::Row;

use super::cursor::Cursor;
use super::error::DatabaseError;
use super::hook::Callback;
use super::listen;
use super::pool::Db;
use super::sql::{Param, Sql};
use super::transaction::Transaction;
use crate::cache::QueryCache;

/// What is given each row. Not a type of its own for each query: what runs statements is compiled once, and not for each
/// of them.
pub(super) type Each<'e> = dyn FnMut(&Row) -> Result<(), DatabaseError> + Send + 'e;

/// Runs statements that only read: what each [`Executor`] does, and [`Replica`](super::Replica) and
/// [`ReadTransaction`](super::ReadTransaction), which do nothing else.
///
/// Query methods that read take `&db`, `tx` or `&db.replica()`, whichever is at hand.
///
/// Statements that are waited for together, as by `futures::join!` or `tokio::join!`, are sent one behind the other
/// without waiting for answers: reads of one `&Db` on one thread, and any of one `&Transaction`, on one connection and in
/// that order. So they take one round trip, as long as each has been prepared there before.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run a query",
    label = "expected a `Db`, a `Transaction` or a `Replica`",
    note = "handlers get one as an argument: `db: &Db`; inside `db.atomic(async |tx| ..)` pass `tx`"
)]
pub trait Reader: Send + Sync {
    /// Runs a statement that only reads, giving each row to `each` in order. Returns how many there were.
    ///
    /// # Errors
    /// What PostgreSQL reports, what `each` returns, or that PostgreSQL cannot be reached.
    fn read(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs a statement of which nobody knows whether it writes, or which takes long, on a connection of its own; gives
    /// each row to `each`, and returns how many it returned or touched. A handle that only reads has PostgreSQL refuse
    /// what writes: [`ErrorKind::ReadOnly`](super::ErrorKind::ReadOnly).
    ///
    /// # Errors
    /// As [`read`](Self::read) and [`write`](Executor::write).
    fn run(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// The database and the cache that keeps results of its queries; none in transactions, on replicas, and where there is
    /// none.
    #[doc(hidden)]
    fn keeps(&self) -> Option<(&Db, &QueryCache)> {
        None
    }

    /// Opens a cursor on a `SELECT`, to read any number of rows in constant memory, `chunk_size` (at least 1) in a
    /// round trip. A `Db` begins a transaction for it that only reads, and ends with it.
    ///
    /// # Errors
    /// As [`read`](Self::read); and that all connections are busy for too long.
    fn cursor(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        chunk_size: u32,
    ) -> impl Future<Output = Result<Cursor<'_>, DatabaseError>> + Send;

    /// Runs a `COPY .. TO STDOUT` and gives what it sends to `each`, as a rule a row at a time. Returns how many bytes
    /// that were.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Reader};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// let mut csv = Vec::new();
    /// db.copy_out("COPY (SELECT id, title FROM posts ORDER BY id) TO STDOUT (FORMAT csv, HEADER)", |row| {
    ///     csv.extend_from_slice(row);
    ///     Ok(())
    /// })
    /// .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read). Some rows may have come by then.
    fn copy_out(
        &self,
        text: &str,
        each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;
}

/// Runs statements that read or write: [`Db`](super::Db) each on its own, [`Transaction`](super::Transaction) all
/// together.
///
/// Query methods take `&db` or `tx`, whichever is at hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot write",
    label = "expected a `Db` or a `Transaction`",
    note = "what only reads, such as `db.replica()`, has no way to write: pass `db` itself; inside `db.atomic(async |tx| ..)` pass `tx`"
)]
pub trait Executor: Reader {
    /// Runs a statement that writes, giving each returned row to `each`. Returns how many rows it touched.
    ///
    /// # Errors
    /// As [`read`](Reader::read); a connection lost under way is [`Interrupted`](super::ErrorKind::Interrupted):
    /// the statement may have taken effect.
    fn write(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Starts a `COPY .. FROM STDIN` and feeds it what `fill` writes into the buffers it is handed, until it
    /// returns `false`. Returns how many rows arrived.
    ///
    /// # Errors
    /// As [`write`](Self::write); nothing has arrived then.
    fn copy_in(
        &self,
        text: &str,
        mut fill: impl FnMut(&mut BytesMut) -> Result<bool, DatabaseError> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        let (mut buffer, mut more) = (BytesMut::new(), true);
        let pieces = stream::poll_fn(move |_| {
            if !std::mem::take(&mut more) {
                return Poll::Ready(None);
            }
            Poll::Ready(Some(fill(&mut buffer).map(|further| {
                more = further;
                buffer.split().freeze()
            })))
        });
        async move { self.copy_in_stream(text, pieces).await }
    }

    /// Starts a `COPY .. FROM STDIN` and feeds it the pieces of a stream, however they are cut. Returns how many rows
    /// arrived.
    ///
    /// A piece is asked for when the one before is on its way, so that memory does not grow with what comes. A connection
    /// is held as long as the stream lasts: the transaction's own, whose other statements wait until then.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Executor};
    /// use bytes::Bytes;
    /// use futures_util::stream;
    ///
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// let pieces = stream::iter(["1,Hel", "lo\n2,World\n"].map(|piece| Ok(Bytes::from(piece))));
    /// assert_eq!(db.copy_in_stream("COPY posts (id, title) FROM STDIN (FORMAT csv)", pieces).await?, 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`write`](Self::write), and the first error of the stream's: nothing has arrived then, nor when the future is
    /// dropped.
    fn copy_in_stream(
        &self,
        text: &str,
        pieces: impl Stream<Item = Result<Bytes, DatabaseError>> + Send,
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs statements without parameters whose results nobody wants, such as `CREATE TABLE`.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    fn execute_batch(&self, text: &str) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Says something on a channel, to all who [listen](super::Db::listen) to it at the moment, in whichever process: of a
    /// transaction when it is committed, and never if it is not. PostgreSQL keeps no account of who has heard it.
    ///
    /// Equal notifications of one transaction come once. The order of others is kept.
    ///
    /// ```
    /// use hyper_core::db::{DatabaseError, Executor};
    ///
    /// async fn publish(db: &impl Executor, id: i64) -> Result<(), DatabaseError> {
    ///     // SELECT pg_notify($1, $2)
    ///     db.notify("posts", &id.to_string()).await
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`write`](Self::write); and [`Data`](super::ErrorKind::Data) for a payload of 8000 bytes and more, a name of
    /// a channel that is empty or longer than 63 bytes, and a NUL in either.
    fn notify(&self, channel: &str, payload: &str) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async move {
            listen::check(channel, payload)?;
            self.write(listen::NOTIFY, &[&channel, &payload], |_| Ok(())).await.map(drop)
        }
    }

    /// Begins a transaction, or a part of the one this is: for what takes several statements and is given any
    /// `&impl Executor`. It ends with [`Transaction::commit`], or is undone when dropped.
    ///
    /// ```
    /// use hyper_core::db::{DatabaseError, Executor};
    ///
    /// async fn both(db: &impl Executor) -> Result<(), DatabaseError> {
    ///     let tx = db.begin().await?;
    ///     tx.execute_batch("UPDATE accounts SET balance = balance - 1 WHERE id = 1").await?;
    ///     tx.execute_batch("UPDATE accounts SET balance = balance + 1 WHERE id = 2").await?;
    ///     tx.commit().await
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`Db::begin`](super::Db::begin) and [`Transaction::savepoint`].
    fn begin(&self) -> impl Future<Output = Result<Transaction, DatabaseError>> + Send;

    /// Has a closure called once the whole transaction is committed and its connection given back; never, if it or the
    /// part of it that this is gets rolled back. On a `Db`, where nothing is to be waited for, it is called at once.
    ///
    /// Callbacks are called one after the other in the order they were registered, and
    /// [`commit`](Transaction::commit) waits for them. The transaction is committed, so it succeeds whatever they do: one
    /// that panics or returns an `Err` is logged, and the others are called. When it is not known whether the transaction
    /// was committed ([`Interrupted`](super::ErrorKind::Interrupted)), none is called.
    ///
    /// ```
    /// use hyper_core::db::{DatabaseError, Executor};
    ///
    /// async fn publish(db: &impl Executor, id: i64) -> Result<(), DatabaseError> {
    ///     db.execute_batch("UPDATE posts SET published = true").await?;
    ///     db.on_commit(async move || println!("{id} is out"));
    ///     Ok(())
    /// }
    /// ```
    fn on_commit<Kind>(&self, callback: impl Callback<Kind>);

    /// Has a closure called once the transaction has ended, if it or the part of it that this is was rolled back, by
    /// whatever cause; as for [`on_commit`](Self::on_commit), after the whole transaction has ended and its connection is
    /// given back. On a `Db` it is never called.
    fn on_rollback<Kind>(&self, callback: impl Callback<Kind>);
}
