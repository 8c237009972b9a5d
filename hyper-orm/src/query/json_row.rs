//! One row as a JSON object.

use hyper_core::db::{DatabaseError, Reader};

use super::filter::Filter;
use super::query_set::QuerySet;
use super::select::Selection;
use super::statements::{First, Get, One};
use super::window::Window;
use crate::error::Result;
use crate::expr::Ordering;
use crate::model::Model;
use crate::query::asked::asked;
use crate::row::{JsonRow, RowReader};

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter,
    O: Ordering<S::Scope>,
{
    /// The row that [`get`](Self::get) finds, as a JSON object written as [`json`](Self::json) writes each.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let json = Post::objects().select_related(Post.author).json_get(db, 7).await?;
    /// // {"id":7,"title":"..","url":null,"score":3,"author":{"id":1,"name":"ana"}}
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_get(
        &self,
        db: &impl Reader,
        key: impl Into<M::Key>,
    ) -> impl Future<Output = Result<JsonRow>> {
        asked::<M, _>(async move { self.get_json(db, key.into(), |row| self.object(row)).await })
    }

    /// The row that [`one`](Self::one) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_one(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRow>> {
        asked::<M, _>(async move { self.one_json(db, |row| self.object(row)).await })
    }

    /// The row that [`first`](Self::first) finds, as a JSON object.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let best = Post::objects().order_by(Post.score.desc()).values((Post.id, Post.title)).json_first(db).await?;
    /// // {"id":7,"title":".."}
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_first(&self, db: &impl Reader) -> impl Future<Output = Result<Option<JsonRow>>> {
        asked::<M, _>(async move { self.first_json(db, |row| self.object(row)).await })
    }

    fn object(&self, row: &mut RowReader<'_>) -> Result<JsonRow, DatabaseError> {
        let mut out = Vec::with_capacity(256);
        self.select.write_json(row, &mut out)?;
        Ok(JsonRow::new(out))
    }

    /// [`get`](Self::get), read by `read`.
    pub(crate) async fn get_json<T: Send>(
        &self,
        db: &impl Reader,
        key: M::Key,
        read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<T> {
        self.get_by::<Get<M, S, W>, _>(db, key, read).await
    }

    /// [`one`](Self::one), read by `read`.
    pub(crate) async fn one_json<T: Send>(
        &self,
        db: &impl Reader,
        read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<T> {
        self.one_by::<One<M, S, W, Window<LIMIT, OFFSET>>, _>(db, read).await
    }

    /// [`first`](Self::first), read by `read`.
    pub(crate) async fn first_json<T: Send>(
        &self,
        db: &impl Reader,
        read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<Option<T>> {
        self.first_by::<First<M, S, W, O, Window<LIMIT, OFFSET>>, _>(db, read).await
    }
}
