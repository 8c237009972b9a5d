//! Rows of a table between two others: Django's `add`, `remove`, `set` and `clear` of a relation many to many.

use std::marker::PhantomData;

use hyper_core::db::types::ToSql;
use hyper_core::db::{Executor, Param};

use crate::error::{Result, refused_in};
use crate::field::Field;
use crate::model::{HasMany, Link, ManyChange, Model, Root, Signals, ToMany};
use crate::query::asked::asked;
use crate::sql::{Part, Rope, Statement, Text};

/// The names of the table between, of a relation that has one.
struct Between<M, const I: usize>(PhantomData<fn() -> M>);

impl<M: HasMany<I>, const I: usize> Between<M, I> {
    const NAMES: (&'static str, &'static str, &'static str) = match M::LINK {
        Link::Through { table, from, to } => (table, from, to),
        Link::ForeignKey { .. } => panic!(
            "this relation is a foreign key of the other model, and no table between: change it there, as in \
             `Post::objects().filter(..).update(db, Post.author.set(..))`"
        ),
    };
    const OWN: Rope = &[
        Part::Text("DELETE FROM "),
        Part::Name(Self::NAMES.0),
        Part::Text(" WHERE "),
        Part::Name(Self::NAMES.1),
        Part::Text(" = "),
        Part::Param,
    ];
}

/// `INSERT INTO "posts_tags" ("post_id", "tag_id") SELECT $1, .. ON CONFLICT DO NOTHING`
struct Add<M, const I: usize, const SET: bool>(PhantomData<fn() -> M>);

impl<M, const I: usize, const SET: bool> Statement for Add<M, I, SET>
where
    M: HasMany<I, Key: Field, Target: Model<Key: Field>>,
{
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Rope(if SET {
            &[
                Part::Text("WITH \"gone\" AS ("),
                Part::Rope(Between::<M, I>::OWN),
                Part::Text(" AND "),
                Part::Name(Between::<M, I>::NAMES.2),
                Part::Text(" <> ALL("),
                Part::Param,
                Part::Text(")) "),
            ]
        } else {
            &[]
        }),
        Part::Text("INSERT INTO "),
        Part::Name(Between::<M, I>::NAMES.0),
        Part::Text(" ("),
        Part::Name(Between::<M, I>::NAMES.1),
        Part::Text(", "),
        Part::Name(Between::<M, I>::NAMES.2),
        Part::Text(") SELECT "),
        Part::Param,
        Part::Text("::"),
        Part::Text(<M::Key as Field>::DECLARATION),
        Part::Text(", \"key\" FROM unnest("),
        Part::Param,
        Part::Text("::"),
        Part::Text(<<M::Target as Model>::Key as Field>::DECLARATION),
        Part::Text("[]) AS \"new\" (\"key\") ON CONFLICT DO NOTHING"),
    ];
}

/// `DELETE FROM "posts_tags" WHERE "post_id" = $1 AND "tag_id" = ANY($2)`
struct Remove<M, const I: usize, const ALL: bool>(PhantomData<fn() -> M>);

impl<M: HasMany<I>, const I: usize, const ALL: bool> Statement for Remove<M, I, ALL> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Rope(Between::<M, I>::OWN),
        Part::Rope(if ALL {
            &[]
        } else {
            &[
                Part::Text(" AND "),
                Part::Name(Between::<M, I>::NAMES.2),
                Part::Text(" = ANY("),
                Part::Param,
                Part::Text(")"),
            ]
        }),
    ];
}

/// The keys of the rows to relate to.
type KeysOf<M, const I: usize> = <<M as HasMany<I>>::Target as Model>::Key;

impl<M, const I: usize> ToMany<M, Root<M>, M, I>
where
    M: HasMany<I, Key: Field + ToSql, Target: Model<Key: Field + ToSql>>,
{
    /// Relates these rows, by their keys, to a row; those that are related already stay so. Returns how many are new.
    ///
    /// ```
    /// use hyperdjango::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(table = "posts", many_to_many(tags = Tag))]
    /// pub struct Post {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "tags")]
    /// pub struct Tag {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    /// }
    ///
    /// # async fn f(db: &Db, post: Post) -> Result<()> {
    /// Post.tags.add(db, &post, [1, 2]).await?;
    /// Post.tags.remove(db, &post, [2]).await?;
    /// Post.tags.set(db, &post, [3, 4]).await?;
    /// Post.tags.clear(db, &post).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What PostgreSQL reports, such as a key of no row.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn add(
        self,
        db: &impl Executor,
        row: &M,
        keys: impl IntoIterator<Item = impl Into<KeysOf<M, I>>>,
    ) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            let (own, keys) = (row.key(), collect::<M, I>(keys));
            let params: [Param<'_>; 2] = [&own, &keys];
            let changed = db
                .write(Text::<Add<M, I, false>, 0>::SQL, &params, |_| Ok(()))
                .await
                .map_err(refused_in::<M>(M::NAME))?;
            M::Signals::many_changed::<I>(db, row, ManyChange::Add, &keys).await?;
            Ok(changed)
        })
    }

    /// Relates these rows no longer to a row. Returns how many were.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn remove(
        self,
        db: &impl Executor,
        row: &M,
        keys: impl IntoIterator<Item = impl Into<KeysOf<M, I>>>,
    ) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            let (own, keys) = (row.key(), collect::<M, I>(keys));
            let params: [Param<'_>; 2] = [&own, &keys];
            let changed = db
                .write(Text::<Remove<M, I, false>, 0>::SQL, &params, |_| Ok(()))
                .await
                .map_err(refused_in::<M>(M::NAME))?;
            M::Signals::many_changed::<I>(db, row, ManyChange::Remove, &keys).await?;
            Ok(changed)
        })
    }

    /// Relates these rows to a row and no others, in one statement. Returns how many are new.
    ///
    /// # Errors
    /// As [`add`](Self::add): then nothing has changed.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn set(
        self,
        db: &impl Executor,
        row: &M,
        keys: impl IntoIterator<Item = impl Into<KeysOf<M, I>>>,
    ) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            let (own, keys) = (row.key(), collect::<M, I>(keys));
            let params: [Param<'_>; 4] = [&own, &keys, &own, &keys];
            let changed = db
                .write(Text::<Add<M, I, true>, 0>::SQL, &params, |_| Ok(()))
                .await
                .map_err(refused_in::<M>(M::NAME))?;
            M::Signals::many_changed::<I>(db, row, ManyChange::Set, &keys).await?;
            Ok(changed)
        })
    }

    /// Relates no rows to a row any more. Returns how many were.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn clear(self, db: &impl Executor, row: &M) -> impl Future<Output = Result<u64>> {
        asked::<M, _>(async move {
            let own = row.key();
            let params: [Param<'_>; 1] = [&own];
            let changed = db
                .write(Text::<Remove<M, I, true>, 0>::SQL, &params, |_| Ok(()))
                .await
                .map_err(refused_in::<M>(M::NAME))?;
            M::Signals::many_changed::<I>(db, row, ManyChange::Clear, &[]).await?;
            Ok(changed)
        })
    }
}

fn collect<M: HasMany<I>, const I: usize>(
    keys: impl IntoIterator<Item = impl Into<KeysOf<M, I>>>,
) -> Vec<KeysOf<M, I>> {
    keys.into_iter().map(Into::into).collect()
}
