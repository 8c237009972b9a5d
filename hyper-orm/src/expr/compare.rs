//! Comparisons: `=`, `<>`, `<`, `<=`, `>`, `>=`, `BETWEEN`.

use super::Expr;
use super::function::Carries;
use super::node::{Node, Tight, comparison_node};
use super::operand::Operand;
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

comparison_node!(
    /// `a = b`
    Eq, " = "
);
comparison_node!(
    /// `a <> b`
    Ne, " <> "
);
comparison_node!(
    /// `a > b`
    Gt, " > "
);
comparison_node!(
    /// `a >= b`
    Gte, " >= "
);
comparison_node!(
    /// `a < b`
    Lt, " < "
);
comparison_node!(
    /// `a <= b`
    Lte, " <= "
);

/// `a BETWEEN b AND c`
#[derive(Debug, Clone, Copy)]
pub struct Between<A, B, C>(A, B, C);

impl<A: Node, B: Node, C: Node> Node for Between<A, B, C> {
    const ROPE: Rope = &[
        Part::Rope(Tight::<A>::ROPE),
        Part::Text(" BETWEEN "),
        Part::Rope(Tight::<B>::ROPE),
        Part::Text(" AND "),
        Part::Rope(Tight::<C>::ROPE),
    ];
    const LOOSE: bool = true;
    const NULLABLE: bool = A::NULLABLE || B::NULLABLE || C::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
        self.2.bind(params);
    }
}

/// A comparison of a `T` with a `V`: NULL, so an `Option<bool>`, where either can be.
type Truth<R, T, V, N> = Expr<R, <T as Carries>::Carry<<V as Operand<R, <T as Field>::Base>>::Truth>, N>;

// Written out, as errors show where a bound stands.
impl<R, T: Carries, N: Node> Expr<R, T, N> {
    /// Django's `exact`: `= $1`. NULL is asked for with [`is_null`](Expr::is_null).
    pub fn eq<V: Operand<R, T::Base>>(self, value: V) -> Truth<R, T, V, Eq<N, V::Node>> {
        Expr::new(Eq(self.node, value.into_node()))
    }

    /// Differs: `<> $1`. Rows with NULL are neither equal nor different; `exclude` keeps them.
    pub fn ne<V: Operand<R, T::Base>>(self, value: V) -> Truth<R, T, V, Ne<N, V::Node>> {
        Expr::new(Ne(self.node, value.into_node()))
    }

    /// Django's `gt`: `> $1`.
    pub fn gt<V: Operand<R, T::Base>>(self, value: V) -> Truth<R, T, V, Gt<N, V::Node>> {
        Expr::new(Gt(self.node, value.into_node()))
    }

    /// Django's `gte`: `>= $1`.
    pub fn gte<V: Operand<R, T::Base>>(self, value: V) -> Truth<R, T, V, Gte<N, V::Node>> {
        Expr::new(Gte(self.node, value.into_node()))
    }

    /// Django's `lt`: `< $1`.
    pub fn lt<V: Operand<R, T::Base>>(self, value: V) -> Truth<R, T, V, Lt<N, V::Node>> {
        Expr::new(Lt(self.node, value.into_node()))
    }

    /// Django's `lte`: `<= $1`.
    pub fn lte<V: Operand<R, T::Base>>(self, value: V) -> Truth<R, T, V, Lte<N, V::Node>> {
        Expr::new(Lte(self.node, value.into_node()))
    }

    /// Django's `range`: `BETWEEN $1 AND $2`, both ends included.
    pub fn range<A, B>(
        self,
        from: A,
        to: B,
    ) -> Expr<R, T::Carry<<A::Truth as Carries>::Carry<B::Truth>>, Between<N, A::Node, B::Node>>
    where
        A: Operand<R, T::Base>,
        B: Operand<R, T::Base>,
    {
        Expr::new(Between(self.node, from.into_node(), to.into_node()))
    }
}
