//! What stands in `filter`, `order_by`, `values` and `update`: a type for each thing SQL can say, a file for each
//! family.
//!
//! An [`Expr<R, T, N>`](Expr) is over columns of a query on `R`, has values of type `T`, and is made of the nodes
//! `N`. The first keeps columns of other tables out of a query, the second gives comparisons their types, and
//! the third carries the rope the SQL is rendered from.

mod aggregate;
mod arithmetic;
mod assign;
mod compare;
pub mod function;
mod logic;
mod node;
mod null;
mod operand;
mod order;
mod row;
mod text;
mod within;

use std::fmt;
use std::marker::PhantomData;

pub use aggregate::{
    Aggregate, AggregateFunction, ArrayAgg, AverageOf, EveryRow, Group, Narrow, Number, Star, StringAgg,
    SumOf, Summed, aggregates, count,
};
pub use arithmetic::{Add, Div, Mul, Neg, Rem, Sub};
pub use assign::{Assign, Assignments, Settable};
pub use compare::{Between, Eq, Gt, Gte, Lt, Lte, Ne};
pub use logic::{And, Condition, Not, Or};
pub use node::{Column, Node, Value};
pub use null::{IsDistinctFrom, IsNotDistinctFrom, IsNotNull, IsNull};
pub use operand::Operand;
pub use order::{Order, Ordering};
pub use row::{RowValue, row};
pub use text::{Escaped, Like, Pattern, Sought};
pub use within::{AnyOf, Each, Listed, Members, Within};

/// An expression of type `T` over the columns of a query on `R`.
pub struct Expr<R, T, N> {
    pub(crate) node: N,
    of: PhantomData<fn() -> (R, T)>,
}

impl<R, T, N> Expr<R, T, N> {
    pub(crate) const fn new(node: N) -> Self {
        Self { node, of: PhantomData }
    }
}

impl<R, T, P, M, const I: usize> Expr<R, T, Column<P, M, I>> {
    #[doc(hidden)]
    #[must_use]
    pub const fn column() -> Self {
        Self::new(Column::NEW)
    }
}

impl<R, T, N: Clone> Clone for Expr<R, T, N> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<R, T, N: Copy> Copy for Expr<R, T, N> {}

impl<R, T, N> fmt::Debug for Expr<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::any::type_name::<N>())
    }
}
