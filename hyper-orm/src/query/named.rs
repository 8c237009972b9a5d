//! Naming a query: `impl Query<Post>`, for functions that return one.

use hyper_core::db::Reader;

use super::belonging::KeyedRows;
use super::dynamic::Dynamic;
use super::filter::{Chain, Filter, Maybe};
use super::prefetch::Prefetches;
use super::prefetched::Prefetched;
use super::query_set::QuerySet;
use super::select::{Related, Relations, Whole};
use super::values::{Values, ValuesOf};
use super::window::Window;
use crate::error::Result;
use crate::expr::{Condition, Not, Ordering};
use crate::model::Model;
use crate::row::JsonRows;
use crate::sql::OneMore;

/// `orm::Query`: a query of whole rows of `M`, whatever its conditions and its order: what a function returns that names a query.
///
/// ```
/// # hyperdjango::__blog!();
/// impl Post {
///     fn popular(least: i32) -> impl orm::Query<Post> {
///         Post::objects().filter(Post.score.gte(least)).order_by(Post.score.desc())
///     }
/// }
///
/// # async fn f(db: &Db) -> Result<()> {
/// let posts: Vec<Post> = Post::popular(10).filter(Post.url.is_not_null()).limit(20).all(db).await?;
/// # Ok(()) }
/// let titles = Post::popular(10).values(Post.title);
/// assert!(titles.sql().ends_with(r#" WHERE "posts"."score" >= $1 ORDER BY "posts"."score" DESC"#));
/// ```
///
/// It goes on as any query does; the methods here are those of [`QuerySet`], which has more:
/// [`query_set`](Self::query_set).
#[diagnostic::on_unimplemented(
    message = "this is not a query of whole rows of `{M}`",
    label = "expected what `{M}::objects()` begins, without `values`, `select_related`, `limit` and `offset`",
    note = "let the function return the query before these, and say them where it is called"
)]
pub trait Query<M: Model>: Sized {
    /// Its conditions.
    type Filter: Filter;
    /// Its order.
    type Order: Ordering<M>;

    /// The query itself.
    fn query_set(self) -> QuerySet<M, Whole, Self::Filter, Self::Order>;

    #[doc(hidden)]
    fn as_query_set(&self) -> &QuerySet<M, Whole, Self::Filter, Self::Order>;

    /// As [`QuerySet::filter`].
    fn filter<C: Condition<M>>(
        self,
        condition: C,
    ) -> QuerySet<M, Whole, Chain<Self::Filter, C::Node>, Self::Order> {
        self.query_set().filter(condition)
    }

    /// As [`QuerySet::exclude`].
    fn exclude<C: Condition<M>>(
        self,
        condition: C,
    ) -> QuerySet<M, Whole, Chain<Self::Filter, Not<C::Node>>, Self::Order> {
        self.query_set().exclude(condition)
    }

    /// As [`QuerySet::filter_if`].
    fn filter_if<C: Condition<M>>(
        self,
        condition: Option<C>,
    ) -> QuerySet<M, Whole, Maybe<Self::Filter, C::Node>, Self::Order>
    where
        Self::Filter: Filter<Options: OneMore>,
    {
        self.query_set().filter_if(condition)
    }

    /// As [`QuerySet::order_by`].
    fn order_by<N: Ordering<M>>(self, order: N) -> QuerySet<M, Whole, Self::Filter, N> {
        self.query_set().order_by(order)
    }

    /// As [`QuerySet::limit`].
    fn limit(self, rows: u64) -> QuerySet<M, Whole, Self::Filter, Self::Order, Window<true, false>> {
        self.query_set().limit(rows)
    }

    /// As [`QuerySet::offset`].
    fn offset(self, rows: u64) -> QuerySet<M, Whole, Self::Filter, Self::Order, Window<false, true>> {
        self.query_set().offset(rows)
    }

    /// As [`QuerySet::values`].
    fn values<V: ValuesOf<M>>(self, values: V) -> QuerySet<M, Values<V>, Self::Filter, Self::Order> {
        self.query_set().values(values)
    }

    /// As [`QuerySet::select_related`].
    fn select_related<T: Relations<M>>(
        self,
        relations: T,
    ) -> QuerySet<M, Related<T>, Self::Filter, Self::Order> {
        self.query_set().select_related(relations)
    }

    /// As [`QuerySet::prefetch_related`].
    fn prefetch_related<T: Prefetches<M>>(
        self,
        relations: T,
    ) -> Prefetched<QuerySet<M, Whole, Self::Filter, Self::Order>, T>
    where
        Whole: KeyedRows<M>,
    {
        self.query_set().prefetch_related(relations)
    }

    /// As [`QuerySet::dynamic`].
    fn dynamic<'q>(self) -> Dynamic<'q, M, Whole>
    where
        M: 'q,
        Self::Filter: 'q,
        Self::Order: 'q,
    {
        self.query_set().dynamic()
    }

    /// As [`QuerySet::all`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn all(&self, db: &impl Reader) -> impl Future<Output = Result<Vec<M>>> + Send {
        self.as_query_set().all(db)
    }

    /// As [`QuerySet::first`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn first(&self, db: &impl Reader) -> impl Future<Output = Result<Option<M>>> + Send {
        self.as_query_set().first(db)
    }

    /// As [`QuerySet::one`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn one(&self, db: &impl Reader) -> impl Future<Output = Result<M>> + Send {
        self.as_query_set().one(db)
    }

    /// As [`QuerySet::get`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn get(&self, db: &impl Reader, key: impl Into<M::Key> + Send) -> impl Future<Output = Result<M>> + Send {
        self.as_query_set().get(db, key)
    }

    /// As [`QuerySet::count`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn count(&self, db: &impl Reader) -> impl Future<Output = Result<u64>> + Send {
        self.as_query_set().count(db)
    }

    /// As [`QuerySet::exists`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn exists(&self, db: &impl Reader) -> impl Future<Output = Result<bool>> + Send {
        self.as_query_set().exists(db)
    }

    /// As [`QuerySet::json`].
    ///
    /// # Errors
    /// As there.
    #[cfg_attr(debug_assertions, track_caller)]
    fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> + Send {
        self.as_query_set().json(db)
    }

    /// As [`QuerySet::sql`].
    fn sql(&self) -> &'static str {
        self.as_query_set().sql()
    }
}

impl<M: Model, W: Filter, O: Ordering<M>> Query<M> for QuerySet<M, Whole, W, O> {
    type Filter = W;
    type Order = O;

    fn query_set(self) -> Self {
        self
    }

    fn as_query_set(&self) -> &Self {
        self
    }
}
