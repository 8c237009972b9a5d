//! The condition of a query: nothing, everything by intention, or what `filter`, `exclude` and `filter_if` added up
//! to.

use std::marker::PhantomData;

use crate::expr::Node;
use crate::model::Model;
use crate::sql::{OneMore, Options, Params, Part, Rope, Zero};

/// What stands behind `WHERE`, as [`Part::And`]s.
pub trait Filter: Node {
    /// How many of the conditions are optional.
    type Options: Options;
    /// Whether the model's own condition holds besides: that a row is not marked as deleted.
    const SCOPED: bool = true;

    /// The optional conditions that are there, a bit each.
    fn present(&self) -> u32 {
        0
    }
}

/// The conditions of a query on `M`, with the model's own.
pub(crate) struct Conditions<M, W>(PhantomData<fn() -> (M, W)>);

impl<M: Model, W: Filter> Conditions<M, W> {
    pub(crate) const ROPE: Rope =
        if W::SCOPED && !M::SCOPE.is_empty() { &[Part::And(M::SCOPE), Part::Rope(W::ROPE)] } else { W::ROPE };
}

/// No condition was given.
#[derive(Debug, Clone, Copy)]
pub struct Everything<const SCOPED: bool = true>;

/// No condition was given, and `all_rows` says that this is meant.
#[derive(Debug, Clone, Copy)]
pub struct AllRows<const SCOPED: bool = true>;

/// A condition behind others: `.. AND b`.
#[derive(Debug, Clone, Copy)]
pub struct Chain<A, B>(pub(crate) A, pub(crate) B);

/// A condition behind others that may be missing.
#[derive(Debug, Clone, Copy)]
pub struct Maybe<A, B>(pub(crate) A, pub(crate) Option<B>);

macro_rules! empty {
    ($($name:ident),+) => {$(
        impl<const SCOPED: bool> Node for $name<SCOPED> {
            const ROPE: Rope = &[];
            const NULLABLE: bool = false;

            fn bind<'a>(&'a self, _: &mut Params<'a>) {}
        }

        impl<const SCOPED: bool> Filter for $name<SCOPED> {
            type Options = Zero;
            const SCOPED: bool = SCOPED;
        }
    )+};
}

empty!(Everything, AllRows);

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

impl<const SCOPED: bool> Filtered for AllRows<SCOPED> {}
impl<A: Filter, B: Node> Filtered for Chain<A, B> {}
