//! Queries put together: `UNION`, `INTERSECT`, `EXCEPT`.

use std::marker::PhantomData;

use hyper_core::db::{Column, DatabaseError, Reader};

use super::query_set::QuerySet;
use super::run;
use super::subquery::Select;
use super::window::Window;
use crate::error::Result;
use crate::expr::{Group, Node, Order, Ordering};
use crate::query::asked::asked_freely;
use crate::row::{JsonRows, RowReader};
use crate::sql::{Params, Part, Rope, Text};

/// Two queries of the same rows, put together in the way `K`.
#[derive(Debug)]
#[must_use = "a query does nothing until `.all(db)`, `.count(db)`, ..."]
pub struct Combined<A, B, K, O = Unsorted, L = Window<false, false>> {
    first: A,
    second: B,
    order: O,
    window: L,
    way: PhantomData<fn() -> K>,
}

impl<A: Clone, B: Clone, K, O: Clone, L: Clone> Clone for Combined<A, B, K, O, L> {
    fn clone(&self) -> Self {
        let Self { first, second, order, window, way } = self;
        Self {
            first: first.clone(),
            second: second.clone(),
            order: order.clone(),
            window: window.clone(),
            way: *way,
        }
    }
}

/// How two queries are put together.
pub trait Combination: 'static {
    /// Between them.
    const WORD: &'static str;
}

