//! Queries whose rows are read into a shape.

use hyper_core::db::{DatabaseError, Reader};

use super::plan::Plan;
use super::selection::Shaped;
use super::splice::whole;
use super::{Shape, ShapeOf};
use crate::error::{Error, Result};
use crate::expr::{Condition, Not, Ordering};
use crate::model::{Model, Root};
use crate::query::{Chain, Explain, Explanation, Filter, QuerySet, Whole, Window};
use crate::row::{JsonRow, JsonRows, RowReader};

/// A query over `M` whose rows are read into the shape `S`.
#[derive(Debug)]
#[must_use = "a query does nothing until `.all(db)`, `.first(db)`, ..."]
pub struct ShapedQuery<M, Q, S, W, O, L>(QuerySet<M, Shaped<Q, S>, W, O, L>);

impl<M: Model, W, O, L> QuerySet<M, Whole, W, O, L> {
    /// Reads rows into a struct of your own, a [`Shape`]: some columns, expressions, related rows as further structs, at any
    /// depth. Django REST framework's `ModelSerializer`, without the query behind each field: what foreign keys lead to is
    /// joined, and the many that belong to rows take one more statement a relation, whatever the number of rows.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// #[derive(Shape)]
    /// #[shape(Post)]
    /// struct Card {
    ///     id: i64,
    ///     title: String,
    ///     author: Author,
    /// }
    ///
    /// #[derive(Shape)]
    /// #[shape(User)]
    /// struct Author {
    ///     name: String,
    /// }
    ///
    /// let cards = Post::objects().filter(Post.score.gt(10)).shape::<Card>();
    /// assert_eq!(cards.sql(), concat!(
    ///     r#"SELECT "posts"."id", "posts"."title", "author"."name" FROM "posts" "#,
    ///     r#"JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" WHERE "posts"."score" > $1"#
    /// ));
    /// # async fn f(db: &Db) -> Result<()> {
    /// # let cards = Post::objects().shape::<Card>();
    /// let found: Vec<Card> = cards.all(db).await?;
    /// let json = cards.json(db).await?; // [{"id":7,"title":"..","author":{"name":"ana"}}]
    /// # Ok(()) }
    /// ```
    pub fn shape<S: ShapeOf<M>>(self) -> ShapedQuery<M, impl Plan<Value = S>, S, W, O, L> {
        let Self { filter, order, window, model, .. } = self;
        let select = Shaped::new(<S as Shape>::plan::<M, Root<M>>());
        ShapedQuery(QuerySet { select, filter, order, window, model })
    }
}

impl<M, Q, S, W, O, const LIMIT: bool, const OFFSET: bool> ShapedQuery<M, Q, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    Q: Plan<Value = S>,
    S: Send,
{
    /// Keeps the rows for which this is true, besides what was said before.
    pub fn filter<C: Condition<M>>(
        self,
        condition: C,
    ) -> ShapedQuery<M, Q, S, Chain<W, C::Node>, O, Window<LIMIT, OFFSET>> {
        ShapedQuery(self.0.filter(condition))
    }

    /// Keeps the rows for which this is not true.
    pub fn exclude<C: Condition<M>>(
        self,
        condition: C,
    ) -> ShapedQuery<M, Q, S, Chain<W, Not<C::Node>>, O, Window<LIMIT, OFFSET>> {
        ShapedQuery(self.0.exclude(condition))
    }

    /// Orders the rows, instead of what was said before.
    pub fn order_by<N: Ordering<M>>(self, order: N) -> ShapedQuery<M, Q, S, W, N, Window<LIMIT, OFFSET>> {
        ShapedQuery(self.0.order_by(order))
    }

    /// At most so many rows.
    pub fn limit(self, rows: u64) -> ShapedQuery<M, Q, S, W, O, Window<true, OFFSET>> {
        ShapedQuery(self.0.limit(rows))
    }

    /// Not the first so many rows.
    pub fn offset(self, rows: u64) -> ShapedQuery<M, Q, S, W, O, Window<LIMIT, true>> {
        ShapedQuery(self.0.offset(rows))
    }
}

