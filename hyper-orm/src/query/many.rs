//! The rows that belong to a row, in a query on the latter: whether there are any, how many, the greatest of them.
//!
//! They never become a join, which would give each row as often as it has others: conditions are `EXISTS`, values
//! are subqueries, and loading them is `prefetch_related`.

use std::marker::PhantomData;

use super::filter::{Chain, Conditions, Everything, Filter};
use super::query_set::{QuerySet, Unordered};
use super::select::{Related, Relations, Selection, Whole};
use super::values::{Values, ValuesOf};
use super::window::Window;
use crate::expr::{Condition, Expr, Group, Node, Not, Ordering, count};
use crate::model::{HasMany, Link, Model, Path, Root, ToMany};
use crate::sql::{Params, Part, PathNode, Rope, Zero};

/// The rows of relation number `I` of `M`, reached by `P`, that a query `Q` keeps: `User.posts.filter(..)`.
#[derive(Debug)]
#[must_use = "it is used in `filter`, `values`, `annotate` and `prefetch_related`"]
pub struct Many<R, P, M, const I: usize, Q> {
    pub(crate) query: Q,
    pub(crate) of: PhantomData<fn() -> (R, P, M)>,
}

impl<R, P, M, const I: usize, Q: Clone> Clone for Many<R, P, M, I, Q> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), of: PhantomData }
    }
}

impl<R, P, M, const I: usize, Q: Copy> Copy for Many<R, P, M, I, Q> {}

/// The text of relation number `I` of `M`.
pub(crate) struct LinkText<M, const I: usize>(PhantomData<fn() -> M>);

impl<M: HasMany<I>, const I: usize> LinkText<M, I> {
    /// What joins the table between, behind the other model's.
    pub(crate) const JOIN: Rope = match M::LINK {
        Link::ForeignKey { .. } => &[],
        Link::Through { table, to, .. } => &[
            Part::Text(" JOIN "),
            Part::Name(table),
            Part::Text(" ON "),
            Part::Name(table),
            Part::Text("."),
            Part::Name(to),
            Part::Text(" = "),
            Part::Column(Root::<M::Target>::NODE, M::Target::KEY[0]),
        ],
    };
    /// The column that says to which row they belong.
    pub(crate) const OWNER: Rope = match M::LINK {
        Link::ForeignKey { column } => &[Part::Column(Root::<M::Target>::NODE, column)],
        Link::Through { table, from, .. } => &[Part::Name(table), Part::Text("."), Part::Name(from)],
    };
}

/// The statement's own table, from which a path starts.
const fn start(mut path: &'static PathNode) -> &'static str {
    while let Some(parent) = path.parent {
        path = parent;
    }
    path.table
}

/// From where on the related rows of the row outside are meant.
struct Inside<P, M, const I: usize>(PhantomData<fn() -> (P, M)>);

impl<P: Path, M: HasMany<I>, const I: usize> Inside<P, M, I> {
    const FROM: Rope = &[Part::Text(" FROM "), Part::From, Part::Rope(LinkText::<M, I>::JOIN)];
    const BELONGS: Rope = &[
        Part::Rope(LinkText::<M, I>::OWNER),
        Part::Text(" = "),
        Part::Outer(start(P::NODE), &[Part::Column(P::NODE, M::KEY[0])]),
    ];
}

/// `EXISTS (SELECT .. WHERE it belongs to the row outside AND ..)`
#[derive(Debug)]
pub struct AnyOfMany<P, M, const I: usize, W>(W, PhantomData<fn() -> (P, M)>);

impl<P: Path, M: HasMany<I>, const I: usize, W: Filter> Node for AnyOfMany<P, M, I, W> {
    const ROPE: Rope = &[
        Part::Text("EXISTS ("),
        Part::Select(
            M::Target::TABLE,
            &[
                Part::Text("SELECT 1"),
                Part::Rope(Inside::<P, M, I>::FROM),
                Part::Where(&[
                    Part::And(Inside::<P, M, I>::BELONGS),
                    Part::Rope(Conditions::<M::Target, W>::ROPE),
                ]),
            ],
        ),
        Part::Text(")"),
    ];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// `(SELECT aggregate .. WHERE it belongs to the row outside AND ..)`
#[derive(Debug)]
pub struct AggregateOfMany<P, M, const I: usize, W, A>(A, W, PhantomData<fn() -> (P, M)>);

impl<P: Path, M: HasMany<I>, const I: usize, W: Filter, A: Node> Node for AggregateOfMany<P, M, I, W, A> {
    const ROPE: Rope = &[
        Part::Text("("),
        Part::Select(
            M::Target::TABLE,
            &[
                Part::Text("SELECT "),
                Part::Rope(A::ROPE),
                Part::Rope(Inside::<P, M, I>::FROM),
                Part::Where(&[
                    Part::And(Inside::<P, M, I>::BELONGS),
                    Part::Rope(Conditions::<M::Target, W>::ROPE),
                ]),
            ],
        ),
        Part::Text(")"),
    ];
    const NULLABLE: bool = A::NULLABLE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

impl<P, M, const I: usize, W: Clone> Clone for AnyOfMany<P, M, I, W> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<P, M, const I: usize, W: Copy> Copy for AnyOfMany<P, M, I, W> {}

impl<P, M, const I: usize, W: Clone, A: Clone> Clone for AggregateOfMany<P, M, I, W, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), self.1.clone(), PhantomData)
    }
}

