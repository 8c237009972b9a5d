//! The condition of a query: nothing, everything by intention, or what `filter`, `exclude` and `filter_if` added up
//! to.

use std::fmt;
use std::marker::PhantomData;

use crate::expr::Node;
use crate::model::Model;
use crate::sql::{OneMore, Options, Params, Part, Rope, Zero};

/// What stands behind `WHERE`, as [`Part::And`]s.
pub trait Filter: Node {
    /// How many of the conditions are optional.
    type Options: Options;
    /// Whether the model's own [`SCOPE`](Model::SCOPE) is among the conditions.
    const SCOPED: bool;

    /// The optional conditions that are there, a bit each.
    fn present(&self) -> u32 {
        0
    }
}

/// No condition was given: the rows in the model's [`SCOPE`](Model::SCOPE).
pub struct Everything<M>(PhantomData<fn() -> M>);

/// No condition was given, nor does the model's own hold.
#[derive(Debug, Clone, Copy)]
pub struct Unscoped;

/// No condition was given, and `all_rows` says that this is meant.
#[derive(Debug, Clone, Copy)]
pub struct AllRows<W>(pub(crate) W);

/// A condition behind others: `.. AND b`.
#[derive(Debug, Clone, Copy)]
pub struct Chain<A, B>(pub(crate) A, pub(crate) B);

/// A condition behind others that may be missing.
#[derive(Debug, Clone, Copy)]
pub struct Maybe<A, B>(pub(crate) A, pub(crate) Option<B>);

impl<M> Everything<M> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<M> Clone for Everything<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Everything<M> {}

impl<M> fmt::Debug for Everything<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Everything")
    }
}

impl<M: Model> Node for Everything<M> {
    const ROPE: Rope = if M::SCOPE.is_empty() { &[] } else { &[Part::And(M::SCOPE)] };
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<M: Model> Filter for Everything<M> {
    type Options = Zero;
    const SCOPED: bool = true;
}

impl Node for Unscoped {
    const ROPE: Rope = &[];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl Filter for Unscoped {
    type Options = Zero;
    const SCOPED: bool = false;
}

/// No condition was given so far.
pub trait Unfiltered: Filter {}

impl<M: Model> Unfiltered for Everything<M> {}
impl Unfiltered for Unscoped {}

impl<W: Unfiltered> Node for AllRows<W> {
    const ROPE: Rope = W::ROPE;
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<W: Unfiltered> Filter for AllRows<W> {
    type Options = Zero;
    const SCOPED: bool = W::SCOPED;
}

impl<A: Node, B: Node> Node for Chain<A, B> {
    const ROPE: Rope = &[Part::Rope(A::ROPE), Part::And(B::ROPE)];
    const NULLABLE: bool = A::NULLABLE || B::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

impl<A: Filter, B: Node> Filter for Chain<A, B> {
    type Options = A::Options;
    const SCOPED: bool = A::SCOPED;

    #[inline]
    fn present(&self) -> u32 {
        self.0.present()
    }
}

impl<A: Filter, B: Node> Node for Maybe<A, B> {
    const ROPE: Rope =
        &[Part::Rope(A::ROPE), Part::Optional(<A::Options as Options>::COUNT, &[Part::And(B::ROPE)])];
    const NULLABLE: bool = A::NULLABLE || B::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        if let Some(condition) = &self.1 {
            condition.bind(params);
        }
    }
}

impl<A: Filter<Options: OneMore>, B: Node> Filter for Maybe<A, B> {
    type Options = <A::Options as OneMore>::Options;
    const SCOPED: bool = A::SCOPED;

    #[inline]
    fn present(&self) -> u32 {
        self.0.present() | u32::from(self.1.is_some()) << <A::Options as Options>::COUNT
    }
}

/// A condition under which rows may be changed: one that was given.
#[diagnostic::on_unimplemented(
    message = "this would change every row of the table",
    label = "no condition was given before this",
    note = "add `.filter(..)`, or say `.all_rows()` if every row is meant"
)]
pub trait Filtered: Filter {}

impl<W: Unfiltered> Filtered for AllRows<W> {}
impl<A: Filter, B: Node> Filtered for Chain<A, B> {}
