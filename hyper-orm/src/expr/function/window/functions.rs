//! What can be computed over a window.

use super::over::{Kind, WindowFunction};
use crate::expr::function::call::functions;
use crate::expr::function::{Arg, Call, Carries, Function, IntoExpr};
use crate::field::{Field, Interval};

functions! {
    RowNumber("row_number()") Nulls::Never;
    Rank("rank()") Nulls::Never;
    DenseRank("dense_rank()") Nulls::Never;
    PercentRank("percent_rank()") Nulls::Never;
    CumeDist("cume_dist()") Nulls::Never;
    Ntile("ntile(", ")") Nulls::Any;
    Lag("lag(", ")") Nulls::Always;
    LagBy("lag(", ", ", ")") Nulls::Always;
    LagOr("lag(", ", ", ", ", ")") Nulls::Any;
    Lead("lead(", ")") Nulls::Always;
    LeadBy("lead(", ", ", ")") Nulls::Always;
    LeadOr("lead(", ", ", ", ", ")") Nulls::Any;
    FirstValue("first_value(", ")") Nulls::Any;
    LastValue("last_value(", ")") Nulls::Any;
    NthValue("nth_value(", ", ", ")") Nulls::Always;
    Sum("sum(", ")") Nulls::Any;
    Avg("avg(", ")") Nulls::Any;
    Min("min(", ")") Nulls::Any;
    Max("max(", ")") Nulls::Any;
    Count("count(", ")") Nulls::Never;
    CountAll("count(*)") Nulls::Never;
}

/// A place among rows, or a number of them: frames leave its type alone.
#[derive(Debug)]
pub struct Place;

/// A value of rows, of which a frame can have none.
#[derive(Debug)]
pub struct OfRows;

/// The same, made a `bigint`.
#[derive(Debug)]
pub struct Whole;

/// The same, made a `double precision`.
#[derive(Debug)]
pub struct Real;

impl Kind for Place {
    type Framed<T: Carries> = T;
}

impl Kind for OfRows {
    type Framed<T: Carries> = Option<T::Base>;
}

impl Kind for Whole {
    const BEFORE: &'static str = "(";
    const AFTER: &'static str = ")::bigint";
    type Framed<T: Carries> = Option<T::Base>;
}

impl Kind for Real {
    const BEFORE: &'static str = "(";
    const AFTER: &'static str = ")::double precision";
    type Framed<T: Carries> = Option<T::Base>;
}

/// A function of a user's own, from [`sql_function!`](crate::sql_function).
pub type OverRows<R, T, N> = WindowFunction<R, T, N, OfRows>;

/// Calls one; what `sql_function!` expands to.
#[doc(hidden)]
pub const fn over_rows<R, T: Field, F: Function, A>(arguments: A) -> OverRows<R, T, Call<F, A>> {
    WindowFunction::new(Call::new(arguments))
}

