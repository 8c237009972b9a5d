//! `AND`, `OR`, `NOT`, and what can stand in `filter`.

use std::ops;

use super::Expr;
use super::function::Carries;
use super::node::{Node, binary_node};
use crate::sql::{Params, Part, Rope};

binary_node!(
    /// `a AND b`, which binds tighter than `OR` and looser than everything else.
    And, "", " AND ", ""
);
binary_node!(
    /// `(a OR b)`
    Or, "(", " OR ", ")"
);

/// `NOT (a)`; `(a) IS NOT TRUE` where a can be NULL, so that a row is in exactly one of `filter(a)` and
/// `filter(!a)`, as in Django.
#[derive(Debug, Clone, Copy)]
pub struct Not<A>(pub(crate) A);

impl<A: Node> Node for Not<A> {
    const ROPE: Rope = if A::NULLABLE {
        &[Part::Text("("), Part::Rope(A::ROPE), Part::Text(") IS NOT TRUE")]
    } else {
        &[Part::Text("NOT ("), Part::Rope(A::ROPE), Part::Text(")")]
    };
    const NULLABLE: bool = false;
    const LOOSE: bool = true;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

// A condition that can be NULL is an `Option<bool>`, and so is what it is combined to.
impl<R, T, A: Node, U, B: Node> ops::BitAnd<Expr<R, U, B>> for Expr<R, T, A>
where
    T: Carries<Base = bool>,
    U: Carries<Base = bool>,
{
    type Output = Expr<R, T::Carry<U>, And<A, B>>;

    fn bitand(self, other: Expr<R, U, B>) -> Self::Output {
        Expr::new(And(self.node, other.node))
    }
}

impl<R, T, A: Node, U, B: Node> ops::BitOr<Expr<R, U, B>> for Expr<R, T, A>
where
    T: Carries<Base = bool>,
    U: Carries<Base = bool>,
{
    type Output = Expr<R, T::Carry<U>, Or<A, B>>;

    fn bitor(self, other: Expr<R, U, B>) -> Self::Output {
        Expr::new(Or(self.node, other.node))
    }
}

impl<R, T: Carries<Base = bool>, A: Node> ops::Not for Expr<R, T, A> {
    type Output = Expr<R, bool, Not<A>>;

    fn not(self) -> Self::Output {
        Expr::new(Not(self.node))
    }
}

/// What `filter` and `exclude` take in a query on `R`: a comparison, a `bool` column, or several of them combined
/// with `&`, `|` and `!`.
#[diagnostic::on_unimplemented(
    message = "this cannot be a condition of a query on `{R}`",
    label = "uses columns of another table, or is not true or false",
    note = "columns of a related table are reached through the foreign key: `Post.author.name`, not `User.name`",
    note = "conditions are comparisons such as `Post.score.gt(10)`, combined with `&`, `|` and `!`",
    note = "window functions are computed from what `filter` leaves: they can be selected and ordered by"
)]
pub trait Condition<R> {
    /// What it becomes in the query.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

// Not one for all types with `bool` at their base: the compiler would then point at `filter`, not at what is wrong in it.
#[diagnostic::do_not_recommend]
impl<R, N: Node> Condition<R> for Expr<R, bool, N> {
    type Node = N;

    #[inline]
    fn into_node(self) -> N {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<R, N: Node> Condition<R> for Expr<R, Option<bool>, N> {
    type Node = N;

    #[inline]
    fn into_node(self) -> N {
        self.node
    }
}
