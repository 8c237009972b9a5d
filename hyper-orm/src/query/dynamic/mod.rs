//! Queries whose shape is known at run time only: any number of conditions, any order. The same parts, written then.

mod condition;
mod piece;
mod sort;

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::{DatabaseError, ErrorKind, Reader, Sql};

use super::explain::{Explain, Explanation};
use super::filter::Filter;
use super::query_set::QuerySet;
use super::select::Selection;
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::Ordering;
use crate::field::Field;
use crate::model::Model;
use crate::query::asked::asked;
use crate::row::{JsonRow, JsonRows, RowReader};
use crate::sql::{Params, Part, Rope, render_now};

pub use condition::DynamicCondition;
pub use sort::Sortable;

use piece::{KeyPiece, OrderPiece, Piece, Start};

/// A query whose conditions and order are put together at run time, from [`QuerySet::dynamic`]. Its text is written each
/// time, from the same parts a constant one is written from; PostgreSQL prepares each text once a connection.
#[must_use = "a query does nothing until `.all(db)`, `.first(db)`, `.count(db)`, ..."]
pub struct Dynamic<'q, M, S> {
    select: S,
    start: Box<dyn Piece + 'q>,
    mask: u32,
    conditions: Vec<DynamicCondition<'q, M>>,
    order: Vec<Box<dyn Piece + 'q>>,
    ordering: Rope,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl<M, S> std::fmt::Debug for Dynamic<'_, M, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dynamic({} conditions)", self.conditions.len())
    }
}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter,
    O: Ordering<M>,
{
    /// Goes on with conditions and an order that are known at run time only.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # fn f(author: Option<String>, least: Option<i32>, words: &[String]) {
    /// let mut query = Post::objects().filter(Post.score.gte(0)).dynamic();
    /// if let Some(author) = author {
    ///     query = query.filter(Post.author.name.eq(author));
    /// }
    /// for word in words {
    ///     query = query.filter(Post.title.icontains(word));
    /// }
    /// # }
    /// let query = Post::objects().filter(Post.score.gte(0)).dynamic().filter(Post.author.name.eq("bob")).limit(5);
    /// assert!(query.sql().ends_with(r#" WHERE "posts"."score" >= $1 AND "author"."name" = $2 LIMIT $3"#));
    /// ```
    pub fn dynamic<'q>(self) -> Dynamic<'q, M, S>
    where
        M: 'q,
        W: 'q,
        O: 'q,
    {
        let Self { select, filter, order, window, .. } = self;
        let mut said: Vec<Box<dyn Piece + 'q>> = Vec::new();
        if !O::DEFAULT {
            said.push(Box::new(OrderPiece::<O, M, false>::new(order)));
        }
        Dynamic {
            select,
            mask: filter.present(),
            start: Box::new(Start(filter, PhantomData::<fn() -> M>)),
            conditions: Vec::new(),
            order: said,
            ordering: if O::DEFAULT { O::ROPE } else { &[] },
            limit: LIMIT.then_some(window.limit),
            offset: OFFSET.then_some(window.offset),
        }
    }
}

impl<'q, M: Model, S: Selection<M>> Dynamic<'q, M, S> {
    /// Keeps the rows for which this is true, besides what was said before.
    pub fn filter(mut self, condition: impl Into<DynamicCondition<'q, M>>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Keeps the rows for which this is not true.
    pub fn exclude(mut self, condition: impl Into<DynamicCondition<'q, M>>) -> Self {
        self.conditions.push(!condition.into());
        self
    }

    /// Orders the rows, behind what was said before.
    pub fn order_by<O: Ordering<M> + 'q>(mut self, order: O) -> Self {
        self.order.push(Box::new(OrderPiece::<O, M, false>::new(order)));
        self
    }

