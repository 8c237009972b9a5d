//! Asking the database.

use std::collections::HashMap;
use std::hash::Hash;

use hyper_core::db::types::ToSql;
use hyper_core::db::{DatabaseError, Reader, Sql};

use super::belonging::KeyedRows;
use super::filter::Filter;
use super::query_set::QuerySet;
use super::query_set::Reversed;
use super::select::Selection;
use super::statements::{All, Count, Exists, First, Get, InBulk, One};
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::{Node, Ordering};
use crate::field::Field;
use crate::model::{Key, Model};
use crate::query::asked::asked;
use crate::row::{JsonRows, Room, RowReader};
use crate::sql::{Options, Params, Statement};

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter,
    O: Ordering<S::Scope>,
{
    /// The text [`all`](Self::all) sends, which the compiler wrote.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        self.statement::<All<M, S, W, O, Window<LIMIT, OFFSET>>>().text
    }

    /// The text [`count`](Self::count) sends.
    #[must_use]
    pub fn count_sql(&self) -> &'static str {
        self.text::<Count<M, S, W, Window<LIMIT, OFFSET>>>().text
    }

    /// The text [`exists`](Self::exists) sends.
    #[must_use]
    pub fn exists_sql(&self) -> &'static str {
        self.text::<Exists<M, S, W, Window<LIMIT, OFFSET>>>().text
    }

    /// All rows.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let posts: Vec<Post> = Post::objects().filter(Post.score.gt(10)).all(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn all(&self, db: &impl Reader) -> impl Future<Output = Result<Vec<S::Row>>> {
        asked::<M, _>(async move {
            let mut rows = Vec::new();
            self.each(db, |row| {
                rows.push(S::decode(row)?);
                Ok(())
            })
            .await?;
            Ok(rows)
        })
    }

    /// All rows as a JSON array, written from what PostgreSQL sends without values in between. Fields that are
    /// `secret` are left out; `select_related` nests objects.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let json = Post::objects().filter(Post.id.eq(7)).select_related(Post.author).json(db).await?;
    /// // [{"id":7,"title":"..","url":null,"score":3,"author":{"id":1,"name":"ana"}}]
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> {
        asked::<M, _>(async move {
            let mut out = Vec::with_capacity(1024);
            out.push(b'[');
            let mut room = Room::up_to(if LIMIT { self.window.limit } else { 0 });
            self.each(db, |row| {
                if out.len() > 1 {
                    out.push(b',');
                }
                self.select.write_json(row, &mut out)?;
                if LIMIT {
                    room.written(&mut out);
                }
                Ok(())
            })
            .await?;
            out.push(b']');
            Ok(JsonRows::new(out))
        })
    }

    /// The first row, or none; without an order, the one with the smallest primary key.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. ORDER BY "posts"."score" DESC LIMIT 1
    /// let best: Option<Post> = Post::objects().order_by(Post.score.desc()).first(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn first(&self, db: &impl Reader) -> impl Future<Output = Result<Option<S::Row>>> {
        asked::<M, _>(async move {
            self.first_by::<First<M, S, W, O, Window<LIMIT, OFFSET>>, _>(db, S::decode).await
        })
    }

    /// The last row, or none; without an order, the one with the greatest primary key. PostgreSQL reads from the other
    /// end: what was ordered ascending is read descending.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. ORDER BY "posts"."score" DESC LIMIT 1
    /// let best: Option<Post> = Post::objects().order_by(Post.score).last(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn last(&self, db: &impl Reader) -> impl Future<Output = Result<Option<S::Row>>> {
        asked::<M, _>(async move {
            const {
                assert!(
                    !LIMIT && !OFFSET,
                    "the last row of a part of the result is not known without reading it: reverse the order and take `first`"
                )
            };
            self.first_by::<First<M, S, W, Reversed<O>, Window<LIMIT, OFFSET>>, _>(db, S::decode).await
        })
    }

    /// The row in which this is least; none where there is no row.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. ORDER BY "posts"."score" LIMIT 1
    /// let worst: Option<Post> = Post::objects().earliest(db, Post.score).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn earliest<N: Ordering<S::Scope>>(
        &self,
        db: &impl Reader,
        by: N,
    ) -> impl Future<Output = Result<Option<S::Row>>>
    where
        Self: Clone,
    {
        asked::<M, _>(async move { self.clone().order_by(by).first(db).await })
    }

    /// The row in which this is greatest; none where there is no row.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn latest<N: Ordering<S::Scope>>(
        &self,
        db: &impl Reader,
        by: N,
    ) -> impl Future<Output = Result<Option<S::Row>>>
    where
        Self: Clone,
    {
        asked::<M, _>(async move { self.clone().order_by(by).reverse().first(db).await })
    }

    pub(super) async fn first_by<H: Statement, T: Send>(
        &self,
        db: &impl Reader,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<Option<T>> {
        if LIMIT && self.window.limit == 0 {
            return Ok(None);
        }
        let mut found = None;
        let mut params = Params::new();
        self.select.bind(&mut params);
        self.filter.bind(&mut params);
        self.select.bind_tail(&mut params);
        self.order.bind(&mut params);
        self.window.bind_skip(&mut params);
        let params = &params;
        db.read(self.statement::<H>(), params.as_slice(), |row| {
            found = Some(read(&mut RowReader::new(row))?);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The only row.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. WHERE "users"."name" = $1 LIMIT 2
    /// let bob: User = User::objects().filter(User.name.eq("bob")).one(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist) when there is none, which answers 404;
    /// [`MultipleObjectsReturned`](Error::MultipleObjectsReturned) when there are several.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn one(&self, db: &impl Reader) -> impl Future<Output = Result<S::Row>> {
        asked::<M, _>(
            async move { self.one_by::<One<M, S, W, Window<LIMIT, OFFSET>>, _>(db, S::decode).await },
        )
    }

    pub(super) async fn one_by<H: Statement, T: Send>(
        &self,
        db: &impl Reader,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<T> {
        let mut found = None;
        let mut params = Params::new();
        self.select.bind(&mut params);
        self.filter.bind(&mut params);
        self.select.bind_tail(&mut params);
        self.window.bind_skip(&mut params);
        let params = &params;
        let rows = db
            .read(self.statement::<H>(), params.as_slice(), |row| {
                found = Some(read(&mut RowReader::new(row))?);
                Ok(())
            })
            .await?;
        match found {
            Some(_) if rows > 1 => Err(Error::MultipleObjectsReturned { table: M::TABLE }),
            Some(row) => Ok(row),
            None => Err(Error::DoesNotExist { table: M::TABLE }),
        }
    }

    /// The row with this primary key, if it is among those of the query.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. WHERE "posts"."id" = $1
    /// let post: Post = Post::objects().get(db, 7).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist), which answers 404.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get(
        &self,
        db: &impl Reader,
        key: impl Into<M::Key>,
    ) -> impl Future<Output = Result<S::Row>> + Send {
        asked::<M, _>(self.get_by::<Get<M, S, W>, _>(db, key.into(), S::decode))
    }

    /// The rows with these primary keys, by their keys; those that are not there are missing.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. WHERE "posts"."id" = ANY($1)
    /// let posts: std::collections::HashMap<i64, Post> = Post::objects().in_bulk(db, &[1, 2, 3]).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn in_bulk(
        &self,
        db: &impl Reader,
        keys: &[M::Key],
    ) -> impl Future<Output = Result<HashMap<M::Key, S::Row>>>
    where
        S: KeyedRows<M>,
        M::Key: Field + ToSql + Eq + Hash,
    {
        asked::<M, _>(async move {
            let mut found = HashMap::with_capacity(keys.len());
            let mut params = Params::new();
            self.select.bind(&mut params);
            self.filter.bind(&mut params);
            params.push(&keys);
            let params = &params;
            db.read(self.statement::<InBulk<M, S, W>>(), params.as_slice(), |row| {
                let row = S::decode(&mut RowReader::new(row))?;
                found.insert(S::key(&row), row);
                Ok(())
            })
            .await?;
            Ok(found)
        })
    }

    pub(super) async fn get_by<H: Statement, T: Send>(
        &self,
        db: &impl Reader,
        key: M::Key,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<T> {
        let mut found = None;
        let mut params = Params::new();
        self.select.bind(&mut params);
        self.filter.bind(&mut params);
        key.bind(&mut params);
        let params = &params;
        db.read(self.statement::<H>(), params.as_slice(), |row| {
            found = Some(read(&mut RowReader::new(row))?);
            Ok(())
        })
        .await?;
        found.ok_or(Error::DoesNotExist { table: M::TABLE })
    }

    /// How many rows there are.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post::objects().count_sql(), r#"SELECT count(*) FROM "posts""#);
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn count(&self, db: &impl Reader) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            let count: i64 = self.scalar(db, self.text::<Count<M, S, W, Window<LIMIT, OFFSET>>>()).await?;
            Ok(count.unsigned_abs())
        })
    }

    /// Whether there is any row.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().filter(Post.author.eq(1));
    /// assert_eq!(query.exists_sql(), r#"SELECT EXISTS (SELECT 1 FROM "posts" WHERE "posts"."author_id" = $1)"#);
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn exists(&self, db: &impl Reader) -> impl Future<Output = Result<bool>> {
        asked::<M, _>(
            async move { self.scalar(db, self.text::<Exists<M, S, W, Window<LIMIT, OFFSET>>>()).await },
        )
    }

    /// Gives each row to `each`, in order.
    pub(crate) fn each(
        &self,
        db: &impl Reader,
        each: impl FnMut(&mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
    ) -> impl Future<Output = Result<()>> + Send {
        self.each_by::<All<M, S, W, O, Window<LIMIT, OFFSET>>>(db, each)
    }

    pub(super) async fn each_by<H: Statement>(
        &self,
        db: &impl Reader,
        mut each: impl FnMut(&mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
    ) -> Result<()> {
        // Filled where they stay: they are large to be returned.
        let mut params = Params::new();
        self.bind_all(&mut params);
        let params = &params;
        db.read(self.statement::<H>(), params.as_slice(), |row| each(&mut RowReader::new(row))).await?;
        Ok(())
    }

    async fn scalar<T: crate::field::Field>(&self, db: &impl Reader, sql: Sql<'_>) -> Result<T> {
        let mut value = None;
        let mut params = Params::new();
        self.bind_count(&mut params);
        let params = &params;
        db.read(sql, params.as_slice(), |row| {
            value = Some(RowReader::new(row).read()?);
            Ok(())
        })
        .await?;
        value.ok_or(Error::DoesNotExist { table: M::TABLE })
    }

    fn text<H: Statement>(&self) -> Sql<'static> {
        W::Options::sql::<H>(self.filter.present()).of_primary(M::PRIMARY_READS).cached(self.model.ttl())
    }

    pub(super) fn statement<H: Statement>(&self) -> Sql<'static> {
        self.text::<H>().checked(S::check)
    }

    pub(super) fn params(&self) -> Params<'_> {
        let mut params = Params::new();
        self.bind_all(&mut params);
        params
    }

    /// The values of [`All`].
    pub(super) fn bind_all<'a>(&'a self, params: &mut Params<'a>) {
        self.select.bind(params);
        self.filter.bind(params);
        self.select.bind_tail(params);
        self.order.bind(params);
        self.window.bind(params);
    }

    /// The values of [`Count`] and [`Exists`].
    pub(super) fn bind_count<'a>(&'a self, params: &mut Params<'a>) {
        if !S::PLAIN {
            self.select.bind(params);
        }
        self.filter.bind(params);
        self.select.bind_tail(params);
        self.window.bind(params);
    }
}
