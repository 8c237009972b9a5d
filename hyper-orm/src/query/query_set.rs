//! Building a query.

use super::caching::Of;
use super::filter::{AllRows, Chain, Everything, Filter, Maybe};
use super::select::{Related, Relations, Selection, Whole};
use super::values::{Values, ValuesOf};
use super::window::Window;
use crate::expr::{Condition, Not, Ordering};
use crate::model::Model;
use crate::sql::{OneMore, Params, Rope};

/// A query over `M`: what it selects, its condition, its order, and which part of the result.
///
/// Naming one as a return type is `QuerySet<Post, impl Selection<Post>, impl Node, impl Ordering<Post>>`.
#[derive(Debug)]
#[must_use = "a query does nothing until `.all(db)`, `.first(db)`, `.count(db)`, ..."]
pub struct QuerySet<M, S = Whole, W = Everything, O = Unordered, L = Window<false, false>> {
    pub(crate) select: S,
    pub(crate) filter: W,
    pub(crate) order: O,
    pub(crate) window: L,
    pub(crate) model: Of<M>,
}

/// No order was given: that of the model, if it has one.
#[derive(Debug, Clone, Copy)]
pub struct Unordered;

impl<M: Model> Ordering<M> for Unordered {
    const ROPE: Rope = M::ORDERING;
    const REVERSED: Rope = M::ORDERING_REVERSED;
    const DEFAULT: bool = true;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// The opposite of an order.
#[derive(Debug, Clone, Copy)]
pub struct Reversed<O>(pub(super) O);

impl<R, O: Ordering<R>> Ordering<R> for Reversed<O> {
    const ROPE: Rope = O::REVERSED;
    const REVERSED: Rope = O::ROPE;
    const BACKWARD: bool = !O::BACKWARD;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// A query of whole rows without order, limit or offset: what `update` and `delete` take.
#[diagnostic::on_unimplemented(
    message = "rows cannot be changed through this query",
    label = "`update` and `delete` change all rows a condition holds for",
    note = "call them after `filter`, without `limit`, `offset`, `order_by`, `values` or `select_related`",
    note = "to change some of them, select their keys first: `.filter(Post.id.within(&ids))`"
)]
pub trait Plain {}

impl Plain for (Whole, Unordered, Window<false, false>) {}

impl<M, const SCOPED: bool> QuerySet<M, Whole, Everything<SCOPED>> {
    pub(crate) const fn new() -> Self {
        Self {
            select: Whole,
            filter: Everything,
            order: Unordered,
            window: Window { limit: 0, offset: 0 },
            model: Of::new(),
        }
    }
}

// By hand, as a derive would ask for `M: Copy`.
impl<M, S: Clone, W: Clone, O: Clone, L: Clone> Clone for QuerySet<M, S, W, O, L> {
    fn clone(&self) -> Self {
        let Self { select, filter, order, window, model } = self;
        Self {
            select: select.clone(),
            filter: filter.clone(),
            order: order.clone(),
            window: window.clone(),
            model: *model,
        }
    }
}

