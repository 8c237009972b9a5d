//! Conditions that can be NULL: a row for which one is NULL is not in `filter`, and is in `exclude`, as in Django.

use std::ops;

use crate::expr::{Condition, Expr, Node, Not};

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
