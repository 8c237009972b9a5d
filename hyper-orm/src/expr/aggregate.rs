//! Aggregates: `count`, `sum`, `avg` and their kind, over all rows of a query or over each group of them.

use std::marker::PhantomData;

use super::Expr;
use super::logic::Condition;
use super::node::Node;
use crate::field::{Duration, Field, Interval, Money};
use crate::sql::{Params, Part, Rope};

/// Groups of rows of `R`: what aggregates are expressions over. A condition on aggregates is one of `having`, not of
/// `filter`, and so is of another type.
#[derive(Debug)]
pub struct Group<R>(PhantomData<fn() -> R>);

/// An aggregate function's text.
pub trait AggregateFunction: Send + Sync + 'static {
    /// Before its argument: `sum(`.
    const OPEN: &'static str;
    /// Whether it is NULL over no rows.
    const NULLABLE: bool;
}

/// A type whose values can be added up, as PostgreSQL does it: numbers, money, lengths of time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added up",
    label = "neither a number nor a length of time",
    note = "`sum` and `avg` are of numbers and intervals; `count`, `min` and `max` are of anything"
)]
pub trait Summed: Field {
    /// The type of a sum.
    type Sum: Field;
    /// The type of an average.
    type Average: Field;
    /// What brings PostgreSQL's sum to that type; empty where it is.
    const SUM: &'static str;
    /// What brings PostgreSQL's average to that type.
    const AVERAGE: &'static str;
}

/// A type whose values are spread around a middle: numbers and money.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "`stddev` and `variance` are of numbers"
)]
pub trait Number: Summed {}

macro_rules! summed {
    ($($type:ty => $sum:ty, $sum_cast:literal, $average:ty, $average_cast:literal;)+) => {$(
        impl Summed for $type {
            type Sum = $sum;
            type Average = $average;
            const SUM: &'static str = $sum_cast;
            const AVERAGE: &'static str = $average_cast;
        }
    )+};
}

macro_rules! numbers {
    ($($number:ty => $sum:ty, $sum_cast:literal, $average:ty, $average_cast:literal;)+) => {
        summed! { $($number => $sum, $sum_cast, $average, $average_cast;)+ }
        $(impl Number for $number {})+
    };
}

// PostgreSQL adds up bigints to a numeric; who needs more than 64 bits casts before.
numbers! {
    i16 => i64, "", f64, "::double precision";
    i32 => i64, "", f64, "::double precision";
    i64 => i64, "::bigint", f64, "::double precision";
    f32 => f32, "", f64, "";
    f64 => f64, "", f64, "";
    Money => Money, "::bigint", f64, "::double precision";
}

summed! {
    Interval => Interval, "", Interval, "";
    Duration => Duration, "", Duration, "";
}

#[cfg(feature = "decimal")]
numbers! {
    rust_decimal::Decimal => rust_decimal::Decimal, "", rust_decimal::Decimal, "";
}

/// No condition on the rows an aggregate looks at.
#[derive(Debug, Clone, Copy)]
pub struct EveryRow;

impl Node for EveryRow {
    const ROPE: Rope = &[];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// `sum(a)`, `count(DISTINCT a)`, `avg(a) FILTER (WHERE c)`
#[derive(Debug, Clone, Copy)]
pub struct Aggregate<F, A, C = EveryRow, const DISTINCT: bool = false> {
    argument: A,
    condition: C,
    function: PhantomData<fn() -> F>,
}

impl<F: AggregateFunction, A: Node, C: Node, const DISTINCT: bool> Node for Aggregate<F, A, C, DISTINCT> {
    const ROPE: Rope = &[
        Part::Text(F::OPEN),
        Part::Text(if DISTINCT { "DISTINCT " } else { "" }),
        Part::Rope(A::ROPE),
        Part::Text(")"),
        Part::Rope(if C::ROPE.is_empty() {
            &[]
        } else {
            &[Part::Text(" FILTER (WHERE "), Part::Rope(C::ROPE), Part::Text(")")]
        }),
    ];
    const NULLABLE: bool = F::NULLABLE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.argument.bind(params);
        self.condition.bind(params);
    }
}