impl<M, S: Copy, W: Copy, O: Copy, L: Copy> Copy for QuerySet<M, S, W, O, L> {}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>> {
    /// Keeps the rows for which this is true, besides what was said before.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().filter(Post.author.name.eq("bob") & Post.score.gt(10));
    /// assert!(query.sql().ends_with(r#" WHERE "author"."name" = $1 AND "posts"."score" > $2"#));
    /// ```
    pub fn filter<C: Condition<M>>(
        self,
        condition: C,
    ) -> QuerySet<M, S, Chain<W, C::Node>, O, Window<LIMIT, OFFSET>> {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select, filter: Chain(filter, condition.into_node()), order, window, model }
    }

    /// Keeps the rows for which this is not true, NULL counting as not true, as in Django.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // A column that is never NULL, and one that can be.
    /// let query = Post::objects().exclude(Post.score.gt(10)).exclude(Post.url.eq("x"));
    /// assert!(query.sql().ends_with(r#" WHERE NOT ("posts"."score" > $1) AND ("posts"."url" = $2) IS NOT TRUE"#));
    /// ```
    pub fn exclude<C: Condition<M>>(
        self,
        condition: C,
    ) -> QuerySet<M, S, Chain<W, Not<C::Node>>, O, Window<LIMIT, OFFSET>> {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select, filter: Chain(filter, Not(condition.into_node())), order, window, model }
    }

    /// Keeps the rows for which this is true, if there is a condition: what a search form left empty asks for nothing.
    /// Up to four of them, which makes 16 constant texts; each call sends the one without the conditions that
    /// are missing, so that PostgreSQL plans for what is asked and joins no table for nothing.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # fn f(author: Option<&str>, least: Option<i32>) {
    /// let query = Post::objects()
    ///     .filter_if(author.map(|name| Post.author.name.eq(name)))
    ///     .filter_if(least.map(|least| Post.score.gte(least)));
    /// # }
    /// # f(None, None);
    /// # let query = Post::objects()
    /// #     .filter_if(None::<&str>.map(|name| Post.author.name.eq(name)))
    /// #     .filter_if(Some(3).map(|least| Post.score.gte(least)));
    /// // With `author` none and `least` 3:
    /// assert!(query.sql().ends_with(r#" FROM "posts" WHERE "posts"."score" >= $1"#));
    /// ```
    pub fn filter_if<C: Condition<M>>(
        self,
        condition: Option<C>,
    ) -> QuerySet<M, S, Maybe<W, C::Node>, O, Window<LIMIT, OFFSET>>
    where
        W: Filter<Options: OneMore>,
    {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select, filter: Maybe(filter, condition.map(C::into_node)), order, window, model }
    }

    /// Orders the rows, instead of what was said before and of the model's own ordering.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().order_by((Post.score.desc(), Post.id));
    /// assert!(query.sql().ends_with(r#" ORDER BY "posts"."score" DESC, "posts"."id""#));
    /// ```
    pub fn order_by<N>(self, order: N) -> QuerySet<M, S, W, N, Window<LIMIT, OFFSET>>
    where
        S: Selection<M>,
        N: Ordering<S::Scope>,
    {
        let Self { select, filter, window, model, .. } = self;
        QuerySet { select, filter, order, window, model }
    }

    /// Turns the order around.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().order_by((Post.score.desc(), Post.id)).reverse();
    /// assert!(query.sql().ends_with(r#" ORDER BY "posts"."score", "posts"."id" DESC"#));
    /// ```
    pub fn reverse(self) -> QuerySet<M, S, W, Reversed<O>, Window<LIMIT, OFFSET>> {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select, filter, order: Reversed(order), window, model }
    }

    /// At most so many rows: `LIMIT $1`. Said again, the last one holds.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert!(Post::objects().limit(20).offset(40).sql().ends_with(" LIMIT $1 OFFSET $2"));
    /// ```
    pub fn limit(self, rows: u64) -> QuerySet<M, S, W, O, Window<true, OFFSET>> {
        let Self { select, filter, order, window, model } = self;
        let limit = i64::try_from(rows).unwrap_or(i64::MAX);
        QuerySet { select, filter, order, window: Window { limit, offset: window.offset }, model }
    }

    /// Not the first so many rows: `OFFSET $1`. PostgreSQL reads them nevertheless; to page through many rows,
    /// start behind the last one seen, with [`row`](crate::expr::row).
    pub fn offset(self, rows: u64) -> QuerySet<M, S, W, O, Window<LIMIT, true>> {
        let Self { select, filter, order, window, model } = self;
        let offset = i64::try_from(rows).unwrap_or(i64::MAX);
        QuerySet { select, filter, order, window: Window { limit: window.limit, offset }, model }
    }
}

impl<M, S, O, L, const SCOPED: bool> QuerySet<M, S, Everything<SCOPED>, O, L> {
    /// Says that every row is meant: needed before `update` and `delete` when there is no `filter`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post::objects().all_rows().delete_sql(), r#"DELETE FROM "posts""#);
    /// ```
    pub fn all_rows(self) -> QuerySet<M, S, AllRows<SCOPED>, O, L> {
        let Self { select, order, window, model, .. } = self;
        QuerySet { select, filter: AllRows::<SCOPED>, order, window, model }
    }
}

impl<M: Model, W, O, L> QuerySet<M, Whole, W, O, L> {
    /// Loads the rows that foreign keys lead to, in the same statement: rows become `(Post, User)`, or
    /// `(Post, Option<User>)` where the key can be NULL. Up to four, as a tuple.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let posts = Post::objects().select_related(Post.author);
    /// assert!(posts.sql().ends_with(
    ///     r#", "author"."id", "author"."name" FROM "posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id""#
    /// ));
    /// let (post, author): (Post, User) = posts.get(db, 7).await?;
    /// # Ok(()) }
    /// ```
    pub fn select_related<T: Relations<M>>(self, relations: T) -> QuerySet<M, Related<T>, W, O, L> {
        let Self { filter, order, window, model, .. } = self;
        QuerySet { select: Related(relations), filter, order, window, model }
    }

    /// Selects these expressions instead of whole rows: one becomes the row itself, several a tuple (up to
    /// twelve). Django's `values_list`; as JSON, Django's `values`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let names = Post::objects().filter(Post.score.gt(1)).values((Post.id, Post.author.name));
    /// assert!(names.sql().starts_with(r#"SELECT "posts"."id", "author"."name" FROM "posts" JOIN "#));
    /// let names: Vec<(i64, String)> = names.all(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn values<V: ValuesOf<M>>(self, values: V) -> QuerySet<M, Values<V>, W, O, L> {
        let Self { filter, order, window, model, .. } = self;
        QuerySet { select: Values(values), filter, order, window, model }
    }
}
