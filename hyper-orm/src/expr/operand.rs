//! What a column can be compared with and set to: values of its type, and expressions of its type.

use std::borrow::Cow;

use hyper_core::db::types::ToSql;

use super::Expr;
use super::assign::Settable;
use super::function::Carries;
use super::node::{Node, Value};
use crate::field::{Comparable, Field};
use crate::model::{ForeignKey, Model};

/// Something a `T` column of a query on `R` can be compared with.
#[diagnostic::on_unimplemented(
    message = "a `{T}` column cannot be compared with or set to a value of type `{Self}`",
    label = "expected a `{T}`, or a `{T}` expression over `{R}`",
    note = "NULL is asked for with `.is_null()`; columns of a related table are reached through the foreign key, as in `Post.author.name`"
)]
pub trait Operand<R, T> {
    /// What a comparison with it is: `bool`, or `Option<bool>` for an expression that can be NULL.
    type Truth: Carries<Base = bool>;
    /// What it becomes in the expression.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, N: Node> Operand<R, T::Base> for Expr<R, T, N> {
    type Truth = T::Carry<bool>;
    type Node = N;

    #[inline]
    fn into_node(self) -> N {
        self.node
    }
}

/// A value of a column's own type.
impl<R, T: Field<Base = T, Kind: Comparable> + ToSql> Operand<R, T> for T {
    type Truth = bool;
    type Node = Value<T>;

    #[inline]
    fn into_node(self) -> Self::Node {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'v, R, T: Field<Base = T, Kind: Comparable> + ToSql> Operand<R, T> for &'v T {
    type Truth = bool;
    type Node = Value<&'v T>;

    #[inline]
    fn into_node(self) -> Self::Node {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, M: Model> Operand<R, M::Key> for ForeignKey<M>
where
    Value<M::Key>: Node,
{
    type Truth = bool;
    type Node = Value<M::Key>;

    #[inline]
    fn into_node(self) -> Self::Node {
        Value(self.id)
    }
}

#[diagnostic::do_not_recommend]
impl<'v, R, M: Model> Operand<R, M::Key> for &'v ForeignKey<M>
where
    Value<&'v M::Key>: Node,
{
    type Truth = bool;
    type Node = Value<&'v M::Key>;

    #[inline]
    fn into_node(self) -> Self::Node {
        Value(&self.id)
    }
}

macro_rules! settable {
    ($($value:ty => $column:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<'v, R, T: Field<Base = T> + ToSql> Settable<R, $column> for $value {
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }
    )+};
}

settable!(T => T, &'v T => T, T => Option<T>, &'v T => Option<T>);
// No `Option<&T>` besides: `set(None)` is to know which it is.
settable!(Option<T> => Option<T>, &'v Option<T> => Option<T>);

/// Values of other types that a column can be compared with and set to.
macro_rules! operand {
    (<$life:lifetime> $value:ty, for $field:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$life, R> Operand<R, $field> for $value {
            type Truth = bool;
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$life, R> Settable<R, $field> for $value {
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$life, R> Settable<R, Option<$field>> for $value {
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$life, R> Settable<R, Option<$field>> for Option<$value> {
            type Node = Value<Option<$value>>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }
    };
}

// One invocation each, as errors show the whole of it.
operand!(<'v> &'v str, for String);
operand!(<'v> Cow<'v, str>, for String);
operand!(<'v> &'v [u8], for Vec<u8>);

#[diagnostic::do_not_recommend]
impl<'v, R> Settable<R, Option<String>> for Option<&'v String> {
    type Node = Value<Option<&'v String>>;

    #[inline]
    fn into_node(self) -> Self::Node {
        Value(self)
    }
}

/// A slice for an array.
macro_rules! slice {
    ($($kind:ident, $column:ty $(, $truth:ty)?;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<'v, R, T: Field + ToSql> $kind<R, $column> for &'v [T] {
            $(type Truth = $truth;)?
            type Node = Value<&'v [T]>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }
    )+};
}

slice! {
    Operand, Vec<T>, bool;
    Settable, Vec<T>;
    Settable, Option<Vec<T>>;
}
