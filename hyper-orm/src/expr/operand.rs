//! What a column can be compared with and set to: values of its type, and expressions of its type.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::Expr;
use super::assign::Settable;
use super::node::{Node, Value};
use crate::field::Field;
use crate::model::{ForeignKey, Model};

/// Something a `T` column of a query on `R` can be compared with.
#[diagnostic::on_unimplemented(
    message = "a `{T}` column cannot be compared with or set to a value of type `{Self}`",
    label = "expected a `{T}`, or a `{T}` expression over `{R}`",
    note = "NULL is asked for with `.is_null()`; columns of a related table are reached through the foreign key, as in `Post.author.name`"
)]
pub trait Operand<R, T> {
    /// What it becomes in the expression.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> Operand<R, T::Base> for Expr<R, T, N> {
    type Node = N;

    #[inline]
    fn into_node(self) -> N {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<R, M: Model> Operand<R, M::Key> for ForeignKey<M>
where
    Value<M::Key>: Node,
{
    type Node = Value<M::Key>;

    #[inline]
    fn into_node(self) -> Self::Node {
        Value(self.id)
    }
}

macro_rules! operands {
    ($(<$($life:lifetime)?> $value:ty => $kept:ty, for $field:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Operand<R, $field> for $value {
            type Node = Value<$kept>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self.into())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Settable<R, $field> for $value {
            type Node = Value<$kept>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self.into())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Settable<R, Option<$field>> for $value {
            type Node = Value<$kept>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self.into())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Settable<R, Option<$field>> for Option<$value> {
            type Node = Value<Option<$kept>>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self.map(Into::into))
            }
        }
    )+};
}

operands! {
    <> bool => bool, for bool;
    <> i16 => i16, for i16;
    <> i32 => i32, for i32;
    <> i64 => i64, for i64;
    <> f32 => f32, for f32;
    <> f64 => f64, for f64;
    <> Uuid => Uuid, for Uuid;
    <> Timestamp => Timestamp, for Timestamp;
    <> Date => Date, for Date;
    <> serde_json::Value => serde_json::Value, for serde_json::Value;
    <> Vec<u8> => Vec<u8>, for Vec<u8>;
    <'v> &'v [u8] => &'v [u8], for Vec<u8>;
    <'v> &'v str => &'v str, for String;
    <'v> &'v String => &'v String, for String;
    <> String => String, for String;
    <'v> Cow<'v, str> => Cow<'v, str>, for String;
}
