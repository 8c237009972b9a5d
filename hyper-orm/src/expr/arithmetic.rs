//! Django's `F` expressions: `Post.views + 1`, computed by PostgreSQL.

use std::ops;

use super::Expr;
use super::aggregate::Summed;
use super::function::{Arg, Carries};
use super::node::{Node, binary_node};
use super::operand::Operand;
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

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

/// `(- a)`
#[derive(Debug, Clone, Copy)]
pub struct Neg<A>(A);

impl<A: Node> Node for Neg<A> {
    const ROPE: Rope = &[Part::Text("(- "), Part::Rope(A::ROPE), Part::Text(")")];
    const NULLABLE: bool = A::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

impl<R, T: Field<Base: Summed>, N: Node> ops::Neg for Expr<R, T, N> {
    type Output = Expr<R, T, Neg<N>>;

    fn neg(self) -> Self::Output {
        Expr::new(Neg(self.node))
    }
}