macro_rules! places {
    ($($(#[$doc:meta])* $name:ident / $node:ident -> $type:ty;)+) => {$(
        $(#[$doc])*
        pub const fn $name<R>() -> WindowFunction<R, $type, Call<$node, ()>, Place> {
            WindowFunction::new(Call::new(()))
        }
    )+};
}

places! {
    /// Django's `RowNumber`: 1, 2, 3, ... in the window's order.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{row_number, window};
    ///
    /// assert_eq!(window(row_number()).order_by(Post.id).sql(), r#"row_number() OVER (ORDER BY "posts"."id")"#);
    /// ```
    row_number / RowNumber -> i64;

    /// Django's `Rank`: the place, the same for rows that are equal in the order, with gaps behind those: 1, 2, 2, 4.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{rank, window};
    ///
    /// assert_eq!(window(rank()).order_by(Post.score).sql(), r#"rank() OVER (ORDER BY "posts"."score")"#);
    /// ```
    rank / Rank -> i64;

    /// Django's `DenseRank`: the place, without gaps: 1, 2, 2, 3.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{dense_rank, window};
    ///
    /// assert_eq!(window(dense_rank()).order_by(Post.score).sql(), r#"dense_rank() OVER (ORDER BY "posts"."score")"#);
    /// ```
    dense_rank / DenseRank -> i64;

    /// Django's `PercentRank`: the place from 0, the first, to 1, the last.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{percent_rank, window};
    ///
    /// assert_eq!(window(percent_rank()).order_by(Post.score).sql(), r#"percent_rank() OVER (ORDER BY "posts"."score")"#);
    /// ```
    percent_rank / PercentRank -> f64;

    /// Django's `CumeDist`: how many of the rows are up to this one, above 0, to 1.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{cume_dist, window};
    ///
    /// assert_eq!(window(cume_dist()).order_by(Post.score).sql(), r#"cume_dist() OVER (ORDER BY "posts"."score")"#);
    /// ```
    cume_dist / CumeDist -> f64;

    /// Django's `Count("*")` over a window: how many rows.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{count_all, window};
    ///
    /// let posts = window(count_all()).partition_by(Post.author.id);
    /// assert_eq!(posts.sql(), r#"count(*) OVER (PARTITION BY "posts"."author_id")"#);
    /// ```
    count_all / CountAll -> i64;
}

/// Django's `Ntile`: which of so many parts of equal size the row is in, from 1. Less than one part makes the statement
/// fail.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::{ntile, window};
///
/// assert_eq!(
///     window(ntile(4)).order_by(Post.score).sql(),
///     r#"ntile($1::integer) OVER (ORDER BY "posts"."score")"#
/// );
/// ```
pub fn ntile<R, A: Arg<R, i32>>(
    parts: A,
) -> WindowFunction<R, <A::Type as Carries>::Carry<i32>, Call<Ntile, (A::Node,)>, Place> {
    WindowFunction::new(Call::new((parts.into_arg(),)))
}

/// The type without `Option` of an expression.
type BaseOf<R, E> = <<E as IntoExpr<R>>::Type as Field>::Base;

macro_rules! neighbours {
    ($(
        $(#[$doc:meta])* $name:ident / $node:ident,
        $(#[$by_doc:meta])* $by:ident / $by_node:ident,
        $(#[$or_doc:meta])* $or:ident / $or_node:ident;
    )+) => {$(
        $(#[$doc])*
        pub fn $name<R, E: IntoExpr<R>>(
            expression: E,
        ) -> WindowFunction<R, Option<BaseOf<R, E>>, Call<$node, (E::Node,)>, Place> {
            WindowFunction::new(Call::new((expression.into_expr().node,)))
        }

        $(#[$by_doc])*
        pub fn $by<R, E: IntoExpr<R>, A: Arg<R, i32>>(
            expression: E,
            rows: A,
        ) -> WindowFunction<R, Option<BaseOf<R, E>>, Call<$by_node, (E::Node, A::Node)>, Place> {
            WindowFunction::new(Call::new((expression.into_expr().node, rows.into_arg())))
        }

        $(#[$or_doc])*
        pub fn $or<R, E: IntoExpr<R>, A: Arg<R, i32>, V: Arg<R, BaseOf<R, E>>>(
            expression: E,
            rows: A,
            default: V,
        ) -> WindowFunction<
            R,
            <E::Type as Carries>::Carry<<A::Type as Carries>::Carry<V::Type>>,
            Call<$or_node, (E::Node, A::Node, V::Node)>,
            Place,
        > {
            WindowFunction::new(Call::new((expression.into_expr().node, rows.into_arg(), default.into_arg())))
        }
    )+};
}

neighbours! {
    /// Django's `Lag`: the value of the row before; NULL of the first row.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{lag, window};
    ///
    /// assert_eq!(
    ///     window(lag(Post.title)).order_by(Post.id).sql(),
    ///     r#"lag("posts"."title") OVER (ORDER BY "posts"."id")"#
    /// );
    /// ```
    lag / Lag,
    /// Django's `Lag(.., offset=n)`: the value of the row so many rows before.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{lag_by, window};
    ///
    /// assert_eq!(
    ///     window(lag_by(Post.title, 2)).order_by(Post.id).sql(),
    ///     r#"lag("posts"."title", $1::integer) OVER (ORDER BY "posts"."id")"#
    /// );
    /// ```
    lag_by / LagBy,
    /// Django's `Lag(.., offset=n, default=..)`: the value of the row so many rows before, or this where there is none.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{lag_or, window};
    ///
    /// assert_eq!(
    ///     window(lag_or(Post.score, 1, 0)).order_by(Post.id).sql(),
    ///     r#"lag("posts"."score", $1::integer, $2::integer) OVER (ORDER BY "posts"."id")"#
    /// );
    /// ```
    lag_or / LagOr;

    /// Django's `Lead`: the value of the next row; NULL of the last row.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{lead, window};
    ///
    /// assert_eq!(
    ///     window(lead(Post.title)).order_by(Post.id).sql(),
    ///     r#"lead("posts"."title") OVER (ORDER BY "posts"."id")"#
    /// );
    /// ```
    lead / Lead,
    /// Django's `Lead(.., offset=n)`: the value of the row so many rows behind.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{lead_by, window};
    ///
    /// assert_eq!(
    ///     window(lead_by(Post.title, 2)).order_by(Post.id).sql(),
    ///     r#"lead("posts"."title", $1::integer) OVER (ORDER BY "posts"."id")"#
    /// );
    /// ```
    lead_by / LeadBy,
    /// Django's `Lead(.., offset=n, default=..)`: the value of the row so many rows behind, or this where there is none.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{lead_or, window};
    ///
    /// assert_eq!(
    ///     window(lead_or(Post.score, 1, 0)).order_by(Post.id).sql(),
    ///     r#"lead("posts"."score", $1::integer, $2::integer) OVER (ORDER BY "posts"."id")"#
    /// );
    /// ```
    lead_or / LeadOr;
}

macro_rules! of_rows {
    ($($(#[$doc:meta])* $name:ident / $node:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<R, E: IntoExpr<R>>(
            expression: E,
        ) -> WindowFunction<R, E::Type, Call<$node, (E::Node,)>, OfRows> {
            WindowFunction::new(Call::new((expression.into_expr().node,)))
        }
    )+};
}

of_rows! {
    /// Django's `FirstValue`: the value of the frame's first row.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{first_value, window};
    ///
    /// let best = window(first_value(Post.title)).partition_by(Post.author.id).order_by(Post.score.desc());
    /// assert_eq!(
    ///     best.sql(),
    ///     r#"first_value("posts"."title") OVER (PARTITION BY "posts"."author_id" ORDER BY "posts"."score" DESC)"#
    /// );
    /// ```
    first_value / FirstValue;

    /// Django's `LastValue`: the value of the frame's last row, which is this one or one equal to it unless a frame is given
    /// that goes on to `UnboundedFollowing`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{CurrentRow, UnboundedFollowing, last_value, window};
    ///
    /// let last = window(last_value(Post.title)).order_by(Post.id).rows_between(CurrentRow, UnboundedFollowing);
    /// assert_eq!(
    ///     last.sql(),
    ///     r#"last_value("posts"."title") OVER (ORDER BY "posts"."id" ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"#
    /// );
    /// ```
    last_value / LastValue;

    /// Django's `Min` over a window.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{min, window};
    ///
    /// assert_eq!(window(min(Post.score)).sql(), r#"min("posts"."score") OVER ()"#);
    /// ```
    min / Min;

    /// Django's `Max` over a window.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{max, window};
    ///
    /// assert_eq!(window(max(Post.score)).sql(), r#"max("posts"."score") OVER ()"#);
    /// ```
    max / Max;
}

/// Django's `NthValue`: the value of the frame's row of this number, counted from 1; NULL if there is none.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::{nth_value, window};
///
/// assert_eq!(
///     window(nth_value(Post.title, 2)).order_by(Post.id).sql(),
///     r#"nth_value("posts"."title", $1::integer) OVER (ORDER BY "posts"."id")"#
/// );
/// ```
pub fn nth_value<R, E: IntoExpr<R>, A: Arg<R, i32>>(
    expression: E,
    number: A,
) -> WindowFunction<R, Option<BaseOf<R, E>>, Call<NthValue, (E::Node, A::Node)>, OfRows> {
    WindowFunction::new(Call::new((expression.into_expr().node, number.into_arg())))
}

/// Django's `Count` over a window: in how many rows it is not NULL.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::{count, window};
///
/// assert_eq!(window(count(Post.url)).sql(), r#"count("posts"."url") OVER ()"#);
/// ```
pub fn count<R, E: IntoExpr<R>>(expression: E) -> WindowFunction<R, i64, Call<Count, (E::Node,)>, Place> {
    WindowFunction::new(Call::new((expression.into_expr().node,)))
}

/// A number of which there are sums.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be added up",
    label = "expected a number"
)]
pub trait Sums: Field {
    /// The sum's type.
    type Sum: Carries;
    /// How it is read.
    type Kind: Kind;
}

/// A number of which there are averages.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no average",
    label = "expected a number"
)]
pub trait Averages: Field {
    /// The average's type.
    type Average: Carries;
    /// How it is read.
    type Kind: Kind;
}

macro_rules! numbers {
    ($($type:ty: $sum:ty, $sum_kind:ty; $average:ty, $average_kind:ty;)+) => {$(
        impl Sums for $type {
            type Sum = $sum;
            type Kind = $sum_kind;
        }

        impl Averages for $type {
            type Average = $average;
            type Kind = $average_kind;
        }
    )+};
}

numbers! {
    i16: i64, OfRows; f64, Real;
    i32: i64, OfRows; f64, Real;
    i64: i64, Whole; f64, Real;
    f32: f32, OfRows; f64, OfRows;
    f64: f64, OfRows; f64, OfRows;
}

numbers! {
    Interval: Interval, OfRows; Interval, OfRows;
}

#[cfg(feature = "decimal")]
numbers! {
    rust_decimal::Decimal: rust_decimal::Decimal, OfRows; rust_decimal::Decimal, OfRows;
}

/// Django's `Sum` over a window. Whole numbers are added up as `i64`; a sum beyond that makes the statement fail.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::{sum, window};
///
/// // Window(Sum("score"), order_by="id"): the sum so far
/// assert_eq!(
///     window(sum(Post.score)).order_by(Post.id).sql(),
///     r#"sum("posts"."score") OVER (ORDER BY "posts"."id")"#
/// );
/// assert_eq!(window(sum(Post.id)).sql(), r#"(sum("posts"."id") OVER ())::bigint"#);
/// ```
pub fn sum<R, E: IntoExpr<R>>(
    expression: E,
) -> WindowFunction<
    R,
    <E::Type as Carries>::Carry<<BaseOf<R, E> as Sums>::Sum>,
    Call<Sum, (E::Node,)>,
    <BaseOf<R, E> as Sums>::Kind,
>
where
    BaseOf<R, E>: Sums,
{
    WindowFunction::new(Call::new((expression.into_expr().node,)))
}

/// Django's `Avg` over a window.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::window::{avg, window};
///
/// assert_eq!(
///     window(avg(Post.score)).partition_by(Post.author.id).sql(),
///     r#"(avg("posts"."score") OVER (PARTITION BY "posts"."author_id"))::double precision"#
/// );
/// ```
pub fn avg<R, E: IntoExpr<R>>(
    expression: E,
) -> WindowFunction<
    R,
    <E::Type as Carries>::Carry<<BaseOf<R, E> as Averages>::Average>,
    Call<Avg, (E::Node,)>,
    <BaseOf<R, E> as Averages>::Kind,
>
where
    BaseOf<R, E>: Averages,
{
    WindowFunction::new(Call::new((expression.into_expr().node,)))
}