macro_rules! ways {
    ($($name:ident $word:literal $method:ident $(#[$doc:meta])*;)+) => {
        $(
            #[doc = concat!("`", $word, "`")]
            #[derive(Debug)]
            pub struct $name;

            impl Combination for $name {
                const WORD: &'static str = concat!(") ", $word, " (");
            }
        )+

        impl<M, S, W, O, L> QuerySet<M, S, W, O, L> {$(
            $(#[$doc])*
            pub fn $method<B>(self, other: B) -> Combined<Self, B, $name>
            where
                Self: Select,
                B: Select<Row = <Self as Select>::Row>,
            {
                combine(self, other)
            }
        )+}

        impl<A, C, K, O, L> Combined<A, C, K, O, L> {$(
            #[doc = concat!("`", $word, "` with a further query.")]
            pub fn $method<B>(self, other: B) -> Combined<Self, B, $name>
            where
                Self: Select,
                B: Select<Row = <Self as Select>::Row>,
            {
                combine(self, other)
            }
        )+}
    };
}

ways! {
    Union "UNION" union
        /// The rows of both, each once. Both must return rows of the same type.
        ///
        /// ```
        /// # hyperdjango::__blog!();
        /// let titles = Post::objects().values(Post.title).union(User::objects().values(User.name));
        /// assert_eq!(titles.order_by(nth::<1>()).sql(), concat!(
        ///     r#"(SELECT "posts"."title" FROM "posts") UNION (SELECT "users"."name" FROM "users") ORDER BY 1"#
        /// ));
        /// ```
        ;
    UnionAll "UNION ALL" union_all
        /// The rows of both, those that are in both twice: Django's `union(all=True)`.
        ;
    Intersection "INTERSECT" intersection
        /// The rows that are in both.
        ;
    Difference "EXCEPT" difference
        /// The rows that are in this one and not in the other.
        ;
}

fn combine<A, B, K>(first: A, second: B) -> Combined<A, B, K> {
    let window = Window { limit: 0, offset: 0 };
    Combined { first, second, order: Unsorted, window, way: PhantomData }
}

/// The result of queries put together: what its order is of.
#[derive(Debug)]
pub struct CombinedRows;

/// No order.
#[derive(Debug, Clone, Copy)]
pub struct Unsorted;

impl Ordering<CombinedRows> for Unsorted {
    const ROPE: Rope = &[];
    const REVERSED: Rope = &[];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// A column of the result by its place, counted from 1; from [`nth`].
#[derive(Debug, Clone, Copy)]
pub struct Nth<const PLACE: usize>;

/// The column at a place of what a query selects, counted from 1, at most 12: what combined queries are ordered by, and groups
/// where [`grouped`](super::grouped()) cannot say it.
///
/// ```
/// # hyperdjango::__blog!();
/// let both = Post::objects().values((Post.id, Post.title)).union_all(User::objects().values((User.id, User.name)));
/// assert!(both.order_by((nth::<2>().desc(), nth::<1>())).sql().ends_with(" ORDER BY 2 DESC, 1"));
/// ```
#[must_use]
pub const fn nth<const PLACE: usize>() -> Nth<PLACE> {
    const { assert!(PLACE >= 1 && PLACE <= 12, "places are counted from 1, and there are at most 12") };
    Nth
}

const PLACES: [&str; 13] = ["", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

impl<const PLACE: usize> Nth<PLACE> {
    /// Greatest first.
    pub fn desc(self) -> Order<Self, true> {
        Order(self)
    }
}

impl<const PLACE: usize> Ordering<CombinedRows> for Nth<PLACE> {
    const ROPE: Rope = &[Part::Text(PLACES[PLACE])];
    const REVERSED: Rope = &[Part::Text(PLACES[PLACE]), Part::Text(" DESC")];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<M, const PLACE: usize> Ordering<Group<M>> for Nth<PLACE> {
    const ROPE: Rope = <Self as Ordering<CombinedRows>>::ROPE;
    const REVERSED: Rope = <Self as Ordering<CombinedRows>>::REVERSED;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<A, B, K, O, const LIMIT: bool, const OFFSET: bool> Select for Combined<A, B, K, O, Window<LIMIT, OFFSET>>
where
    A: Select,
    B: Select<Row = A::Row>,
    K: Combination,
    O: Ordering<CombinedRows>,
{
    type Row = A::Row;
    const TABLE: &'static str = "";
    const ROPE: Rope = &[
        Part::Text("("),
        Part::Select(A::TABLE, A::ROPE),
        Part::Text(K::WORD),
        Part::Select(B::TABLE, B::ROPE),
        Part::Text(")"),
        Part::Rope(if O::ROPE.is_empty() { &[] } else { &[Part::Text(" ORDER BY "), Part::Rope(O::ROPE)] }),
        Part::Rope(<Window<LIMIT, OFFSET> as Node>::ROPE),
    ];
    const ANY: Rope = Self::ROPE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.first.bind(params);
        self.second.bind(params);
        self.order.bind(params);
        self.window.bind(params);
    }

    fn bind_any<'a>(&'a self, params: &mut Params<'a>) {
        Select::bind(self, params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        A::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<A::Row, DatabaseError> {
        A::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.first.write_json(row, out)
    }
}

impl<A, B, K, O, const LIMIT: bool, const OFFSET: bool> Combined<A, B, K, O, Window<LIMIT, OFFSET>>
where
    Self: Select,
{
    /// Orders the rows, by places of what is selected: [`nth`].
    pub fn order_by<N: Ordering<CombinedRows>>(
        self,
        order: N,
    ) -> Combined<A, B, K, N, Window<LIMIT, OFFSET>> {
        let Self { first, second, window, way, .. } = self;
        Combined { first, second, order, window, way }
    }

    /// At most so many rows.
    pub fn limit(self, rows: u64) -> Combined<A, B, K, O, Window<true, OFFSET>> {
        let Self { first, second, order, window, way } = self;
        let limit = i64::try_from(rows).unwrap_or(i64::MAX);
        Combined { first, second, order, window: Window { limit, offset: window.offset }, way }
    }

    /// Not the first so many rows.
    pub fn offset(self, rows: u64) -> Combined<A, B, K, O, Window<LIMIT, true>> {
        let Self { first, second, order, window, way } = self;
        let offset = i64::try_from(rows).unwrap_or(i64::MAX);
        Combined { first, second, order, window: Window { limit: window.limit, offset }, way }
    }

    /// The text [`all`](Self::all) sends.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        Text::<run::All<Self>, 0>::SQL.text
    }

    /// All rows.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn all(&self, db: &impl Reader) -> impl Future<Output = Result<Vec<<Self as Select>::Row>>> {
        asked_freely(async move { run::all(self, db).await })
    }

    /// All rows as a JSON array; members are named as the first query names them.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> {
        asked_freely(async move { run::json(self, db).await })
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn count(&self, db: &impl Reader) -> impl Future<Output = Result<u64>> {
        asked_freely(async move { run::count(self, db).await })
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn exists(&self, db: &impl Reader) -> impl Future<Output = Result<bool>> {
        asked_freely(async move { run::exists(self, db).await })
    }
}
