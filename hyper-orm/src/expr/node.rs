//! What expressions are made of: columns, values, and whatever combines them.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::types::ToSql;

use crate::field::Field;
use crate::model::{HasColumn, Path};
use crate::sql::{Params, Part, Rope};
use crate::validation::{Check, Rules};

/// A piece of SQL known when the program is compiled, and the values that go with it.
pub trait Node: Send + Sync {
    /// The SQL.
    const ROPE: Rope;
    /// Whether it can be NULL.
    const NULLABLE: bool;
    /// Whether it is a condition that needs parentheses to be compared with something.
    const LOOSE: bool = false;

    /// Hands over its values, in the order of the parameters in [`ROPE`](Self::ROPE).
    fn bind<'a>(&'a self, params: &mut Params<'a>);

    /// Holds its value, where it is one, against the rules of the column it is written to.
    fn check(&self, _rules: &Rules, _field: &'static str, _errors: &mut ValidationErrors) {}
}

/// Column number `I` of model `M`, at the end of path `P`.
pub struct Column<P, M, const I: usize>(PhantomData<fn() -> (P, M)>);

impl<P, M, const I: usize> Column<P, M, I> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<P: Path, M: HasColumn<I>, const I: usize> Node for Column<P, M, I> {
    const ROPE: Rope = &[Part::Column(P::NODE, M::NAMES[I])];
    const NULLABLE: bool = M::Type::NULLABLE || P::NODE.nullable;

    #[inline]
    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<P, M, const I: usize> Clone for Column<P, M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, M, const I: usize> Copy for Column<P, M, I> {}

/// A value of the program's, which becomes a parameter.
#[derive(Debug, Clone, Copy)]
pub struct Value<V>(pub(crate) V);

impl<V> Value<V> {
    /// A parameter of this value.
    pub const fn new(value: V) -> Self {
        Self(value)
    }
}

impl<V: ToSql + Check + Send + Sync> Node for Value<V> {
    const ROPE: Rope = &[Part::Param];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(&self.0);
    }

    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        self.0.check(rules, field, errors);
    }
}

/// A node's rope as it can stand beside `=` and `IS`.
pub(crate) struct Tight<N>(PhantomData<fn() -> N>);

impl<N: Node> Tight<N> {
    pub(crate) const ROPE: Rope =
        if N::LOOSE { &[Part::Text("("), Part::Rope(N::ROPE), Part::Text(")")] } else { N::ROPE };
}

/// Defines a condition of two nodes with text between them.
macro_rules! comparison_node {
    ($(#[$doc:meta])* $name:ident, $between:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<A, B>(pub(crate) A, pub(crate) B);

        impl<A: $crate::expr::Node, B: $crate::expr::Node> $crate::expr::Node for $name<A, B> {
            const ROPE: $crate::sql::Rope = {
                use $crate::expr::node::Tight;
                use $crate::sql::Part::{Rope, Text};
                &[Rope(Tight::<A>::ROPE), Text($between), Rope(Tight::<B>::ROPE)]
            };
            const NULLABLE: bool = A::NULLABLE || B::NULLABLE;
            const LOOSE: bool = true;

            #[inline]
            fn bind<'a>(&'a self, params: &mut $crate::sql::Params<'a>) {
                self.0.bind(params);
                self.1.bind(params);
            }
        }
    };
}
pub(crate) use comparison_node;

/// Defines a node of two others with text around and between them.
macro_rules! binary_node {
    ($(#[$doc:meta])* $name:ident, $before:literal, $between:literal, $after:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<A, B>(pub(crate) A, pub(crate) B);

        impl<A: $crate::expr::Node, B: $crate::expr::Node> $crate::expr::Node for $name<A, B> {
            const ROPE: $crate::sql::Rope = {
                use $crate::sql::Part::{Rope, Text};
                &[Text($before), Rope(A::ROPE), Text($between), Rope(B::ROPE), Text($after)]
            };
            const NULLABLE: bool = A::NULLABLE || B::NULLABLE;
            const LOOSE: bool = $before.is_empty();

            #[inline]
            fn bind<'a>(&'a self, params: &mut $crate::sql::Params<'a>) {
                self.0.bind(params);
                self.1.bind(params);
            }
        }
    };
}
pub(crate) use binary_node;
