//! Parameters that say what type they are, and `CAST`.

use std::marker::PhantomData;

use super::{Carries, IntoExpr};
use crate::copied::copied;
use crate::expr::{Expr, Node};
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

/// `$1::integer`: a parameter with its type, for places where PostgreSQL cannot tell it.
pub struct Typed<N, T>(N, PhantomData<fn() -> T>);

/// `CAST(a AS integer)`
pub struct Cast<N, T>(N, PhantomData<fn() -> T>);

impl<N, T> Typed<N, T> {
    pub(crate) const fn new(node: N) -> Self {
        Self(node, PhantomData)
    }
}

macro_rules! typed {
    ($($name:ident: $before:literal, $between:literal, $after:literal;)+) => {$(
        impl<N: Node, T: Field> Node for $name<N, T> {
            const ROPE: Rope = &[
                Part::Text($before),
                Part::Rope(N::ROPE),
                Part::Text($between),
                Part::Text(T::DECLARATION),
                Part::Text($after),
            ];
            const NULLABLE: bool = N::NULLABLE;

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
            }
        }

        copied! { $name<N, T> { 0: N; 1 } }
    )+};
}

typed! {
    Typed: "", "::", "";
    Cast: "CAST(", " AS ", ")";
}

/// Django's `Value(x)`: a value of the program's as an expression, a parameter with its type.
///
/// ```
/// # hyperdjango::__events!();
/// let query = Event::objects().values((Event.id, value("event")));
/// assert_eq!(query.sql(), r#"SELECT "events"."id", $1::text FROM "events""#);
/// ```
pub fn value<R, V: IntoExpr<R>>(value: V) -> Expr<R, V::Type, V::Node> {
    value.into_expr()
}

impl<R, T: Carries, N: Node> Expr<R, T, N> {
    /// Django's `Cast(a, output_field=..)`: converts to another column type, as PostgreSQL does. NULL stays NULL.
    ///
    /// A text that is no value of the type makes the statement fail, as does a number out of its range; both are a
    /// [422](crate::Error). Fractions are rounded.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.seats.cast::<String>().sql(), r#"CAST("events"."seats" AS text)"#);
    /// ```
    pub fn cast<U: Carries<Base = U>>(self) -> Expr<R, T::Carry<U>, Cast<N, U>> {
        Expr::new(Cast(self.node, PhantomData))
    }
}
