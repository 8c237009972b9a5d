//! Whether a query's result is kept, and for how long.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use hyper_core::db::{Reader, Sql};

use super::filter::Filter;
use super::many::Many;
use super::prefetched::Prefetched;
use super::query_set::QuerySet;
use super::select::Selection;
use super::statements::All;
use super::window::Window;
use super::within::Within;
use crate::error::{Error, Result};
use crate::expr::Ordering;
use crate::model::{HasMany, Model, Path, ToMany};
use crate::row::RowReader;

/// For how many seconds a query is kept that says that it is, and not how long.
pub(super) const TTL: u32 = 60;

/// Whether a query's result is kept: for so many seconds, not at all (`false`), or as long as its model says, or else 60 seconds
/// (`true`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Caching {
    /// As the model says.
    #[default]
    Default,
    /// As long as the model says, or else 60 seconds.
    On,
    /// Not at all, whatever the model says.
    Off,
    /// For so many seconds.
    For(u32),
}

impl From<u32> for Caching {
    fn from(seconds: u32) -> Self {
        Self::For(seconds)
    }
}

impl From<bool> for Caching {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// What a query is about, and whether it is kept.
pub(crate) struct Of<M> {
    caching: Caching,
    model: PhantomData<fn() -> M>,
}

impl<M> Of<M> {
    pub(crate) const fn new() -> Self {
        Self { caching: Caching::Default, model: PhantomData }
    }
}

impl<M: Model> Of<M> {
    /// For how many seconds its result may be kept; 0 is not at all.
    fn ttl(self) -> u32 {
        match self.caching {
            Caching::Default => M::CACHE_TTL,
            Caching::On if M::CACHE_TTL == 0 => TTL,
            Caching::On => M::CACHE_TTL,
            Caching::Off => 0,
            Caching::For(seconds) => seconds,
        }
    }

    /// A statement of it, kept as long as that.
    pub(crate) fn kept(self, sql: Sql<'_>) -> Sql<'_> {
        sql.cached(self.ttl()).by_default(self.caching == Caching::Default)
    }
}

// By hand, as a derive would ask for `M: Copy`.
impl<M> Clone for Of<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Of<M> {}

impl<M> fmt::Debug for Of<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.caching.fmt(f)
    }
}

impl<M, S, W, O, L> QuerySet<M, S, W, O, L> {
    /// Keeps the result in the [query cache](hyper_core::cache::QueryCache), until a table it was read from is written and
    /// for so many seconds at most: whatever is asked of this query, its rows, how many there are, or JSON. `false` asks the
    /// database even if the model has a `cache_ttl`. It holds for what is prefetched as well, unless that says otherwise.
    ///
    /// Without a query cache, and in transactions, it does nothing.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let best = Post::objects().order_by(Post.score.desc()).limit(30).cache(60).all(db).await?;
    /// let exactly = Post::objects().filter(Post.id.eq(7)).cache(false).first(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn cache(mut self, caching: impl Into<Caching>) -> Self {
        self.model.caching = caching.into();
        self
    }

    /// The database, for the queries that belong to this one.
    pub(crate) fn within<'d, R: Reader>(&self, db: &'d R) -> Within<'d, R> {
        Within::new(db, self.model.caching)
    }
}

impl<M, S, W, O, L, T> Prefetched<QuerySet<M, S, W, O, L>, T> {
    /// Keeps the result, as [`QuerySet::cache`]: that of the query, and of what is prefetched unless it says otherwise. Each is
    /// kept until a table it was read from is written, so that what is given is never older than one of them.
    ///
    /// ```
    /// use hyperdjango::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(table = "users", reverse(posts = Post.author))]
    /// pub struct User {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "posts", reverse(comments = Comment.post))]
    /// pub struct Post {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    ///     pub author: ForeignKey<User>,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "comments")]
    /// pub struct Comment {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    ///     pub post: ForeignKey<Post>,
    /// }
    ///
    /// # async fn f(db: &Db) -> Result<()> {
    /// // The users and their posts; the comments anew each time.
    /// let posts = User.posts.prefetch_related(Post.comments.cache(false));
    /// let users = User::objects().prefetch_related(posts).cache(60).all(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn cache(mut self, caching: impl Into<Caching>) -> Self {
        self.query = self.query.cache(caching);
        self
    }
}

impl<R, P: Path, M: HasMany<I>, const I: usize, S, W, O, L>
    Many<R, P, M, I, QuerySet<M::Target, S, W, O, L>>
{
    /// Whether these rows are kept when they are prefetched, whatever the query says they are prefetched for:
    /// [`QuerySet::cache`].
    pub fn cache(mut self, caching: impl Into<Caching>) -> Self {
        self.query = self.query.cache(caching);
        self
    }
}

impl<R, P: Path, M: HasMany<I>, const I: usize, S, W, O, L, T>
    Many<R, P, M, I, Prefetched<QuerySet<M::Target, S, W, O, L>, T>>
{
    /// Whether these rows are kept when they are prefetched, and those behind them: [`QuerySet::cache`].
    pub fn cache(mut self, caching: impl Into<Caching>) -> Self {
        self.query = self.query.cache(caching);
        self
    }
}

impl<R, P: Path, M: HasMany<I>, const I: usize> ToMany<R, P, M, I> {
    /// The related rows, and whether they are kept when they are prefetched: [`QuerySet::cache`].
    pub fn cache(self, caching: impl Into<Caching>) -> Many<R, P, M, I, QuerySet<M::Target>> {
        self.all_related().cache(caching)
    }
}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter,
    O: Ordering<S::Scope>,
{
    /// All rows, shared with all who ask the same while the [query cache](Self::cache) keeps them: they are decoded once, and
    /// not copied. A query that is not kept is asked as by [`all`](Self::all).
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let best = Post::objects().order_by(Post.score.desc()).limit(30).cache(60).shared(db).await?;
    /// for post in &*best {
    ///     println!("{}", post.title);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn shared(&self, db: &impl Reader) -> Result<Arc<Vec<S::Row>>>
    where
        S::Row: Send + Sync + 'static,
    {
        let sql = self.statement::<All<M, S, W, O, Window<LIMIT, OFFSET>>>();
        if sql.ttl() > 0
            && let Some((db, cache)) = db.keeps()
        {
            let params = &self.params();
            let make = |rows: &[_]| -> Result<Vec<S::Row>> {
                rows.iter().map(|row| S::decode(&mut RowReader::new(row)).map_err(Error::from)).collect()
            };
            if let Some(shared) = cache.shared(db, sql, params.as_slice(), make).await? {
                return Ok(shared);
            }
        }
        Ok(Arc::new(self.all(db).await?))
    }
}
