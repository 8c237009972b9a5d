//! Conditions that can be NULL: a row for which one is NULL is not in `filter`, and is in `exclude`, as in Django.

use std::ops;

use crate::expr::{And, Condition, Expr, Node, Not, Or};

#[diagnostic::do_not_recommend]
impl<R, N: Node> Condition<R> for Expr<R, Option<bool>, N> {
    type Node = N;

    #[inline]
    fn into_node(self) -> N {
        self.node
    }
}

impl<R, A: Node> ops::Not for Expr<R, Option<bool>, A> {
    type Output = Expr<R, bool, Not<A>>;

    fn not(self) -> Self::Output {
        Expr::new(Not(self.node))
    }
}

macro_rules! combine {
    ($($left:ty, $right:ty => $type:ty;)+) => {$(
        impl<R, A: Node, B: Node> ops::BitAnd<Expr<R, $right, B>> for Expr<R, $left, A> {
            type Output = Expr<R, $type, And<A, B>>;

            fn bitand(self, other: Expr<R, $right, B>) -> Self::Output {
                Expr::new(And(self.node, other.node))
            }
        }

        impl<R, A: Node, B: Node> ops::BitOr<Expr<R, $right, B>> for Expr<R, $left, A> {
            type Output = Expr<R, $type, Or<A, B>>;

            fn bitor(self, other: Expr<R, $right, B>) -> Self::Output {
                Expr::new(Or(self.node, other.node))
            }
        }
    )+};
}

combine! {
    Option<bool>, Option<bool> => Option<bool>;
    Option<bool>, bool => Option<bool>;
    bool, Option<bool> => Option<bool>;
}
