//! `IS NULL` and its opposite.

use super::Expr;
use super::node::Node;
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

macro_rules! null_node {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<A>(pub(crate) A);

        impl<A: Node> Node for $name<A> {
            const ROPE: Rope = &[Part::Rope(A::ROPE), Part::Text($text)];
            const NULLABLE: bool = false;

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
            }
        }
    };
}

null_node!(
    /// `a IS NULL`
    IsNull, " IS NULL"
);
null_node!(
    /// `a IS NOT NULL`
    IsNotNull, " IS NOT NULL"
);

impl<R, T: Field, N: Node> Expr<R, T, N> {
    /// Django's `isnull=True`: `IS NULL`.
    pub fn is_null(self) -> Expr<R, bool, IsNull<N>> {
        Expr::new(IsNull(self.node))
    }

    /// Django's `isnull=False`: `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<R, bool, IsNotNull<N>> {
        Expr::new(IsNotNull(self.node))
    }
}
