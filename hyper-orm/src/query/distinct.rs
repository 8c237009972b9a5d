//! Rows that differ: `DISTINCT` and `DISTINCT ON`.

use hyper_core::db::{Column, DatabaseError};

use super::query_set::QuerySet;
use super::select::{Selection, Whole};
use super::values::{Values, ValuesOf};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope};

/// `DISTINCT ..`
#[derive(Debug, Clone, Copy)]
pub struct Distinct<S>(pub(super) S);

/// `DISTINCT ON (..) ..`
#[derive(Debug, Clone, Copy)]
pub struct DistinctOn<S, E>(S, E);

macro_rules! selection {
    ($(<$($generic:ident: $bound:ident),*> $name:ty, [$($part:expr),+] $(, $before:tt)?;)+) => {$(
        impl<M, S: Selection<M>, $($generic: $bound<M>),*> Selection<M> for $name {
            type Row = S::Row;
            type Scope = S::Scope;
            const ROPE: Rope = &[$($part,)+ Part::Rope(S::ROPE)];
            const JOIN: Rope = S::JOIN;
            const TAIL: Rope = S::TAIL;
            const COLUMNS: usize = S::COLUMNS;
            const PLAIN: bool = false;

            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                $(self.$before.bind(params);)?
                self.0.bind(params);
            }

            fn bind_tail<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind_tail(params);
            }

            fn check(columns: &[Column]) -> Result<(), String> {
                S::check(columns)
            }

            fn decode(row: &mut RowReader<'_>) -> Result<S::Row, DatabaseError> {
                S::decode(row)
            }

            fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
                self.0.write_json(row, out)
            }
        }
    )+};
}

selection! {
    <> Distinct<S>, [Part::Text("DISTINCT ")];
    <E: ValuesOf> DistinctOn<S, E>,
        [Part::Text("DISTINCT ON ("), Part::Rope(E::ROPE), Part::Text(") ")], 1;
}

impl<M, S, W, O, L> QuerySet<M, S, W, O, L> {
    /// Each row once: `SELECT DISTINCT`. What is ordered by must be among what is selected.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let authors = Post::objects().values(Post.author.name).distinct();
    /// assert!(authors.sql().starts_with(r#"SELECT DISTINCT "author"."name" FROM "posts""#));
    /// assert!(authors.count_sql().starts_with(r#"SELECT count(*) FROM (SELECT DISTINCT "author"."name" FROM "#));
    /// ```
    pub fn distinct(self) -> QuerySet<M, Distinct<S>, W, O, L>
    where
        S: Selection<M>,
    {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select: Distinct(select), filter, order, window, model }
    }

    /// Of rows that are equal in these expressions the first: `SELECT DISTINCT ON (..)`. The order must begin with the
    /// same expressions; what comes behind says which row is the first.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Each author's best post.
    /// let best = Post::objects()
    ///     .distinct_on(Post.author.id)
    ///     .order_by((Post.author.id, Post.score.desc()));
    /// assert!(best.sql().starts_with(r#"SELECT DISTINCT ON ("posts"."author_id") "posts"."id", "#));
    /// ```
    pub fn distinct_on<E: ValuesOf<M>>(self, expressions: E) -> QuerySet<M, DistinctOn<S, E>, W, O, L>
    where
        S: Selection<M>,
    {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select: DistinctOn(select, expressions), filter, order, window, model }
    }
}

impl<M, W, O, L> QuerySet<M, Distinct<Whole>, W, O, L> {
    /// Selects these expressions instead of whole rows, each row of them once, as in Django in either order:
    /// `.values(..).distinct()`.
    pub fn values<V: ValuesOf<M>>(self, values: V) -> QuerySet<M, Distinct<Values<V>>, W, O, L> {
        let Self { filter, order, window, model, .. } = self;
        QuerySet { select: Distinct(Values(values)), filter, order, window, model }
    }
}

impl<M, E, W, O, L> QuerySet<M, DistinctOn<Whole, E>, W, O, L> {
    /// Selects these expressions of the first rows instead of the whole of them.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // The title of each author's best post.
    /// let best = Post::objects()
    ///     .distinct_on(Post.author)
    ///     .order_by((Post.author.id, Post.score.desc()))
    ///     .values((Post.author, Post.title));
    /// assert_eq!(best.sql(), concat!(
    ///     r#"SELECT DISTINCT ON ("posts"."author_id") "posts"."author_id", "posts"."title" FROM "posts" "#,
    ///     r#"ORDER BY "posts"."author_id", "posts"."score" DESC"#
    /// ));
    /// # async fn f(db: &Db) -> Result<()> {
    /// # let best = Post::objects().values((Post.author, Post.title));
    /// let rows: Vec<(i64, String)> = best.all(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn values<V: ValuesOf<M>>(self, values: V) -> QuerySet<M, DistinctOn<Values<V>, E>, W, O, L> {
        let Self { select: DistinctOn(_, on), filter, order, window, model } = self;
        QuerySet { select: DistinctOn(Values(values), on), filter, order, window, model }
    }
}
