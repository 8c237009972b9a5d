//! Django's `F` expressions: `Post.views + 1`, computed by PostgreSQL.

use std::ops;

use super::Expr;
use super::function::{Arg, Carries};
use super::node::{Node, binary_node};
use super::operand::Operand;

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $name:ident, $method:ident, $text:literal;)+) => {$(
        binary_node!($(#[$doc])* $name, "(", $text, ")");

        impl<R, T: Carries, N: Node, V: Operand<R, T::Base> + Arg<R, T::Base>> ops::$name<V> for Expr<R, T, N> {
            type Output = Expr<R, T::Carry<<V as Arg<R, T::Base>>::Type>, $name<N, <V as Operand<R, T::Base>>::Node>>;

            fn $method(self, other: V) -> Self::Output {
                Expr::new($name(self.node, other.into_node()))
            }
        }
    )+};
}

arithmetic! {
    /// `(a + b)`
    Add, add, " + ";
    /// `(a - b)`
    Sub, sub, " - ";
    /// `(a * b)`
    Mul, mul, " * ";
    /// `(a / b)`
    Div, div, " / ";
    /// `(a % b)`
    Rem, rem, " % ";
}
