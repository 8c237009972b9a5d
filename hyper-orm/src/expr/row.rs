//! Several values compared as one: `(score, id) < ($1, $2)`, which is how a page follows another by key.

use std::marker::PhantomData;

use super::Expr;
use super::function::Carries;
use super::node::{Node, binary_node};
use super::operand::Operand;
use crate::sql::{Params, Part, Rope};

/// `(a, b, ..)`, from [`row`].
#[derive(Debug)]
pub struct RowValue<R, E>(E, PhantomData<fn() -> R>);

impl<R, E: Clone> Clone for RowValue<R, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<R, E: Copy> Copy for RowValue<R, E> {}

/// Takes two or three expressions together, to be compared as PostgreSQL compares rows: by the first, where that is
/// equal by the second, and so on. With an index on the same columns in the same order such a comparison starts
/// reading at the right place, however far the page is from the first.
///
/// ```
/// # hyperdjango::__blog!();
/// let last = (30_i32, 7_i64);
/// let page = Post::objects().filter(row((Post.score, Post.id)).lt(last)).order_by((Post.score.desc(), Post.id.desc()));
/// assert!(page.sql().contains(r#" WHERE ("posts"."score", "posts"."id") < ($1, $2) ORDER BY "#));
/// ```
pub fn row<R, E: RowOf<R>>(expressions: E) -> RowValue<R, E> {
    RowValue(expressions, PhantomData)
}

/// Two or three expressions over `R`.
pub trait RowOf<R> {
    /// Their types.
    type Types;
    /// What a comparison of it is: `Option<bool>` where one of them can be NULL.
    type Truth: Carries<Base = bool>;
    /// The row they make.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

/// Values for a row of these types.
pub trait RowOperand<R, T> {
    /// What a comparison with it is.
    type Truth: Carries<Base = bool>;
    /// The row they make.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

binary_node!(
    /// `a, b`
    Comma, "", ", ", ""
);

/// `(a)`
#[derive(Debug, Clone, Copy)]
pub struct Parens<A>(A);

impl<A: Node> Node for Parens<A> {
    const ROPE: Rope = &[Part::Text("("), Part::Rope(A::ROPE), Part::Text(")")];
    const NULLABLE: bool = A::NULLABLE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

impl<R, A: Carries, M: Node, B: Carries, N: Node> RowOf<R> for (Expr<R, A, M>, Expr<R, B, N>) {
    type Types = (A::Base, B::Base);
    type Truth = A::Carry<B::Carry<bool>>;
    type Node = Parens<Comma<M, N>>;

    fn into_node(self) -> Self::Node {
        Parens(Comma(self.0.node, self.1.node))
    }
}

impl<R, A: Carries, M: Node, B: Carries, N: Node, C: Carries, O: Node> RowOf<R>
    for (Expr<R, A, M>, Expr<R, B, N>, Expr<R, C, O>)
{
    type Types = (A::Base, B::Base, C::Base);
    type Truth = A::Carry<B::Carry<C::Carry<bool>>>;
    type Node = Parens<Comma<M, Comma<N, O>>>;

    fn into_node(self) -> Self::Node {
        Parens(Comma(self.0.node, Comma(self.1.node, self.2.node)))
    }
}

impl<R, A, B, V: Operand<R, A>, W: Operand<R, B>> RowOperand<R, (A, B)> for (V, W) {
    type Truth = <V::Truth as Carries>::Carry<W::Truth>;
    type Node = Parens<Comma<V::Node, W::Node>>;

    fn into_node(self) -> Self::Node {
        Parens(Comma(self.0.into_node(), self.1.into_node()))
    }
}

impl<R, A, B, C, V: Operand<R, A>, W: Operand<R, B>, X: Operand<R, C>> RowOperand<R, (A, B, C)>
    for (V, W, X)
{
    type Truth = <V::Truth as Carries>::Carry<<W::Truth as Carries>::Carry<X::Truth>>;
    type Node = Parens<Comma<V::Node, Comma<W::Node, X::Node>>>;

    fn into_node(self) -> Self::Node {
        Parens(Comma(self.0.into_node(), Comma(self.1.into_node(), self.2.into_node())))
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $method:ident => $node:ident;)+) => {
        impl<R, E: RowOf<R>> RowValue<R, E> {$(
            $(#[$doc])*
            pub fn $method<V: RowOperand<R, E::Types>>(
                self,
                values: V,
            ) -> Expr<R, <E::Truth as Carries>::Carry<V::Truth>, super::$node<E::Node, V::Node>> {
                Expr::new(super::$node(self.0.into_node(), values.into_node()))
            }
        )+}
    };
}

comparisons! {
    /// `(a, b) = ($1, $2)`
    eq => Eq;
    /// `(a, b) < ($1, $2)`
    lt => Lt;
    /// `(a, b) <= ($1, $2)`
    lte => Lte;
    /// `(a, b) > ($1, $2)`
    gt => Gt;
    /// `(a, b) >= ($1, $2)`
    gte => Gte;
}
