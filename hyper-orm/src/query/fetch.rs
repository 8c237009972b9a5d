//! Asking the database.

use hyper_core::db::{DatabaseError, Executor, Sql};

use super::filter::Filter;
use super::query_set::QuerySet;
use super::select::Selection;
use super::statements::{All, Count, Exists, First, Get, One};
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::{Node, Ordering};
use crate::model::{Key, Model};
use crate::row::{JsonRows, RowReader};
use crate::sql::{Options, Params, Statement};

/// For how many rows `json` makes room before they come.
const MOST_ROWS_RESERVED: usize = 200;

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
    pub async fn all(&self, db: &impl Executor) -> Result<Vec<S::Row>> {
        let mut rows = Vec::new();
        self.each(db, |row| {
            rows.push(S::decode(row)?);
            Ok(())
        })
        .await?;
        Ok(rows)
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
    pub async fn json(&self, db: &impl Executor) -> Result<JsonRows> {
        let mut out = Vec::with_capacity(1024);
        out.push(b'[');
        self.each(db, |row| {
            let first = out.len() == 1;
            if !first {
                out.push(b',');
            }
            self.select.write_json(row, &mut out)?;
            if first && LIMIT {
                // Room for as many more like it, within reason: growing copies what is there.
                let rows = usize::try_from(self.window.limit).unwrap_or(0).min(MOST_ROWS_RESERVED);
                out.reserve(rows * (out.len() + out.len() / 8));
            }
            Ok(())
        })
        .await?;
        out.push(b']');
        Ok(JsonRows::new(out))
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
    pub async fn first(&self, db: &impl Executor) -> Result<Option<S::Row>> {
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
        db.read(self.statement::<First<M, S, W, O, Window<LIMIT, OFFSET>>>(), params.as_slice(), |row| {
            found = Some(S::decode(&mut RowReader::new(row))?);
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
    pub async fn one(&self, db: &impl Executor) -> Result<S::Row> {
        let mut found = None;
        let mut params = Params::new();
        self.select.bind(&mut params);
        self.filter.bind(&mut params);
        self.select.bind_tail(&mut params);
        self.window.bind_skip(&mut params);
        let params = &params;
        let rows = db
            .read(self.statement::<One<M, S, W, Window<LIMIT, OFFSET>>>(), params.as_slice(), |row| {
                found = Some(S::decode(&mut RowReader::new(row))?);
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
    pub async fn get(&self, db: &impl Executor, key: impl Into<M::Key>) -> Result<S::Row> {
        let key = key.into();
        let mut found = None;
        let mut params = Params::new();
        self.select.bind(&mut params);
        self.filter.bind(&mut params);
        key.bind(&mut params);
        let params = &params;
        db.read(self.statement::<Get<M, S, W>>(), params.as_slice(), |row| {
            found = Some(S::decode(&mut RowReader::new(row))?);
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
    pub async fn count(&self, db: &impl Executor) -> Result<u64> {
        let count: i64 = self.scalar(db, self.text::<Count<M, S, W, Window<LIMIT, OFFSET>>>()).await?;
        Ok(count.unsigned_abs())
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
    pub async fn exists(&self, db: &impl Executor) -> Result<bool> {
        self.scalar(db, self.text::<Exists<M, S, W, Window<LIMIT, OFFSET>>>()).await
    }

    /// Gives each row to `each`, in order.
    pub(crate) async fn each(
        &self,
        db: &impl Executor,
        mut each: impl FnMut(&mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
    ) -> Result<()> {
        let params = &self.params();
        let sql = self.statement::<All<M, S, W, O, Window<LIMIT, OFFSET>>>();
        db.read(sql, params.as_slice(), |row| each(&mut RowReader::new(row))).await?;
        Ok(())
    }

    async fn scalar<T: crate::field::Field>(&self, db: &impl Executor, sql: Sql<'_>) -> Result<T> {
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
        W::Options::sql::<H>(self.filter.present())
    }

    fn statement<H: Statement>(&self) -> Sql<'static> {
        self.text::<H>().checked(S::check)
    }

    fn params(&self) -> Params<'_> {
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
