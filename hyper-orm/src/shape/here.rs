//! The place a shape is read from, seen from there.

use std::marker::PhantomData;

use crate::expr::Expr;
use crate::expr::function::Carries;
use crate::model::{Model, Path, Relation, ToMany, ToOne};
use crate::query::Many;
use crate::sql::PathNode;

/// The end of path `P`, where a shape is read only if there is a row: columns have their own types, and not those they
/// have from further away, where they may be NULL.
#[derive(Debug)]
pub struct Here<P>(PhantomData<fn() -> P>);

impl<P: Path> Path for Here<P> {
    const NODE: &'static PathNode = P::NODE;
    type Reached<T: Carries> = T;
    type Loaded<T: Model> = T;
}

impl<P> Clone for Here<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Here<P> {}

/// An expression or relation in a query on `R`.
#[diagnostic::on_unimplemented(
    message = "a field of a shape cannot be read from this",
    label = "expected an expression over the shape's model, a foreign key, or a relation to many"
)]
pub trait About<R> {}

impl<R, T, N> About<R> for Expr<R, T, N> {}
impl<R, P, M, const I: usize> About<R> for Relation<R, P, M, I> {}
impl<R, P, M, const I: usize> About<R> for ToOne<R, P, M, I> {}
impl<R, P, M, const I: usize> About<R> for ToMany<R, P, M, I> {}
impl<R, P, M, const I: usize, Q> About<R> for Many<R, P, M, I, Q> {}

/// Says that an expression is one in a query on `R`, where it could be in any.
#[doc(hidden)]
pub fn about<R, E: About<R>>(expression: E) -> E {
    expression
}