    /// Orders the rows by a name that a client gave, `-` before it for the opposite, among these and no others; and then
    /// by the primary key, so that pages do not overlap.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # fn f() -> Result<(), hyperdjango::ValidationErrors> {
    /// let sort = "-score"; // from the query string
    /// let query = Post::objects()
    ///     .dynamic()
    ///     .order_by_name("sort", sort, (("score", Post.score), ("author", Post.author.name)))?;
    /// assert!(query.sql().ends_with(r#" ORDER BY "posts"."score" DESC, "posts"."id""#));
    /// # Ok(()) }
    /// # f().unwrap();
    /// ```
    ///
    /// # Errors
    /// The name is none of these: an error of the field `field`, which answers 422.
    pub fn order_by_name<T: Sortable<'q, M>>(
        mut self,
        field: &'static str,
        name: &str,
        among: T,
    ) -> Result<Self, ValidationErrors> {
        let (plain, reversed) = match name.strip_prefix('-') {
            Some(plain) => (plain, true),
            None => (name, false),
        };
        let names = among.names();
        let Some(order) = among.pick(plain, reversed) else {
            let mut errors = ValidationErrors::new();
            errors.add(
                field,
                format!("Select a valid choice: {}; `-` before it turns the order around.", names.join(", ")),
            );
            return Err(errors);
        };
        self.order.push(order);
        self.order.push(Box::new(KeyPiece::<M>::new()));
        Ok(self)
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(i64::try_from(rows).unwrap_or(i64::MAX));
        self
    }

    /// Not the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = Some(i64::try_from(rows).unwrap_or(i64::MAX));
        self
    }

    /// The text [`all`](Self::all) sends; an explanation instead, where there can be none.
    #[must_use]
    pub fn sql(&self) -> String {
        render_now(M::TABLE, &self.select_parts(), self.mask).unwrap_or_else(str::to_owned)
    }

    /// All rows.
    ///
    /// # Errors
    /// The text would be longer than 64 KiB; what PostgreSQL reports, or that it cannot be reached.
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

    /// The first row, or none.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn first(self, db: &impl Reader) -> impl Future<Output = Result<Option<S::Row>>> {
        asked::<M, _>(async move { Ok(self.only_first().all(db).await?.pop()) })
    }

    /// The row that [`first`](Self::first) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_first(self, db: &impl Reader) -> impl Future<Output = Result<Option<JsonRow>>> {
        asked::<M, _>(async move { Ok(JsonRow::only(&self.only_first().json(db).await?)) })
    }

    fn only_first(mut self) -> Self {
        self.limit = self.limit.or(Some(1)).map(|limit| limit.min(1));
        if self.order.is_empty() && self.ordering.is_empty() && S::PLAIN {
            self.order.push(Box::new(KeyPiece::<M>::new()));
        }
        self
    }

    /// How PostgreSQL would run [`all`](Self::all), as [`QuerySet::explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain(&self, db: &impl Reader) -> Result<Explanation> {
        self.explain_with(db, Explain::new()).await
    }

    /// The same, with what `options` ask for: [`Explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, db: &impl Reader, options: Explain) -> Result<Explanation> {
        let text = self.text(&self.select_parts())?;
        let params = &self.params();
        options.read(db, &text, params.as_slice()).await
    }

    /// All rows as a JSON array.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> {
        asked::<M, _>(async move {
            let mut out = vec![b'['];
            self.each(db, |row| {
                if out.len() > 1 {
                    out.push(b',');
                }
                self.select.write_json(row, &mut out)
            })
            .await?;
            out.push(b']');
            Ok(JsonRows::new(out))
        })
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn count(&self, db: &impl Reader) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            let count: i64 = self.scalar(db, "SELECT count(*) FROM (", ") AS \"rows\"").await?;
            Ok(count.unsigned_abs())
        })
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn exists(&self, db: &impl Reader) -> impl Future<Output = Result<bool>> {
        asked::<M, _>(async move { self.scalar(db, "SELECT EXISTS (", ")").await })
    }

    async fn each(
        &self,
        db: &impl Reader,
        mut each: impl FnMut(&mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
    ) -> Result<()> {
        let text = self.text(&self.select_parts())?;
        let params = &self.params();
        let sql = Sql::rendered(&text).checked(S::check).of_primary(M::PRIMARY_READS).cached(M::CACHE_TTL);
        db.read(sql, params.as_slice(), |row| each(&mut RowReader::new(row))).await?;
        Ok(())
    }

    fn params(&self) -> Params<'_> {
        let mut params = Params::new();
        self.select.bind(&mut params);
        self.bind_conditions(&mut params);
        self.select.bind_tail(&mut params);
        self.order.iter().for_each(|piece| piece.bind(&mut params));
        self.bind_window(&mut params);
        params
    }

    async fn scalar<T: Field>(
        &self,
        db: &impl Reader,
        before: &'static str,
        after: &'static str,
    ) -> Result<T> {
        let mut parts = vec![Part::Text(before), Part::Text("SELECT ")];
        parts.push(if S::PLAIN { Part::Text("1") } else { Part::Rope(S::ROPE) });
        self.condition_parts(&mut parts);
        parts.push(Part::Rope(S::TAIL));
        self.window_parts(&mut parts);
        parts.push(Part::Text(after));
        let text = self.text(&parts)?;
        let mut params = Params::new();
        if !S::PLAIN {
            self.select.bind(&mut params);
        }
        self.bind_conditions(&mut params);
        self.select.bind_tail(&mut params);
        self.bind_window(&mut params);
        let params = &params;
        let mut value = None;
        let sql = Sql::rendered(&text).of_primary(M::PRIMARY_READS).cached(M::CACHE_TTL);
        db.read(sql, params.as_slice(), |row| {
            value = Some(RowReader::new(row).read()?);
            Ok(())
        })
        .await?;
        value.ok_or(Error::DoesNotExist { table: M::TABLE })
    }

    fn text(&self, parts: &[Part]) -> Result<String> {
        render_now(M::TABLE, parts, self.mask)
            .map_err(|problem| DatabaseError::new(ErrorKind::Other, problem).into())
    }

    fn select_parts(&self) -> Vec<Part> {
        let mut parts = vec![Part::Text("SELECT "), Part::Rope(S::ROPE)];
        self.condition_parts(&mut parts);
        parts.push(Part::Rope(S::TAIL));
        let mut word = " ORDER BY ";
        for piece in &self.order {
            parts.extend([Part::Text(word), Part::Rope(piece.rope())]);
            word = ", ";
        }
        if self.order.is_empty() && !self.ordering.is_empty() {
            parts.extend([Part::Text(word), Part::Rope(self.ordering)]);
        }
        self.window_parts(&mut parts);
        parts
    }

    fn condition_parts(&self, parts: &mut Vec<Part>) {
        parts.extend([Part::Text(" FROM "), Part::From, Part::Rope(S::JOIN), Part::Where(self.start.rope())]);
        for condition in &self.conditions {
            parts.push(Part::And(&[]));
            condition.form.write(parts);
        }
    }

    fn window_parts(&self, parts: &mut Vec<Part>) {
        for (word, given) in [(" LIMIT ", self.limit), (" OFFSET ", self.offset)] {
            if given.is_some() {
                parts.extend([Part::Text(word), Part::Param]);
            }
        }
    }

    fn bind_conditions<'a>(&'a self, params: &mut Params<'a>) {
        self.start.bind(params);
        self.conditions.iter().for_each(|condition| condition.form.bind(params));
    }

    fn bind_window<'a>(&'a self, params: &mut Params<'a>) {
        for rows in [&self.limit, &self.offset].into_iter().flatten() {
            params.push(rows);
        }
    }
}
