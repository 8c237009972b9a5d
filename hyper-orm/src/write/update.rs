//! `UPDATE` and `DELETE`.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::Executor;

use crate::error::Result;
use crate::expr::{Assignments, Node};
use crate::model::Model;
use crate::query::{Filter, Filtered, Plain, QuerySet};
use crate::sql::{Options, Params, Part, Rope, Statement};

struct Update<M, A, W>(PhantomData<fn() -> (M, A, W)>);

impl<M: Model, A: Assignments<M>, W: Node> Statement for Update<M, A, W> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("UPDATE "),
        Part::Name(M::TABLE),
        Part::Text(" SET "),
        Part::Own(
            "values of `update` cannot use columns beyond a foreign key; take them from a `subquery`",
            A::SET,
        ),
        Part::WhereKey(M::KEY, W::ROPE),
    ];
}

struct Delete<M, W>(PhantomData<fn() -> (M, W)>);

impl<M: Model, W: Node> Statement for Delete<M, W> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[Part::Text("DELETE FROM "), Part::Name(M::TABLE), Part::WhereKey(M::KEY, W::ROPE)];
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
    pub async fn update<A: Assignments<M>>(&self, db: &impl Executor, values: A) -> Result<u64>
    where
        W: Filtered,
        (S, O, L): Plain,
    {
        let mut errors = ValidationErrors::new();
        values.check(&mut errors);
        errors.into_result()?;
        let mut params = Params::new();
        values.bind(&mut params);
        self.filter.bind(&mut params);
        let params = &params;
        Ok(db
            .write(W::Options::sql::<Update<M, A, W>>(self.filter.present()), params.as_slice(), |_| Ok(()))
            .await?)
    }

    /// The text [`update`](Self::update) sends.
    #[must_use]
    pub fn update_sql<A: Assignments<M>>(&self, _values: &A) -> &'static str {
        W::Options::sql::<Update<M, A, W>>(self.filter.present()).text
    }

    /// Deletes all rows of the query and returns how many there were. What refers to them follows their
    /// `on_delete`, in the database.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().filter(Post.id.eq(7));
    /// assert_eq!(query.delete_sql(), r#"DELETE FROM "posts" WHERE "posts"."id" = $1"#);
    /// ```
    ///
    /// # Errors
    /// What PostgreSQL reports, such as rows that are still referred to; or that it cannot be reached.
    pub async fn delete(&self, db: &impl Executor) -> Result<u64>
    where
        W: Filtered,
        (S, O, L): Plain,
    {
        let mut params = Params::new();
        self.filter.bind(&mut params);
        let params = &params;
        Ok(db
            .write(W::Options::sql::<Delete<M, W>>(self.filter.present()), params.as_slice(), |_| Ok(()))
            .await?)
    }

    /// The text [`delete`](Self::delete) sends.
    #[must_use]
    pub fn delete_sql(&self) -> &'static str {
        W::Options::sql::<Delete<M, W>>(self.filter.present()).text
    }
}