/// An aggregate brought to the type that `T` says: `(sum(a))::bigint`.
#[derive(Debug, Clone, Copy)]
pub struct SumOf<T, G>(G, PhantomData<fn() -> T>);

/// As [`SumOf`], of an average.
#[derive(Debug, Clone, Copy)]
pub struct AverageOf<T, G>(G, PhantomData<fn() -> T>);

const fn cast(rope: Rope, to: &'static str, both: Rope) -> Rope {
    if to.is_empty() { rope } else { both }
}

macro_rules! brought {
    ($($name:ident $cast:ident;)+) => {$(
        impl<T: Summed, G: Node> Node for $name<T, G> {
            const ROPE: Rope = cast(
                G::ROPE,
                T::$cast,
                &[Part::Text("("), Part::Rope(G::ROPE), Part::Text(")"), Part::Text(T::$cast)],
            );
            const NULLABLE: bool = G::NULLABLE;

            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
            }
        }

        impl<T, G: Narrow> Narrow for $name<T, G> {
            type Distinct = $name<T, G::Distinct>;
            type Where<C: Node> = $name<T, G::Where<C>>;

            fn distinct(self) -> Self::Distinct {
                $name(self.0.distinct(), PhantomData)
            }

            fn filter<C: Node>(self, condition: C) -> Self::Where<C> {
                $name(self.0.filter(condition), PhantomData)
            }
        }
    )+};
}

brought! {
    SumOf SUM;
    AverageOf AVERAGE;
}

/// An aggregate that can look at fewer rows.
pub trait Narrow: Sized {
    /// Over different values only.
    type Distinct;
    /// Over the rows a condition holds for.
    type Where<C: Node>;

    #[doc(hidden)]
    fn distinct(self) -> Self::Distinct;
    #[doc(hidden)]
    fn filter<C: Node>(self, condition: C) -> Self::Where<C>;
}

impl<F, A, C, const DISTINCT: bool> Narrow for Aggregate<F, A, C, DISTINCT> {
    type Distinct = Aggregate<F, A, C, true>;
    type Where<D: Node> = Aggregate<F, A, D, DISTINCT>;

    fn distinct(self) -> Self::Distinct {
        Aggregate { argument: self.argument, condition: self.condition, function: PhantomData }
    }

    fn filter<D: Node>(self, condition: D) -> Self::Where<D> {
        Aggregate { argument: self.argument, condition, function: PhantomData }
    }
}

impl<R, T, N: Narrow> Expr<Group<R>, T, N> {
    /// Over different values only: `count(DISTINCT a)`.
    pub fn distinct(self) -> Expr<Group<R>, T, N::Distinct> {
        Expr::new(self.node.distinct())
    }

    /// Django's `filter=`: over the rows this holds for, `FILTER (WHERE ..)`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let by_author = Post::objects()
    ///     .values(Post.author.id)
    ///     .annotate((count(), count().filter(Post.score.gt(10))));
    /// assert_eq!(by_author.sql(), concat!(
    ///     r#"SELECT "posts"."author_id", count(*), count(*) FILTER (WHERE "posts"."score" > $1) "#,
    ///     r#"FROM "posts" GROUP BY 1"#
    /// ));
    /// ```
    pub fn filter<C: Condition<R>>(self, condition: C) -> Expr<Group<R>, T, N::Where<C::Node>> {
        Expr::new(self.node.filter(condition.into_node()))
    }
}

/// `*`, the argument of `count(*)`.
#[derive(Debug, Clone, Copy)]
pub struct Star;

