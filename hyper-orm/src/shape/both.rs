//! `#[shape(expr = ..)]`: an expression, once as the user wrote it and once at the place the shape is read from.
//!
//! The first has types that are known, such as `Option<String>` beyond a key that can be NULL, and the field's type is
//! held against those; the second has the SQL.

use std::marker::PhantomData;

use super::column::{Cell, ReadFrom, Source};
use super::plan::Plan;
use super::to_many::ToManyField;
use super::to_one::ToOneField;
use crate::expr::{Expr, Node, Ordering};
use crate::field::Field;
use crate::model::{Back, HasForeignKey, HasMany, HasOne, Model, Path, Relation, ToMany, ToOne, Via};
use crate::query::{Filter, Many, QuerySet, Whole, Window};
use crate::sql::Zero;

/// An expression in a query on the shape's own model, and the same elsewhere.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<fn() -> A>, B);

/// An expression or relation in a query on `R`.
#[diagnostic::on_unimplemented(
    message = "a field of a shape of `{R}` cannot be read from this",
    label = "expected an expression over `{R}`, a foreign key, or a relation to many"
)]
pub trait About<R> {}

impl<R, T, N> About<R> for Expr<R, T, N> {}
impl<R, P, M, const I: usize> About<R> for Relation<R, P, M, I> {}
impl<R, P, M, const I: usize> About<R> for ToOne<R, P, M, I> {}
impl<R, P, M, const I: usize> About<R> for ToMany<R, P, M, I> {}
impl<R, P, M, const I: usize, Q> About<R> for Many<R, P, M, I, Q> {}

/// Takes both together: an expression in a query on `M`, and the same in one on `R`.
#[doc(hidden)]
pub fn both<M, R, A: About<M>, B: About<R>>(_: A, there: B) -> Both<A, B> {
    Both(PhantomData, there)
}

impl<F, T: Field, M, N, R, U, O: Node> Source<F> for Both<Expr<M, T, N>, Expr<R, U, O>>
where
    F: ReadFrom<T>,
{
    fn plan(self) -> impl Plan<Value = F> {
        Cell(self.1.node, PhantomData)
    }
}

impl<F, S, Q, R: Model, P: Path, M: HasForeignKey<I>, const I: usize> Source<F>
    for Both<Relation<S, Q, M, I>, Relation<R, P, M, I>>
where
    Q: Path,
    F: ToOneField<M::Target, <Via<Q, M, I> as Path>::Reached<bool>>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<R, Via<P, M, I>>()
    }
}

impl<F, S, Q, R: Model, P: Path, M: HasOne<I>, const I: usize> Source<F>
    for Both<ToOne<S, Q, M, I>, ToOne<R, P, M, I>>
where
    F: ToOneField<M::Target, Option<bool>>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<R, Back<P, M, I>>()
    }
}

impl<F, A, R, P: Path, M: HasMany<I>, const I: usize> Source<F> for Both<A, ToMany<R, P, M, I>>
where
    F: ToManyField<M, I>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<P, _, _, false, false>(self.1.all_related().query)
    }
}

impl<F, A, R, P: Path, M: HasMany<I>, const I: usize, W, O, const LIMIT: bool, const OFFSET: bool> Source<F>
    for Both<A, Many<R, P, M, I, QuerySet<M::Target, Whole, W, O, Window<LIMIT, OFFSET>>>>
where
    F: ToManyField<M, I>,
    W: Filter<Options = Zero>,
    O: Ordering<M::Target>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<P, W, O, LIMIT, OFFSET>(self.1.query)
    }
}
