//! `COPY .. FROM STDIN` in PostgreSQL's binary format: the way to load very many rows.

use std::fmt::Write;
use std::task::Poll;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use hyper_core::ValidationErrors;
use hyper_core::db::{DatabaseError, ErrorKind, Executor};

use super::copy::CopyColumns;
use super::copy_rows::{CopyRow, CopyRows};
use crate::error::{Error, Result, refused};
use crate::model::Model;
use crate::query::QuerySet;

/// How many bytes are gathered before they are handed to the connection.
const CHUNK: usize = 64 * 1024;

/// Rows as the pieces of a binary COPY. Why it ended early is left in `failed`.
pub(super) fn pieces<R>(
    rows: impl Stream<Item = R> + Send,
    failed: &mut Option<Error>,
    mut encode: impl FnMut(R, &mut BytesMut) -> Result<()> + Send,
) -> impl Stream<Item = Result<Bytes, DatabaseError>> + Send {
    let mut rows = Box::pin(rows);
    let mut buffer = BytesMut::new();
    // Signature, flags, length of the header's extension.
    buffer.put_slice(b"PGCOPY\n\xff\r\n\0");
    buffer.put_u64(0);
    let mut ended = false;
    stream::poll_fn(move |context| {
        while !ended && buffer.len() < CHUNK {
            match rows.as_mut().poll_next(context) {
                Poll::Ready(Some(row)) => {
                    if let Err(error) = encode(row, &mut buffer) {
                        *failed = Some(error);
                        let what = "the rows to copy ended too early";
                        return Poll::Ready(Some(Err(DatabaseError::new(ErrorKind::Data, what))));
                    }
                }
                Poll::Ready(None) => {
                    ended = true;
                    buffer.put_i16(-1);
                }
                Poll::Pending if buffer.is_empty() => return Poll::Pending,
                // What is there goes ahead while the next row is waited for.
                Poll::Pending => break,
            }
        }
        Poll::Ready((!buffer.is_empty()).then(|| Ok(buffer.split().freeze())))
    })
}

impl<M: Model> QuerySet<M> {
    /// Loads rows by `COPY`, several times faster than inserting them, all or none. Returns how many there were.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db, names: Vec<String>) -> Result<()> {
    /// // COPY "users" ("id", "name") FROM STDIN (FORMAT binary)
    /// let loaded: u64 = User::objects().copy_in(db, (User.id, User.name), (1..).zip(names)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// They come from an iterator or from a `futures::Stream`, either of which may also give `Result`s: [`CopyRow`]. A
    /// row is asked for when those before are on their way, so that any number takes constant memory. When one is an
    /// `Err`, or the future is dropped, no row has arrived. A connection is held as long as the stream lasts; in a
    /// transaction it is that one's, so that a stream that reads from the same transaction would wait for itself.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use futures_util::Stream;
    ///
    /// # async fn f(db: &Db, lines: impl Stream<Item = std::io::Result<String>> + Send) -> Result<()> {
    /// let loaded: u64 = User::objects().copy_in(db, User.name, lines).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// When the primary key is among the columns and numbered by PostgreSQL, the numbering goes on behind the
    /// greatest key.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid) with the broken rules of the first row that has some; the first error among the rows,
    /// as [`CopyRow`] says; what PostgreSQL reports.
    pub async fn copy_in<C: CopyColumns<M>, Kind>(
        self,
        db: &impl Executor,
        _columns: C,
        rows: impl CopyRows<Kind, Item: CopyRow<C::Row>>,
    ) -> Result<u64> {
        let mut failed = None;
        let pieces = pieces(rows.into_stream(), &mut failed, |row, out| {
            let row = row.row()?;
            let mut errors = ValidationErrors::new();
            C::check(&row, &mut errors);
            errors.into_result()?;
            out.put_i16(C::COLUMNS.len() as i16);
            Ok(C::encode(&row, out)?)
        });
        let copied = db.copy_in_stream(&copy_sql::<M>(C::COLUMNS), pieces).await;
        if let Some(error) = failed {
            return Err(error);
        }
        let copied = copied.map_err(refused::<M>)?;
        if let Some(&key) = C::COLUMNS.iter().find(|&&column| M::META.columns[column].identity) {
            db.execute_batch(&format!(
                "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{key}'), max(\"{key}\")) FROM \"{table}\"",
                table = M::TABLE,
                key = M::META.columns[key].name,
            ))
            .await?;
        }
        Ok(copied)
    }
}

fn copy_sql<M: Model>(columns: &[usize]) -> String {
    let mut sql = format!("COPY \"{}\" (", M::TABLE);
    for (i, &column) in columns.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}\"{}\"", M::NAMES[column]);
    }
    sql.push_str(") FROM STDIN (FORMAT binary)");
    sql
}
