//! What functions take: values of the program's, and expressions.

use std::borrow::Cow;

use hyper_core::db::types::ToSql;

use super::Carries;
use super::typed::Typed;
use crate::expr::{Expr, Node, Operand, Value};
use crate::field::Field;

/// An argument of type `T` of a function in a query on `R`: a value, or an expression over `R`.
///
/// Values become parameters with their type written behind them, `$1::integer`, as PostgreSQL could not always tell
/// which of several functions of one name is meant.
#[diagnostic::on_unimplemented(
    message = "an argument of type `{T}` cannot be a `{Self}`",
    label = "expected a `{T}`, or a `{T}` expression over `{R}`",
    note = "`.cast::<{T}>()` converts an expression; columns of a related table are reached through the foreign key, as in `Post.author.name`"
)]
pub trait Arg<R, T> {
    /// `T`, or `Option<T>` for an expression that can be NULL.
    type Type: Carries<Base = T>;
    /// What it becomes in the expression.
    type Node: Node;
    /// Becomes it.
    fn into_arg(self) -> Self::Node;
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, N: Node> Arg<R, T::Base> for Expr<R, T, N> {
    type Type = T;
    type Node = N;

    fn into_arg(self) -> N {
        self.node
    }
}

// What can be sent as a parameter is no expression.
#[diagnostic::do_not_recommend]
impl<R, T: Field<Base = T>, V: ToSql + Operand<R, T>> Arg<R, T> for V {
    type Type = T;
    type Node = Typed<V::Node, T>;

    fn into_arg(self) -> Self::Node {
        Typed::new(self.into_node())
    }
}

/// A value or an expression whose type says which column type it has: what begins a `case` or stands in `value`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an expression over `{R}`, nor a value a column can have",
    label = "expected a column, an expression or a value",
    note = "columns of a related table are reached through the foreign key: `Post.author.name`, not `User.name`"
)]
pub trait IntoExpr<R> {
    /// Its column type.
    type Type: Carries;
    /// What it becomes in the expression.
    type Node: Node;
    /// Becomes it.
    fn into_expr(self) -> Expr<R, Self::Type, Self::Node>;
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, N: Node> IntoExpr<R> for Expr<R, T, N> {
    type Type = T;
    type Node = N;

    fn into_expr(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R, V: ToSql + Literal> IntoExpr<R> for V
where
    Value<V>: Node,
{
    type Type = V::Type;
    type Node = Typed<Value<V>, V::Type>;

    fn into_expr(self) -> Expr<R, V::Type, Self::Node> {
        Expr::new(Typed::new(Value(self)))
    }
}

/// A value whose column type is known.
#[diagnostic::on_unimplemented(
    message = "no column has values of type `{Self}`",
    label = "neither a value a column can have, nor an expression"
)]
pub trait Literal {
    /// The column type.
    type Type: Carries;
}

#[diagnostic::do_not_recommend]
impl<T: Field<Base = T>> Literal for T {
    type Type = T;
}

macro_rules! borrowed {
    ($($value:ty => $type:ty),+) => {$(
        impl Literal for $value {
            type Type = $type;
        }
    )+};
}

impl<T: Field> Literal for &[T]
where
    Vec<T>: Carries,
{
    type Type = Vec<T>;
}

borrowed!(&str => String, &String => String, Cow<'_, str> => String, &[u8] => Vec<u8>);
