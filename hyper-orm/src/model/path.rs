//! How a table is reached from the one a query is about.

use std::marker::PhantomData;

use hyper_core::db::DatabaseError;

use super::Model;
use crate::expr::function::Carries;
use crate::row::RowReader;
use crate::sql::PathNode;

/// The query's own table ([`Root`]), or one foreign key further ([`Via`]).
pub trait Path: Copy + Send + Sync + 'static {
    /// The same as a constant.
    const NODE: &'static PathNode;
    /// What a column of type `T` is at the end of it: `Option<T>` when a foreign key on the way can be NULL.
    type Reached<T: Carries>: Carries<Base = T::Base>;
    /// What a row of `T` is at the end of it: `T`, or `Option<T>`.
    type Loaded<T: Model>: Loaded;
}

/// The table a query is about.
#[derive(Debug)]
pub struct Root<M>(PhantomData<fn() -> M>);

impl<M: Model> Path for Root<M> {
    const NODE: &'static PathNode = &PathNode::root(M::TABLE);
    type Reached<T: Carries> = T;
    type Loaded<T: Model> = T;
}

/// One foreign key further than `P`: column number `I` of model `M`.
#[derive(Debug)]
pub struct Via<P, M, const I: usize>(PhantomData<fn() -> (P, M)>);

impl<P: Path, M: HasForeignKey<I>, const I: usize> Path for Via<P, M, I> {
    // Reads no more of the other model than its names, so that models can refer to each other.
    const NODE: &'static PathNode =
        &PathNode::via(P::NODE, M::Target::TABLE, M::FIELD, M::COLUMN, M::Target::KEY[0], M::NULLABLE);
    type Reached<T: Carries> = P::Reached<M::Reached<T>>;
    type Loaded<T: Model> = M::Loaded<P, T>;
}

/// A model whose column number `I` is a foreign key.
pub trait HasForeignKey<const I: usize>: Model {
    /// The model it refers to.
    type Target: Model;
    /// The field's name.
    const FIELD: &'static str;
    /// The column's name.
    const COLUMN: &'static str;
    /// Whether it can be NULL.
    const NULLABLE: bool;
    /// What a column of type `T` is beyond it.
    type Reached<T: Carries>: Carries<Base = T::Base>;
    /// What a row of `T` is beyond it, when reached by `P`.
    type Loaded<P: Path, T: Model>: Loaded;
}

/// A row at the end of a path, which may not be there.
pub trait Loaded: Sized + Send {
    /// The model.
    type Model: Model;

    /// Reads the model's columns.
    ///
    /// # Errors
    /// A value cannot be read as its field's type.
    fn decode(row: &mut RowReader<'_>) -> Result<Self, DatabaseError>;
}

impl<M: Model> Loaded for M {
    type Model = M;

    fn decode(row: &mut RowReader<'_>) -> Result<Self, DatabaseError> {
        M::decode(row)
    }
}

impl<M: Model> Loaded for Option<M> {
    type Model = M;

    fn decode(row: &mut RowReader<'_>) -> Result<Self, DatabaseError> {
        if row.skip_absent::<M>() { Ok(None) } else { M::decode(row).map(Some) }
    }
}

impl<M> Clone for Root<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Root<M> {}

impl<P, M, const I: usize> Clone for Via<P, M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, M, const I: usize> Copy for Via<P, M, I> {}
