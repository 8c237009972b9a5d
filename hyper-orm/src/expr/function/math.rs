//! Functions of numbers.

use super::call::{carried, functions, methods};
use super::{Arg, Call, Carries, Function};
use crate::expr::{Expr, Node};
use crate::field::Field;

/// A column type that is a number in PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "this is a function of numbers",
    note = "`.cast::<f64>()` makes a number of an expression"
)]
pub trait Number: Field {
    /// What PostgreSQL computes roots, logarithms and rounded values of it as: `f64` for all but exact numbers.
    type Real: Carries<Base = Self::Real>;
    /// How it is rounded to some digits.
    type RoundTo: Function;
    /// How its logarithm is taken.
    type Log: Function;
}

/// A number that has a remainder: all but floating-point numbers.
#[diagnostic::on_unimplemented(
    message = "PostgreSQL has no remainder of `{Self}`",
    label = "expected whole or exact numbers"
)]
pub trait Modulo: Number {}

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl Number for $type {
            type Real = f64;
            type RoundTo = RoundTo;
            type Log = Log;
        }
    )+};
}

numbers!(i16, i32, i64, f32, f64);

/// Exact numbers stay exact.
#[cfg(feature = "decimal")]
impl Number for rust_decimal::Decimal {
    type Real = Self;
    type RoundTo = RoundExactTo;
    type Log = LogExact;
}

#[cfg(feature = "decimal")]
impl Modulo for rust_decimal::Decimal {}

impl Modulo for i16 {}
impl Modulo for i32 {}
impl Modulo for i64 {}

functions! {
    Abs("abs(", ")") Nulls::Any;
    Mod("mod(", ", ", ")") Nulls::Any;
    Ceil("ceil(", ")") Nulls::Any;
    Floor("floor(", ")") Nulls::Any;
    Round("round(", ")") Nulls::Any;
    RoundTo("round(", "::numeric, ", ")::double precision") Nulls::Any;
    Sign("sign(", ")") Nulls::Any;
    Sqrt("sqrt(", ")") Nulls::Any;
    Exp("exp(", ")") Nulls::Any;
    Ln("ln(", ")") Nulls::Any;
    RoundExactTo("round(", ", ", ")") Nulls::Any;
    LogExact("log(", "::numeric, ", ")") Nulls::Any;
    Log("log(", "::numeric, ", "::numeric)::double precision") Nulls::Any;
    Power("power(", "::double precision, ", ")") Nulls::Any;
    Sin("sin(", ")") Nulls::Any;
    Cos("cos(", ")") Nulls::Any;
    Tan("tan(", ")") Nulls::Any;
    Cot("cot(", ")") Nulls::Any;
    ASin("asin(", ")") Nulls::Any;
    ACos("acos(", ")") Nulls::Any;
    ATan("atan(", ")") Nulls::Any;
    ATan2("atan2(", ", ", ")") Nulls::Any;
    Degrees("degrees(", ")") Nulls::Any;
    Radians("radians(", ")") Nulls::Any;
    Random("random()") Nulls::Never;
    Pi("pi()") Nulls::Never;
}