impl<P, M, const I: usize, W: Copy, A: Copy> Copy for AggregateOfMany<P, M, I, W, A> {}

/// The query of a relation with nothing said yet.
type Start<R, P, M, const I: usize> = Many<R, P, M, I, QuerySet<<M as HasMany<I>>::Target>>;

impl<R, P: Path, M: HasMany<I>, const I: usize> ToMany<R, P, M, I> {
    /// The related rows, all of them: what the methods below begin with.
    pub fn all_related(self) -> Start<R, P, M, I> {
        Many { query: QuerySet::new(), of: PhantomData }
    }

    /// Whether there are related rows: `EXISTS`.
    pub fn exists(self) -> Expr<R, bool, AnyOfMany<P, M, I, Everything>> {
        self.all_related().exists()
    }

    /// Whether this is true of any related row: `EXISTS (.. AND c)`. Django's `filter(posts__score__gt=10)` without its
    /// doubled rows.
    ///
    /// ```
    /// use hyperdjango::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(table = "users", reverse(posts = Post.author))]
    /// pub struct User {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "posts")]
    /// pub struct Post {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    ///     pub author: ForeignKey<User>,
    ///     pub score: i32,
    /// }
    ///
    /// assert!(User::objects().filter(User.posts.any(Post.score.gt(10))).sql().ends_with(concat!(
    ///     r#" WHERE EXISTS (SELECT 1 FROM "posts" "#,
    ///     r#"WHERE "posts"."author_id" = "users"."id" AND "posts"."score" > $1)"#
    /// )));
    /// ```
    pub fn any<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Expr<R, bool, AnyOfMany<P, M, I, Chain<Everything, C::Node>>> {
        self.filter(condition).exists()
    }

    /// Whether this is true of no related row: `NOT (EXISTS (.. AND c))`. It is when there are none.
    pub fn none<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Expr<R, bool, Not<AnyOfMany<P, M, I, Chain<Everything, C::Node>>>> {
        !self.any(condition)
    }

    /// Whether this is true of every related row: `NOT (EXISTS (.. AND NOT (c)))`. It is when there are none.
    pub fn all<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Expr<R, bool, Not<AnyOfMany<P, M, I, Chain<Everything, Not<C::Node>>>>> {
        !self.exclude(condition).exists()
    }

    /// How many related rows there are, as Django's `annotate(Count("posts"))` means it:
    /// `(SELECT count(*) FROM "posts" WHERE ..)`.
    pub fn count(self) -> Expr<R, i64, CountOfMany<P, M, I, Everything>> {
        self.all_related().count()
    }

    /// An aggregate over the related rows: `User.posts.aggregate(Post.score.max())`.
    pub fn aggregate<T, A: Node>(
        self,
        aggregate: Expr<Group<M::Target>, T, A>,
    ) -> Expr<R, T, AggregateOfMany<P, M, I, Everything, A>> {
        self.all_related().aggregate(aggregate)
    }

    /// The related rows for which this is true.
    pub fn filter<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Whole, Chain<Everything, C::Node>>> {
        self.all_related().filter(condition)
    }

    /// The related rows for which this is not true.
    pub fn exclude<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Whole, Chain<Everything, Not<C::Node>>>> {
        self.all_related().exclude(condition)
    }