impl Node for Star {
    const ROPE: Rope = &[Part::Text("*")];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// Django's `Count("*")`: how many rows, `count(*)`.
///
/// ```
/// # hyperdjango::__blog!();
/// let posts = Post::objects().values(Post.author.name).annotate(count());
/// assert!(posts.sql().starts_with(r#"SELECT "author"."name", count(*) FROM "posts""#));
/// ```
#[must_use]
pub fn count<R>() -> Expr<Group<R>, i64, Aggregate<aggregates::Count, Star>> {
    aggregate(Star)
}

const fn aggregate<R, T, F, A>(argument: A) -> Expr<Group<R>, T, Aggregate<F, A>> {
    Expr::new(Aggregate { argument, condition: EveryRow, function: PhantomData })
}

/// The functions, a type each.
pub mod aggregates {
    use super::AggregateFunction;

    macro_rules! functions {
        ($($name:ident $open:literal $nullable:literal;)+) => {$(
            #[doc = concat!("`", $open, ")`")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl AggregateFunction for $name {
                const OPEN: &'static str = $open;
                const NULLABLE: bool = $nullable;
            }
        )+};
    }

    functions! {
        Count "count(" false;
        Sum "sum(" true;
        Avg "avg(" true;
        Min "min(" true;
        Max "max(" true;
        StdDev "stddev_pop(" true;
        StdDevSample "stddev_samp(" true;
        Variance "var_pop(" true;
        VarianceSample "var_samp(" true;
        All "bool_and(" true;
        Any "bool_or(" true;
    }
}

/// `T` with `Option`: no rows have no sum.
type Nullable<T> = <T as Field>::Nullable;

impl<R, T: Field, N: Node> Expr<R, T, N> {
    /// Django's `Count`: of how many rows it is not NULL, `count(a)`.
    pub fn count(self) -> Expr<Group<R>, i64, Aggregate<aggregates::Count, N>> {
        aggregate(self.node)
    }

    /// Django's `Min`: the least value, `min(a)`.
    pub fn min(self) -> Expr<Group<R>, T::Nullable, Aggregate<aggregates::Min, N>> {
        aggregate(self.node)
    }

    /// Django's `Max`: the greatest value, `max(a)`.
    pub fn max(self) -> Expr<Group<R>, T::Nullable, Aggregate<aggregates::Max, N>> {
        aggregate(self.node)
    }
}

/// An aggregate that adds up, and the type it is brought to.
type Brought<R, T, O> = Expr<Group<R>, T, O>;

impl<R, T: Field<Base: Summed>, N: Node> Expr<R, T, N> {
    /// Django's `Sum`: `sum(a)`. Of `i16`, `i32` and `i64` it is an `i64`, and more than that is an error; of
    /// `Decimal`, `Money`, floating-point numbers, [`Interval`] and [`Duration`] it is one of them.
    pub fn sum(
        self,
    ) -> Brought<R, Nullable<<T::Base as Summed>::Sum>, SumOf<T::Base, Aggregate<aggregates::Sum, N>>> {
        Expr::new(SumOf(aggregate::<R, T, _, _>(self.node).node, PhantomData))
    }

    /// Django's `Avg`: `avg(a)`. Of whole numbers and `Money` it is an `f64`, of `Decimal`, [`Interval`] and
    /// [`Duration`] it is one of them.
    ///
    /// ```
    /// # use hyperdjango::orm::field::Duration;
    /// # use hyperdjango::prelude::*;
    /// #[derive(Model)]
    /// #[model(table = "calls")]
    /// struct Call {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     length: Duration,
    /// }
    /// # async fn f(db: &Db) -> Result<()> {
    /// let (all, mean): (Option<Duration>, Option<Duration>) =
    ///     Call::objects().aggregate(db, (Call.length.sum(), Call.length.avg())).await?;
    /// # Ok(()) }
    /// assert_eq!(Call::objects().aggregate_sql(&Call.length.avg()), r#"SELECT avg("calls"."length") FROM "calls""#);
    /// ```
    pub fn avg(
        self,
    ) -> Brought<R, Nullable<<T::Base as Summed>::Average>, AverageOf<T::Base, Aggregate<aggregates::Avg, N>>>
    {
        Expr::new(AverageOf(aggregate::<R, T, _, _>(self.node).node, PhantomData))
    }
}

