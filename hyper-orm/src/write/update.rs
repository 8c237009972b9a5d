//! `UPDATE` and `DELETE`.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::Executor;

use super::always::Always;
use crate::error::{Result, refused};
use crate::expr::Assignments;
use crate::model::Model;
use crate::query::asked::asked;
use crate::query::{Conditions, Filter, Filtered, Plain, QuerySet};
use crate::sql::{Options, Params, Part, Rope, Statement};

struct Update<M, A, W>(PhantomData<fn() -> (M, A, W)>);

impl<M: Model, A: Assignments<M>, W: Filter> Statement for Update<M, A, W> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("UPDATE "),
        Part::Name(M::TABLE),
        Part::Text(" SET "),
        Part::Own(
            "values of `update` cannot use columns beyond a foreign key; take them from a `subquery`",
            A::SET,
        ),
        Part::Rope(Always::<M>::beside(A::COLUMNS)),
        Part::WhereKey(M::KEY, Conditions::<M, W>::ROPE),
    ];
}

/// `DELETE`, or where rows are only marked as deleted and not to go, an `UPDATE` that does so.
struct Delete<M, W, const MARK: bool>(PhantomData<fn() -> (M, W)>);

impl<M: Model, W: Filter, const MARK: bool> Statement for Delete<M, W, MARK> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = match M::SOFT_DELETE {
        Some(column) if MARK => &[
            Part::Text("UPDATE "),
            Part::Name(M::TABLE),
            Part::Text(" SET "),
            Part::Name(M::NAMES[column]),
            Part::Text(" = now()"),
            Part::Rope(Always::<M>::SET),
            Part::WhereKey(M::KEY, Conditions::<M, W>::ROPE),
        ],
        _ => &[
            Part::Text("DELETE FROM "),
            Part::Name(M::TABLE),
            Part::WhereKey(M::KEY, Conditions::<M, W>::ROPE),
        ],
    };
}

impl<M: Model, S, W: Filter, O, L> QuerySet<M, S, W, O, L> {
    /// Changes all rows of the query, in one statement, and returns how many there were.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let post = Post::objects().filter(Post.id.eq(7));
    /// assert_eq!(
    ///     post.update_sql(&Post.score.set(Post.score + 1)),
    ///     r#"UPDATE "posts" SET "score" = ("posts"."score" + $1) WHERE "posts"."id" = $2"#
    /// );
    /// let changed: u64 = post.update(db, Post.score.set(Post.score + 1)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::Error::Invalid) with all broken rules by field, before anything is sent; values that
    /// PostgreSQL computes are held against no rule. What PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn update<A: Assignments<M>>(
        &self,
        db: &impl Executor,
        values: A,
    ) -> impl Future<Output = Result<u64>>
    where
        W: Filtered,
        (S, O, L): Plain,
    {
        asked::<M, _>(async move {
            let mut errors = ValidationErrors::new();
            values.check(&mut errors);
            errors.into_result()?;
            let mut params = Params::new();
            values.bind(&mut params);
            self.filter.bind(&mut params);
            let params = &params;
            db.write(W::Options::sql::<Update<M, A, W>>(self.filter.present()), params.as_slice(), |_| Ok(()))
                .await
                .map_err(refused::<M>)
        })
    }

    /// The text [`update`](Self::update) sends.
    #[must_use]
    pub fn update_sql<A: Assignments<M>>(&self, _values: &A) -> &'static str {
        W::Options::sql::<Update<M, A, W>>(self.filter.present()).text
    }

    /// Deletes all rows of the query and returns how many there were. What refers to them follows their
    /// `on_delete`, in the database. Of a model with a `soft_delete` field, marks them as deleted.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().filter(Post.id.eq(7));
    /// assert_eq!(query.delete_sql(), r#"DELETE FROM "posts" WHERE "posts"."id" = $1"#);
    /// ```
    ///
    /// # Errors
    /// What PostgreSQL reports, such as rows that are still referred to; or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn delete(&self, db: &impl Executor) -> impl Future<Output = Result<u64>>
    where
        W: Filtered,
        (S, O, L): Plain,
    {
        asked::<M, _>(async move {
            let mut params = Params::new();
            self.filter.bind(&mut params);
            let params = &params;
            let sql = W::Options::sql::<Delete<M, W, true>>(self.filter.present());
            db.write(sql, params.as_slice(), |_| Ok(())).await.map_err(refused::<M>)
        })
    }

    /// The text [`delete`](Self::delete) sends.
    #[must_use]
    pub fn delete_sql(&self) -> &'static str {
        W::Options::sql::<Delete<M, W, true>>(self.filter.present()).text
    }

    /// Deletes all rows of the query for good, also where [`delete`](Self::delete) would mark them only.
    ///
    /// # Errors
    /// As [`delete`](Self::delete).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn hard_delete(&self, db: &impl Executor) -> impl Future<Output = Result<u64>>
    where
        W: Filtered,
        (S, O, L): Plain,
    {
        asked::<M, _>(async move {
            let mut params = Params::new();
            self.filter.bind(&mut params);
            let params = &params;
            let sql = W::Options::sql::<Delete<M, W, false>>(self.filter.present());
            db.write(sql, params.as_slice(), |_| Ok(())).await.map_err(refused::<M>)
        })
    }
}
