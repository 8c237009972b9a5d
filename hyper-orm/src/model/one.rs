//! The other side of a [`OneToOne`]: the one row that refers to a row, or none.

use std::marker::PhantomData;
use std::ops::Deref;

use super::{ColumnSet, ForeignKey, Model, Path};
use crate::expr::function::Carries;
use crate::sql::PathNode;

/// A [`ForeignKey`] that no two rows share, which the database sees to.
pub type OneToOne<M> = ForeignKey<M>;

/// A model with at most one row of another referring to each of its own: its relation number `I` of this kind,
/// counted from 0.
pub trait HasOne<const I: usize>: Model {
    /// The other model.
    type Target: Model;
    /// The relation's name.
    const NAME: &'static str;
    /// The other's foreign key.
    const COLUMN: &'static str;
}

/// From `P` to the row that refers to it: relation number `I` of model `M`.
#[derive(Debug)]
pub struct Back<P, M, const I: usize>(PhantomData<fn() -> (P, M)>);

impl<P: Path, M: HasOne<I>, const I: usize> Path for Back<P, M, I> {
    const NODE: &'static PathNode = &PathNode::back(P::NODE, M::Target::TABLE, M::NAME, M::KEY[0], M::COLUMN);
    type Reached<T: Carries> = T::Nullable;
    type Loaded<T: Model> = Option<T>;
}

impl<P, M, const I: usize> Clone for Back<P, M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, M, const I: usize> Copy for Back<P, M, I> {}

/// The row that refers to a row of model `M` at the end of path `P`, by its relation number `I`: `User.profile` in a
/// query on `R`. Its fields are that row's columns, NULL where there is none.
pub struct ToOne<R, P, M, const I: usize>(PhantomData<fn() -> (R, P, M)>);

impl<R, P, M, const I: usize> ToOne<R, P, M, I> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<R: 'static, P: Path, M: HasOne<I>, const I: usize> Deref for ToOne<R, P, M, I> {
    type Target = <M::Target as Model>::Columns<R, Back<P, M, I>>;

    fn deref(&self) -> &Self::Target {
        <Self::Target as ColumnSet>::ALL
    }
}

impl<R, P, M, const I: usize> Clone for ToOne<R, P, M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, P, M, const I: usize> Copy for ToOne<R, P, M, I> {}

impl<R, P, M, const I: usize> std::fmt::Debug for ToOne<R, P, M, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ToOne({I})")
    }
}