macro_rules! spread {
    ($($(#[$doc:meta])* $method:ident $function:ident;)+) => {
        impl<R, T: Field<Base: Number>, N: Node> Expr<R, T, N> {$(
            $(#[$doc])*
            pub fn $method(
                self,
            ) -> Brought<
                R,
                Nullable<<T::Base as Summed>::Average>,
                AverageOf<T::Base, Aggregate<aggregates::$function, N>>,
            > {
                Expr::new(AverageOf(aggregate::<R, T, _, _>(self.node).node, PhantomData))
            }
        )+}
    };
}

spread! {
    /// Django's `StdDev`: the standard deviation of these values, `stddev_pop(a)`.
    stddev StdDev;
    /// Django's `StdDev(sample=True)`: the standard deviation of what they are a sample of, `stddev_samp(a)`.
    stddev_sample StdDevSample;
    /// Django's `Variance`: the variance of these values, `var_pop(a)`.
    variance Variance;
    /// Django's `Variance(sample=True)`: the variance of what they are a sample of, `var_samp(a)`.
    variance_sample VarianceSample;
}

impl<R, T: Field<Base = bool>, N: Node> Expr<R, T, N> {
    /// Django's `BoolAnd`: whether it is true of every row, `bool_and(a)`.
    pub fn bool_and(self) -> Expr<Group<R>, Option<bool>, Aggregate<aggregates::All, N>> {
        aggregate(self.node)
    }

    /// Django's `BoolOr`: whether it is true of any row, `bool_or(a)`.
    pub fn bool_or(self) -> Expr<Group<R>, Option<bool>, Aggregate<aggregates::Any, N>> {
        aggregate(self.node)
    }
}

/// `array_agg(a ORDER BY a)`
#[derive(Debug, Clone, Copy)]
pub struct ArrayAgg<A>(A);

impl<A: Node> Node for ArrayAgg<A> {
    const ROPE: Rope = &[
        Part::Text("array_agg("),
        Part::Rope(A::ROPE),
        Part::Text(" ORDER BY "),
        Part::Rope(A::ROPE),
        Part::Text(")"),
    ];
    const NULLABLE: bool = true;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.0.bind(params);
    }
}

impl<R, T: Field, N: Node> Expr<R, T, N>
where
    Vec<T>: Field,
{
    /// Django's `ArrayAgg`: all values in order as one array, `array_agg(a ORDER BY a)`; NULL of no rows.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let titles = Post::objects().values(Post.author.id).annotate(Post.title.array_agg());
    /// assert!(titles.sql().contains(r#", array_agg("posts"."title" ORDER BY "posts"."title") FROM "#));
    /// let titles: Vec<(i64, Option<Vec<String>>)> = titles.all(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn array_agg(self) -> Expr<Group<R>, <Vec<T> as Field>::Nullable, ArrayAgg<N>> {
        Expr::new(ArrayAgg(self.node))
    }
}

/// `string_agg(a, separator ORDER BY a)`
#[derive(Debug, Clone, Copy)]
pub struct StringAgg<A, S>(A, S);

impl<A: Node, S: Node> Node for StringAgg<A, S> {
    const ROPE: Rope = &[
        Part::Text("string_agg("),
        Part::Rope(A::ROPE),
        Part::Text(", "),
        Part::Rope(S::ROPE),
        Part::Text(" ORDER BY "),
        Part::Rope(A::ROPE),
        Part::Text(")"),
    ];
    const NULLABLE: bool = true;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
        self.0.bind(params);
    }
}

impl<R, T: Field<Base = String>, N: Node> Expr<R, T, N> {
    /// Django's `StringAgg`: all values in order with this between them, `string_agg(a, $1 ORDER BY a)`.
    pub fn string_agg(
        self,
        separator: &str,
    ) -> Expr<Group<R>, Option<String>, StringAgg<N, super::Value<String>>> {
        Expr::new(StringAgg(self.node, super::Value(separator.to_owned())))
    }
}
