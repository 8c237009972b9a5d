//! Whether a query's result is kept, and for how long.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use hyper_core::db::Reader;

use super::filter::Filter;
use super::query_set::QuerySet;
use super::select::Selection;
use super::statements::All;
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::Ordering;
use crate::model::Model;
use crate::row::RowReader;

/// For how many seconds a query is kept that says that it is, and not how long.
const TTL: u32 = 60;

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
    pub(crate) fn ttl(self) -> u32 {
        match self.caching {
            Caching::Default => M::CACHE_TTL,
            Caching::On if M::CACHE_TTL == 0 => TTL,
            Caching::On => M::CACHE_TTL,
            Caching::Off => 0,
            Caching::For(seconds) => seconds,
        }
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
    /// database even if the model has a `cache_ttl`. What is prefetched says for itself.
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