impl<M, Q, S, W, O, const LIMIT: bool, const OFFSET: bool> ShapedQuery<M, Q, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    Q: Plan<Value = S>,
    S: Send,
    W: Filter,
    O: Ordering<M>,
{
    /// The text of the query itself; each relation to many has one of its own.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        self.0.sql()
    }

    /// All rows.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    pub async fn all(&self, db: &impl Reader) -> Result<Vec<S>> {
        let (mut rows, mut owners) = (Vec::new(), Q::Owners::default());
        self.0
            .each(db, |row| {
                rows.push(Q::decode(row, &mut owners)?);
                Ok(())
            })
            .await?;
        if !Q::MANY || rows.is_empty() {
            return Ok(rows);
        }
        let mut many = self.0.select.0.load(&self.0.within(db), owners).await?;
        Ok(rows.into_iter().map(|row| Q::fill(row, &mut many)).collect())
    }

    /// All rows as a JSON array, written from what PostgreSQL sends without values in between. It is what
    /// [`all`](Self::all) and serde would make of them.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn json(&self, db: &impl Reader) -> Result<JsonRows> {
        let mut owners = Q::Owners::default();
        let mut out = Vec::with_capacity(1024);
        out.push(b'[');
        self.0
            .each(db, |row| {
                if out.len() > 1 {
                    out.push(b',');
                }
                self.0.select.0.write_json(row, &mut owners, &mut out)
            })
            .await?;
        out.push(b']');
        self.complete_json(db, out, owners).await
    }

    async fn complete_json(&self, db: &impl Reader, json: Vec<u8>, owners: Q::Owners) -> Result<JsonRows> {
        if !Q::MANY || json.len() <= 2 {
            return Ok(JsonRows::new(json));
        }
        Ok(JsonRows::new(whole(json, self.0.select.0.load_json(&self.0.within(db), owners).await?)))
    }

    /// The row that [`get`](Self::get) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn json_get(&self, db: &impl Reader, key: impl Into<M::Key>) -> Result<JsonRow> {
        let row = self.0.get_json(db, key.into(), |row| self.array(row)).await?;
        self.object(db, row).await
    }

    /// The row that [`one`](Self::one) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    pub async fn json_one(&self, db: &impl Reader) -> Result<JsonRow> {
        let row = self.0.one_json(db, |row| self.array(row)).await?;
        self.object(db, row).await
    }

    /// The row that [`first`](Self::first) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`first`](Self::first).
    pub async fn json_first(&self, db: &impl Reader) -> Result<Option<JsonRow>> {
        match self.0.first_json(db, |row| self.array(row)).await? {
            Some(row) => self.object(db, row).await.map(Some),
            None => Ok(None),
        }
    }

    fn array(&self, row: &mut RowReader<'_>) -> Result<(Vec<u8>, Q::Owners), DatabaseError> {
        let (mut out, mut owners) = (vec![b'['], Q::Owners::default());
        self.0.select.0.write_json(row, &mut owners, &mut out)?;
        out.push(b']');
        Ok((out, owners))
    }

    async fn object(&self, db: &impl Reader, (json, owners): (Vec<u8>, Q::Owners)) -> Result<JsonRow> {
        let rows = self.complete_json(db, json, owners).await?;
        JsonRow::only(&rows).ok_or(Error::DoesNotExist { table: M::TABLE })
    }

    /// The first row, or none; without an order, the one with the smallest primary key.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(&self, db: &impl Reader) -> Result<Option<S>> {
        match self.0.first(db).await? {
            Some(row) => self.complete(db, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The only row.
    ///
    /// # Errors
    /// [`DoesNotExist`](crate::Error::DoesNotExist), which answers 404;
    /// [`MultipleObjectsReturned`](crate::Error::MultipleObjectsReturned).
    pub async fn one(&self, db: &impl Reader) -> Result<S> {
        let row = self.0.one(db).await?;
        self.complete(db, row).await
    }

    /// The row with this primary key, if it is among those of the query.
    ///
    /// # Errors
    /// [`DoesNotExist`](crate::Error::DoesNotExist), which answers 404.
    pub async fn get(&self, db: &impl Reader, key: impl Into<M::Key>) -> Result<S> {
        let row = self.0.get(db, key).await?;
        self.complete(db, row).await
    }

    /// How PostgreSQL would run the query itself, as [`QuerySet::explain`]. The statements for relations to many are not
    /// among it.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain(&self, db: &impl Reader) -> Result<Explanation> {
        self.0.explain(db).await
    }

    /// The same, with what `options` ask for: [`Explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, db: &impl Reader, options: Explain) -> Result<Explanation> {
        self.0.explain_with(db, options).await
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn count(&self, db: &impl Reader) -> Result<u64> {
        self.0.count(db).await
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn exists(&self, db: &impl Reader) -> Result<bool> {
        self.0.exists(db).await
    }

    async fn complete(&self, db: &impl Reader, (row, owners): (S, Q::Owners)) -> Result<S> {
        if !Q::MANY {
            return Ok(row);
        }
        let mut many = self.0.select.0.load(&self.0.within(db), owners).await?;
        Ok(Q::fill(row, &mut many))
    }
}
