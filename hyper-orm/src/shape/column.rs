//! Fields that are one column.

use std::marker::PhantomData;

use hyper_core::db::{Column as Found, DatabaseError};

use super::plan::{Plan, nothing_behind};
use crate::error::Result;
use crate::expr::{Expr, Node};
use crate::field::Field;
use crate::row::RowReader;
use crate::sql::{Params, Rope};

/// What a model has under a field's name, as the source of a field of type `F`.
#[diagnostic::on_unimplemented(
    message = "a field of a shape cannot be read from this",
    label = "expected a column, an expression, a foreign key, or a relation to many"
)]
pub trait Source<F> {
    #[doc(hidden)]
    fn plan(self) -> impl Plan<Value = F>;
}

/// A type a column of type `T` can be read as: the same.
#[diagnostic::on_unimplemented(
    message = "the column is `{T}`, and the shape's field is `{Self}`",
    label = "expected `{T}`"
)]
pub trait ReadFrom<T>: Field {}

impl<T: Field> ReadFrom<T> for T {}

/// An expression, read as `F`.
#[derive(Debug)]
pub struct Cell<F, N>(pub(super) N, pub(super) PhantomData<fn() -> F>);

impl<F: Field, N: Node> Plan for Cell<F, N> {
    type Value = F;
    const ROPE: Rope = N::ROPE;
    const COLUMNS: usize = 1;
    nothing_behind!();

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(columns: &[Found]) -> Result<(), String> {
        check_column::<F>(columns)
    }

    #[inline]
    fn decode(row: &mut RowReader<'_>, (): &mut ()) -> Result<F, DatabaseError> {
        row.read()
    }

    #[inline]
    fn write_json(
        &self,
        row: &mut RowReader<'_>,
        (): &mut (),
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        row.write_json::<F>(out)
    }
}

/// Whether the first of these can be read as `F`.
pub(super) fn check_column<F: Field>(columns: &[Found]) -> Result<(), String> {
    match columns.first() {
        Some(column) if !F::accepts(column.type_()) => Err(format!(
            "column `{}` is `{}` in the database, and the shape reads it as `{}`",
            column.name(),
            column.type_(),
            std::any::type_name::<F>(),
        )),
        _ => Ok(()),
    }
}

impl<F: ReadFrom<T>, R, T, N: Node> Source<F> for Expr<R, T, N> {
    fn plan(self) -> impl Plan<Value = F> {
        Cell(self.node, PhantomData)
    }
}