    /// The related rows in this order, for `prefetch_related`.
    pub fn order_by<O: Ordering<M::Target>>(
        self,
        order: O,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Whole, Everything, O>> {
        self.all_related().order_by(order)
    }

    /// At most so many related rows for each row, for `prefetch_related`.
    pub fn limit(
        self,
        rows: u64,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Whole, Everything, Unordered, Window<true, false>>> {
        self.all_related().limit(rows)
    }

    /// The related rows with what their foreign keys lead to, for `prefetch_related`.
    pub fn select_related<T: Relations<M::Target>>(
        self,
        relations: T,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Related<T>>> {
        self.all_related().select_related(relations)
    }

    /// Expressions over the related rows instead of whole rows, for `prefetch_related`.
    pub fn values<V: ValuesOf<M::Target>>(
        self,
        values: V,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Values<V>>> {
        self.all_related().values(values)
    }
}

/// `(SELECT count(*) ..)`
pub type CountOfMany<P, M, const I: usize, W> =
    AggregateOfMany<P, M, I, W, crate::expr::Aggregate<crate::expr::aggregates::Count, crate::expr::Star>>;

impl<R, P, M, const I: usize, W> Many<R, P, M, I, QuerySet<M::Target, Whole, W>>
where
    P: Path,
    M: HasMany<I>,
    W: Filter<Options = Zero>,
{
    /// Whether there are such rows: `EXISTS`.
    pub fn exists(self) -> Expr<R, bool, AnyOfMany<P, M, I, W>> {
        Expr::new(AnyOfMany(self.query.filter, PhantomData))
    }

    /// How many there are: `(SELECT count(*) ..)`.
    pub fn count(self) -> Expr<R, i64, CountOfMany<P, M, I, W>> {
        self.aggregate(count())
    }

    /// An aggregate over them: `(SELECT max(..) ..)`.
    pub fn aggregate<T, A: Node>(
        self,
        aggregate: Expr<Group<M::Target>, T, A>,
    ) -> Expr<R, T, AggregateOfMany<P, M, I, W, A>> {
        Expr::new(AggregateOfMany(aggregate.node, self.query.filter, PhantomData))
    }
}

impl<R, P, M, const I: usize, S, W, O, const LIMIT: bool, const OFFSET: bool>
    Many<R, P, M, I, QuerySet<M::Target, S, W, O, Window<LIMIT, OFFSET>>>
where
    M: HasMany<I>,
{
    /// Those for which this is also true.
    pub fn filter<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Many<R, P, M, I, QuerySet<M::Target, S, Chain<W, C::Node>, O, Window<LIMIT, OFFSET>>> {
        Many { query: self.query.filter(condition), of: PhantomData }
    }

    /// Those for which this is not true.
    pub fn exclude<C: Condition<M::Target>>(
        self,
        condition: C,
    ) -> Many<R, P, M, I, QuerySet<M::Target, S, Chain<W, Not<C::Node>>, O, Window<LIMIT, OFFSET>>> {
        Many { query: self.query.exclude(condition), of: PhantomData }
    }

    /// In this order.
    pub fn order_by<N>(
        self,
        order: N,
    ) -> Many<R, P, M, I, QuerySet<M::Target, S, W, N, Window<LIMIT, OFFSET>>>
    where
        S: Selection<M::Target>,
        N: Ordering<S::Scope>,
    {
        Many { query: self.query.order_by(order), of: PhantomData }
    }

    /// At most so many for each row.
    pub fn limit(self, rows: u64) -> Many<R, P, M, I, QuerySet<M::Target, S, W, O, Window<true, OFFSET>>> {
        Many { query: self.query.limit(rows), of: PhantomData }
    }
}

impl<R, P, M: HasMany<I>, const I: usize, W, O, L> Many<R, P, M, I, QuerySet<M::Target, Whole, W, O, L>> {
    /// With what their foreign keys lead to.
    pub fn select_related<T: Relations<M::Target>>(
        self,
        relations: T,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Related<T>, W, O, L>> {
        Many { query: self.query.select_related(relations), of: PhantomData }
    }

    /// Expressions over them instead of whole rows.
    pub fn values<V: ValuesOf<M::Target>>(
        self,
        values: V,
    ) -> Many<R, P, M, I, QuerySet<M::Target, Values<V>, W, O, L>> {
        Many { query: self.query.values(values), of: PhantomData }
    }
}
