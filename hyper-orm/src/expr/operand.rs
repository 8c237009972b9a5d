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

macro_rules! operand {
    (<$($life:lifetime)?> $value:ty, for $field:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Operand<R, $field> for $value {
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Settable<R, $field> for $value {
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Settable<R, Option<$field>> for $value {
            type Node = Value<$value>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? R> Settable<R, Option<$field>> for Option<$value> {
            type Node = Value<Option<$value>>;

            #[inline]
            fn into_node(self) -> Self::Node {
                Value(self)
            }
        }
    };
}

// One invocation each, as errors show the whole of it.
operand!(<> bool, for bool);
operand!(<> i16, for i16);
operand!(<> i32, for i32);
operand!(<> i64, for i64);
operand!(<> f32, for f32);
operand!(<> f64, for f64);
operand!(<> Uuid, for Uuid);
operand!(<> Timestamp, for Timestamp);
operand!(<> Date, for Date);
operand!(<> serde_json::Value, for serde_json::Value);
operand!(<> Vec<u8>, for Vec<u8>);
operand!(<'v> &'v [u8], for Vec<u8>);
operand!(<'v> &'v str, for String);
operand!(<'v> &'v String, for String);
operand!(<> String, for String);
operand!(<'v> Cow<'v, str>, for String);
