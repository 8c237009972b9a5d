//! The condition of a query: nothing, everything by intention, or what `filter` and `exclude` added up to.

use crate::expr::Node;
use crate::sql::{Params, Part, Rope};

/// No condition was given.
#[derive(Debug, Clone, Copy)]
pub struct Everything;

/// No condition was given, and `all_rows` says that this is meant.
#[derive(Debug, Clone, Copy)]
pub struct AllRows;

/// A condition behind others: `.. AND b`.
#[derive(Debug, Clone, Copy)]
pub struct Chain<A, B>(pub(crate) A, pub(crate) B);

macro_rules! empty {
    ($($name:ident),+) => {$(
        impl Node for $name {
            const ROPE: Rope = &[];
            const NULLABLE: bool = false;

            fn bind<'a>(&'a self, _: &mut Params<'a>) {}
        }
    )+};
}

empty!(Everything, AllRows);

impl<A: Node, B: Node> Node for Chain<A, B> {
    const ROPE: Rope = if A::ROPE.is_empty() {
        B::ROPE
    } else {
        &[Part::Rope(A::ROPE), Part::Text(" AND "), Part::Rope(B::ROPE)]
    };
    const NULLABLE: bool = A::NULLABLE || B::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

/// A condition under which rows may be changed: one that was given.
#[diagnostic::on_unimplemented(
    message = "this would change every row of the table",
    label = "no condition was given before this",
    note = "add `.filter(..)`, or say `.all_rows()` if every row is meant"
)]
pub trait Filtered: Node {}

impl Filtered for AllRows {}
impl<A: Node, B: Node> Filtered for Chain<A, B> {}