methods! {
    Number;

    /// Django's `Abs`, `score__abs`: without its sign.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.score.abs().sql(), r#"abs("posts"."score")"#);
    /// ```
    abs / Abs() -> T::Base;

    /// Django's `Ceil`: the least whole number that is not below it.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.ceil().sql(), r#"ceil("events"."price")"#);
    /// ```
    ceil / Ceil() -> <T::Base as Number>::Real;

    /// Django's `Floor`: the greatest whole number that is not above it.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.floor().sql(), r#"floor("events"."price")"#);
    /// ```
    floor / Floor() -> <T::Base as Number>::Real;

    /// Django's `Round`: to a whole number. PostgreSQL rounds halves of floating-point numbers to the even neighbour, and
    /// those of exact numbers away from zero.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.round().sql(), r#"round("events"."price")"#);
    /// ```
    round / Round() -> <T::Base as Number>::Real;

    /// Django's `Sign`: -1, 0 or 1.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.score.sign().sql(), r#"sign("posts"."score")"#);
    /// ```
    sign / Sign() -> <T::Base as Number>::Real;

    /// Django's `Sqrt`: the square root. That of a negative number makes the statement fail.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.score.sqrt().sql(), r#"sqrt("posts"."score")"#);
    /// ```
    sqrt / Sqrt() -> <T::Base as Number>::Real;

    /// Django's `Exp`: e to this power. What is too large for the type makes the statement fail.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.exp().sql(), r#"exp("events"."price")"#);
    /// ```
    exp / Exp() -> <T::Base as Number>::Real;

    /// Django's `Ln`: the natural logarithm. That of zero and below makes the statement fail.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.ln().sql(), r#"ln("events"."price")"#);
    /// ```
    ln / Ln() -> <T::Base as Number>::Real;

    /// Django's `Power`: to this power, as floating-point numbers.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Power("score", 2)
    /// assert_eq!(
    ///     Post.score.power(2.0).sql(),
    ///     r#"power("posts"."score"::double precision, $1::double precision)"#
    /// );
    /// ```
    power / Power(exponent: A = f64) -> f64;

    /// Django's `Sin`, of radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.sin().sql(), r#"sin("events"."price")"#);
    /// ```
    sin / Sin() -> f64;

    /// Django's `Cos`, of radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.cos().sql(), r#"cos("events"."price")"#);
    /// ```
    cos / Cos() -> f64;

    /// Django's `Tan`, of radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.tan().sql(), r#"tan("events"."price")"#);
    /// ```
    tan / Tan() -> f64;

    /// Django's `Cot`, of radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.cot().sql(), r#"cot("events"."price")"#);
    /// ```
    cot / Cot() -> f64;

    /// Django's `ASin`, in radians. What is not between -1 and 1 makes the statement fail.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.asin().sql(), r#"asin("events"."price")"#);
    /// ```
    asin / ASin() -> f64;

    /// Django's `ACos`, in radians. What is not between -1 and 1 makes the statement fail.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.acos().sql(), r#"acos("events"."price")"#);
    /// ```
    acos / ACos() -> f64;

    /// Django's `ATan`, in radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.atan().sql(), r#"atan("events"."price")"#);
    /// ```
    atan / ATan() -> f64;

    /// Django's `ATan2`: the angle of the point of which this is y, in radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.atan2(2.0).sql(), r#"atan2("events"."price", $1::double precision)"#);
    /// ```
    atan2 / ATan2(x: A = f64) -> f64;

    /// Django's `Degrees`: radians as degrees.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.degrees().sql(), r#"degrees("events"."price")"#);
    /// ```
    degrees / Degrees() -> f64;

    /// Django's `Radians`: degrees as radians.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.price.radians().sql(), r#"radians("events"."price")"#);
    /// ```
    radians / Radians() -> f64;
}

methods! {
    Modulo;

    /// Django's `Mod`: the remainder of a division, with the sign of the dividend, as by `%`. By zero the statement fails.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.score.modulo(7).sql(), r#"mod("posts"."score", $1::integer)"#);
    /// ```
    modulo / Mod(divisor: A = T::Base) -> T::Base;
}

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: Number,
{
    /// Django's `Round(x, precision=n)`: to so many digits behind the point, to tens and hundreds when negative. Halves
    /// go away from zero.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.price.round_to(2).sql(),
    ///     r#"round("events"."price"::numeric, $1::integer)::double precision"#
    /// );
    /// ```
    pub fn round_to<A: Arg<R, i32>>(
        self,
        digits: A,
    ) -> Expr<
        R,
        T::Carry<carried!(R; <T::Base as Number>::Real; A: i32)>,
        Call<<T::Base as Number>::RoundTo, (N, A::Node)>,
    > {
        Expr::new(Call::new((self.node, digits.into_arg())))
    }

    /// Django's `Log(base, x)`: the logarithm to a base.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Log(10, "price")
    /// assert_eq!(
    ///     Event.price.log(10.0).sql(),
    ///     r#"log($1::double precision::numeric, "events"."price"::numeric)::double precision"#
    /// );
    /// ```
    pub fn log<A: Arg<R, f64>>(
        self,
        base: A,
    ) -> Expr<
        R,
        T::Carry<carried!(R; <T::Base as Number>::Real; A: f64)>,
        Call<<T::Base as Number>::Log, (A::Node, N)>,
    > {
        Expr::new(Call::new((base.into_arg(), self.node)))
    }
}

/// Django's `Random`: a number from 0 on, below 1, another one for each row.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::random;
///
/// // Post.objects.order_by("?")[:3]
/// let query = Post::objects().order_by(random()).limit(3);
/// assert!(query.sql().ends_with(" ORDER BY random() LIMIT $1"));
/// ```
pub const fn random<R>() -> Expr<R, f64, Call<Random, ()>> {
    Expr::new(Call::new(()))
}

/// Django's `Pi`.
///
/// ```
/// # hyperdjango::__events!();
/// use hyperdjango::orm::functions::pi;
///
/// assert_eq!((Event.price * pi()).sql(), r#"("events"."price" * pi())"#);
/// ```
pub const fn pi<R>() -> Expr<R, f64, Call<Pi, ()>> {
    Expr::new(Call::new(()))
}
