//! Which rows of its partition a function sees: Django's `RowRange` and `ValueRange`.

use std::marker::PhantomData;

use crate::copied::copied;
use crate::expr::Node;
use crate::expr::function::{Literal, Typed};
use crate::sql::{Params, Part, Rope};

/// `ROWS BETWEEN a AND b`
pub struct Frame<U, A, B, X = NoRows> {
    from: A,
    to: B,
    excluded: X,
    unit: PhantomData<fn() -> U>,
}

copied! { Frame<U, A, B, X> { from: A, to: B, excluded: X; unit } }

impl<U, A, B> Frame<U, A, B> {
    pub(super) const fn new(from: A, to: B) -> Self {
        Self { from, to, excluded: NoRows, unit: PhantomData }
    }

    pub(super) fn excluding<X>(self, excluded: X) -> Frame<U, A, B, X> {
        Frame { from: self.from, to: self.to, excluded, unit: PhantomData }
    }
}

/// What a frame is counted in.
pub trait FrameUnit: Send + Sync + 'static {
    #[doc(hidden)]
    const TEXT: &'static str;
}

/// An end of a frame.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no end of a frame",
    label = "expected `UnboundedPreceding`, `preceding(2)`, `CurrentRow`, `following(2)` or `UnboundedFollowing`"
)]
pub trait Bound: Node {}

/// `2 PRECEDING`
#[derive(Debug, Clone, Copy)]
pub struct Preceding<N>(N);

/// `2 FOLLOWING`
#[derive(Debug, Clone, Copy)]
pub struct Following<N>(N);

/// So many rows or groups before this one, or what is so much less: `$1::integer PRECEDING`. Less than none makes the
/// statement fail.
pub fn preceding<V: Literal>(distance: V) -> Preceding<Typed<crate::expr::Value<V>, V::Type>> {
    Preceding(Typed::new(crate::expr::Value(distance)))
}

/// So many rows or groups behind this one, or what is so much more: `$1::integer FOLLOWING`. Less than none makes the
/// statement fail.
pub fn following<V: Literal>(distance: V) -> Following<Typed<crate::expr::Value<V>, V::Type>> {
    Following(Typed::new(crate::expr::Value(distance)))
}

macro_rules! distance {
    ($($name:ident $text:literal)+) => {$(
        impl<N: Node> Node for $name<N> {
            const ROPE: Rope = &[Part::Rope(N::ROPE), Part::Text($text)];
            const NULLABLE: bool = false;

            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
            }
        }

        impl<N: Node> Bound for $name<N> {}
    )+};
}

distance!(Preceding " PRECEDING" Following " FOLLOWING");

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $text:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Node for $name {
            const ROPE: Rope = &[Part::Text($text)];
            const NULLABLE: bool = false;

            fn bind<'a>(&'a self, _: &mut Params<'a>) {}
        }
    )+};
}

words! {
    /// From the partition's first row.
    UnboundedPreceding "UNBOUNDED PRECEDING";
    /// This row; by `range_between` and `groups_between` with those that are equal to it in the order.
    CurrentRow "CURRENT ROW";
    /// To the partition's last row.
    UnboundedFollowing "UNBOUNDED FOLLOWING";
    /// Without this row.
    ExcludeCurrentRow " EXCLUDE CURRENT ROW";
    /// Without this row and those that are equal to it in the order.
    ExcludeGroup " EXCLUDE GROUP";
    /// Without the rows that are equal to this one in the order.
    ExcludeTies " EXCLUDE TIES";
    /// Nothing is excluded.
    NoRows "";
}

impl Bound for UnboundedPreceding {}
impl Bound for CurrentRow {}
impl Bound for UnboundedFollowing {}

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident $text:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl FrameUnit for $name {
            const TEXT: &'static str = $text;
        }
    )+};
}

units! {
    /// Rows.
    Rows "ROWS BETWEEN ";
    /// Values of the order.
    Range "RANGE BETWEEN ";
    /// Groups of rows that are equal in the order.
    Groups "GROUPS BETWEEN ";
}

impl<U: FrameUnit, A: Node, B: Node, X: Node> Node for Frame<U, A, B, X> {
    const ROPE: Rope = &[
        Part::Text(U::TEXT),
        Part::Rope(A::ROPE),
        Part::Text(" AND "),
        Part::Rope(B::ROPE),
        Part::Rope(X::ROPE),
    ];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.from.bind(params);
        self.to.bind(params);
        self.excluded.bind(params);
    }
}
