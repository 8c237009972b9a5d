//! Any number of rows in constant memory: Django's `iterator`.

use std::marker::PhantomData;

use hyper_core::db::{Cursor, Reader};

use super::filter::Filter;
use super::query_set::QuerySet;
use super::select::Selection;
use super::statements::All;
use super::window::Window;
use crate::error::Result;
use crate::expr::Ordering;
use crate::model::Model;
use crate::row::RowReader;

/// How many rows are fetched at a time, as in Django.
const CHUNK: u32 = 2000;
/// How large a piece of streamed JSON becomes, in bytes.
const PIECE: usize = 64 * 1024;

/// The rows of a query, read as they are wanted.
#[derive(Debug)]
pub struct RowStream<'d, M, S> {
    cursor: Cursor<'d>,
    of: PhantomData<fn() -> (M, S)>,
}

impl<M, S: Selection<M>> RowStream<'_, M, S> {
    /// The next row; none behind the last.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that the connection is gone.
    pub async fn next(&mut self) -> Result<Option<S::Row>> {
        match self.cursor.next().await? {
            Some(row) => Ok(Some(S::decode(&mut RowReader::new(&row))?)),
            None => Ok(None),
        }
    }
}

/// The rows of a query as pieces of one JSON array.
#[derive(Debug)]
pub struct JsonStream<'d, M, S> {
    cursor: Cursor<'d>,
    select: S,
    state: State,
    of: PhantomData<fn() -> M>,
}

#[derive(Debug, PartialEq)]
enum State {
    First,
    Further,
    Ended,
}

impl<M, S: Selection<M>> JsonStream<'_, M, S> {
    /// The next piece, of about 64 KiB; none behind the last. All pieces together are what
    /// [`QuerySet::json`] returns.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that the connection is gone: the array is then not complete.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.state == State::Ended {
            return Ok(None);
        }
        let mut piece = Vec::with_capacity(PIECE + PIECE / 8);
        while piece.len() < PIECE {
            let Some(row) = self.cursor.next().await? else {
                if self.state == State::First {
                    piece.push(b'[');
                }
                self.state = State::Ended;
                piece.push(b']');
                break;
            };
            piece.push(if self.state == State::First { b'[' } else { b',' });
            self.state = State::Further;
            self.select.write_json(&mut RowReader::new(&row), &mut piece)?;
        }
        Ok(Some(piece))
    }
}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter,
    O: Ordering<S::Scope>,
{
    /// Reads the rows as they are wanted, 2000 in a round trip, through a cursor in the database: constant memory for
    /// any number of rows. It sees the table as it was when it began.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let query = Post::objects().order_by(Post.id);
    /// let mut posts = query.iterator(db).await?;
    /// while let Some(post) = posts.next().await? {
    ///     println!("{}", post.title);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    pub async fn iterator<'d, E: Reader>(&self, db: &'d E) -> Result<RowStream<'d, M, S>> {
        self.iterator_by(db, CHUNK).await
    }

    /// As [`iterator`](Self::iterator), so many rows in a round trip.
    ///
    /// # Errors
    /// As [`iterator`](Self::iterator).
    pub async fn iterator_by<'d, E: Reader>(
        &self,
        db: &'d E,
        chunk_size: u32,
    ) -> Result<RowStream<'d, M, S>> {
        let params = &self.params();
        let sql = self.statement::<All<M, S, W, O, Window<LIMIT, OFFSET>>>();
        Ok(RowStream { cursor: db.cursor(sql, params.as_slice(), chunk_size).await?, of: PhantomData })
    }

    /// The same JSON as [`json`](Self::json), in pieces and in constant memory.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let query = Post::objects().order_by(Post.id);
    /// let mut json = query.json_stream(db).await?;
    /// while let Some(piece) = json.next().await? {
    ///     println!("{} bytes", piece.len());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`iterator`](Self::iterator).
    pub async fn json_stream<'d, E: Reader>(&self, db: &'d E) -> Result<JsonStream<'d, M, S>>
    where
        S: Clone,
    {
        let params = &self.params();
        let sql = self.statement::<All<M, S, W, O, Window<LIMIT, OFFSET>>>();
        let cursor = db.cursor(sql, params.as_slice(), CHUNK).await?;
        Ok(JsonStream { cursor, select: self.select.clone(), state: State::First, of: PhantomData })
    }
}
