//! From one row to many: against a foreign key, or through a table between two others.

use std::marker::PhantomData;

use super::Model;

/// How rows of one table belong to a row of another.
#[derive(Debug, Clone, Copy)]
pub enum Link {
    /// By a column of their own, which holds its key.
    ForeignKey {
        /// That column.
        column: &'static str,
    },
    /// By rows of a table between both.
    Through {
        /// That table.
        table: &'static str,
        /// Its column with the key of the one row.
        from: &'static str,
        /// Its column with the keys of the many.
        to: &'static str,
    },
}

impl Link {
    /// Through a table whose two foreign keys these are.
    #[doc(hidden)]
    #[must_use]
    pub const fn between(table: &'static str, from: Self, to: Self) -> Self {
        match (from, to) {
            (Self::ForeignKey { column: from }, Self::ForeignKey { column: to }) => {
                Self::Through { table, from, to }
            }
            _ => panic!("the model in between has a foreign key to each side: `through Tagging(post, tag)`"),
        }
    }
}

/// A model with many rows of another belonging to each of its own: its relation number `I` of this kind, counted from 0.
pub trait HasMany<const I: usize>: Model {
    /// The other model.
    type Target: Model;
    /// The relation's name.
    const NAME: &'static str;
    /// How they belong to it.
    const LINK: Link;
}

/// A model that refers to `M`, by a foreign key or many to many, in a field or relation whose name hashes to `NAME`
/// (FNV-1a): what `#[model(reverse(..))]` of `M` looks for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no such foreign key or many-to-many relation to `{M}`",
    label = "expected the name of a field `ForeignKey<{M}>` of `{Self}`, or of its `many_to_many`",
    note = "write the model and the field that refers to this one: `reverse(posts = Post.author)`"
)]
pub trait Refers<M, const NAME: u64>: Model {
    /// How its rows belong to one of `M`.
    const LINK: Link;
}

/// As [`Refers`], by a [`OneToOne`](super::OneToOne): what `#[model(reverse_one(..))]` of `M` looks for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no such `OneToOne<{M}>`",
    label = "expected the name of a field `OneToOne<{M}>` of `{Self}`",
    note = "write the model and the field: `reverse_one(profile = Profile.user)`; for a `ForeignKey` it is `reverse(..)`"
)]
pub trait RefersOne<M, const NAME: u64>: Model {
    /// Its foreign key's column.
    const COLUMN: &'static str;
}

/// The rows that belong to a row of model `M` at the end of path `P`, by its relation number `I`: `User.posts` in a
/// query on `R`.
pub struct ToMany<R, P, M, const I: usize>(PhantomData<fn() -> (R, P, M)>);

impl<R, P, M, const I: usize> ToMany<R, P, M, I> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<R, P, M, const I: usize> Clone for ToMany<R, P, M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, P, M, const I: usize> Copy for ToMany<R, P, M, I> {}

impl<R, P, M, const I: usize> std::fmt::Debug for ToMany<R, P, M, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ToMany({I})")
    }
}
