//! The order of rows.

use super::Expr;
use super::node::Node;
use crate::field::Field;
use crate::sql::{Params, Part, Rope};
use crate::tuples::tuples;

/// An expression with a direction.
#[derive(Debug, Clone, Copy)]
pub struct Order<E, const DESC: bool>(pub(crate) E);

/// `.nulls_first()` and `.nulls_last()` of an [`Order`].
#[derive(Debug, Clone, Copy)]
pub struct Nulls<O, const FIRST: bool>(O);

/// What `order_by` takes in a query on `R`: an expression, `.asc()`, `.desc()`, or a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "a query on `{R}` cannot be ordered by this",
    label = "uses columns of another table, or is not an expression",
    note = "write `Post.created.desc()`, or several: `(Post.score.desc(), Post.id)`"
)]
pub trait Ordering<R>: Send + Sync {
    /// The SQL behind `ORDER BY`.
    const ROPE: Rope;
    /// The SQL of the opposite order.
    const REVERSED: Rope;
    /// Whether it is the model's own, which any that is said takes the place of.
    const DEFAULT: bool = false;
    /// Whether rows are to come from the other end where no order is said.
    const BACKWARD: bool = false;
    /// Hands over the values of the expressions.
    fn bind<'a>(&'a self, params: &mut Params<'a>);
}

impl<R, T: Field, N: Node> Expr<R, T, N> {
    /// Smallest first.
    pub fn asc(self) -> Order<Self, false> {
        Order(self)
    }

    /// Greatest first. NULLs come before everything, unless [`nulls_last`](Order::nulls_last) is said.
    pub fn desc(self) -> Order<Self, true> {
        Order(self)
    }
}

impl<E, const DESC: bool> Order<E, DESC> {
    /// NULLs before everything else.
    pub fn nulls_first(self) -> Nulls<Self, true> {
        Nulls(self)
    }

    /// NULLs after everything else.
    pub fn nulls_last(self) -> Nulls<Self, false> {
        Nulls(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> Ordering<R> for Expr<R, T, N> {
    const ROPE: Rope = N::ROPE;
    const REVERSED: Rope = &[Part::Rope(N::ROPE), Part::Text(" DESC")];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.node.bind(params);
    }
}

#[diagnostic::do_not_recommend]
impl<R, E: Ordering<R>, const DESC: bool> Ordering<R> for Order<E, DESC> {
    const ROPE: Rope = if DESC { &[Part::Rope(E::ROPE), Part::Text(" DESC")] } else { E::ROPE };
    const REVERSED: Rope = if DESC { E::ROPE } else { &[Part::Rope(E::ROPE), Part::Text(" DESC")] };

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

#[diagnostic::do_not_recommend]
impl<R, O: Ordering<R>, const FIRST: bool> Ordering<R> for Nulls<O, FIRST> {
    const ROPE: Rope = &[Part::Rope(O::ROPE), Part::Text(if FIRST { " NULLS FIRST" } else { " NULLS LAST" })];
    const REVERSED: Rope =
        &[Part::Rope(O::REVERSED), Part::Text(if FIRST { " NULLS LAST" } else { " NULLS FIRST" })];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

macro_rules! implement {
    ($(($first:ident $(, $rest:ident)*))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $first: Ordering<R>, $($rest: Ordering<R>),*> Ordering<R> for ($first, $($rest,)*) {
            const ROPE: Rope =
                &[Part::Rope($first::ROPE), $(Part::Text(", "), Part::Rope($rest::ROPE)),*];
            const REVERSED: Rope =
                &[Part::Rope($first::REVERSED), $(Part::Text(", "), Part::Rope($rest::REVERSED)),*];

            #[expect(non_snake_case)]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($first, $($rest,)*) = self;
                $first.bind(params);
                $($rest.bind(params);)*
            }
        }
    )+};
}

tuples!(up to 6: implement);
