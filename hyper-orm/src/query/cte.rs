//! Common table expressions: `WITH`, and `WITH RECURSIVE` for trees and graphs.

use std::marker::PhantomData;

use hyper_core::db::{Column, DatabaseError, Reader};

use super::explain::{Explain, Explanation};
use super::query_set::QuerySet;
use super::run;
use super::select::{Selection, Whole};
use super::subquery::Select;
use super::values::{Values, ValuesOf};
use crate::copied::copied;
use crate::error::Result;
use crate::expr::{Expr, Node};
use crate::model::Model;
use crate::query::asked::asked_freely;
use crate::row::{JsonRows, RowReader};
use crate::sql::{Params, Part, Rope, Text};

/// A query by the name of the model `C`, whose table it takes the place of.
///
/// The model says what the columns are called and of which types; it has no table, so it is not listed in the
/// application's `models`. What the query selects comes in the order of the model's fields.
///
/// ```
/// # hyperdjango::__blog!();
/// #[derive(Model)]
/// #[model(table = "busy")]
/// struct Busy {
///     #[field(primary_key)]
///     author: i64,
///     posts: i64,
/// }
///
/// let busy = Cte::<Busy>::of(Post::objects().values(Post.author.id).annotate(count()).having(count().gt(10)));
/// let users = User::objects().join::<Busy>().filter(User.id.eq(joined(Busy.author))).with(busy);
/// assert_eq!(users.sql(), concat!(
///     r#"WITH "busy" ("author", "posts") AS (SELECT "posts"."author_id", count(*) FROM "posts" "#,
///     r#"GROUP BY 1 HAVING count(*) > $1) "#,
///     r#"SELECT "users"."id", "users"."name" FROM "users" CROSS JOIN "busy" WHERE "users"."id" = "busy"."author""#
/// ));
/// ```
pub struct Cte<C, Q = ()> {
    query: Q,
    of: PhantomData<fn() -> C>,
}

copied! { Cte<C, Q> { query: Q; of } }

/// `base UNION step`, in which the step sees the rows found before.
#[derive(Debug, Clone, Copy)]
pub struct Recursive<A, B, const ALL: bool>(A, B);

impl<C: Model> Cte<C> {
    /// This query by that name.
    pub fn of<Q: Select>(query: Q) -> Cte<C, Q> {
        Cte { query, of: PhantomData }
    }

    /// The rows of `base`, and those `step` finds from the rows found before, until there are no new ones. The step joins the
    /// rows found so far with [`join`](QuerySet::join) and names their columns with [`joined`].
    ///
    /// ```
    /// use hyperdjango::prelude::*;
    /// use hyperdjango::orm::functions::value;
    ///
    /// #[derive(Model)]
    /// #[model(table = "folders")]
    /// struct Folder {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     parent: Option<ForeignKey<Folder>>,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "tree")]
    /// struct Tree {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     depth: i32,
    /// }
    ///
    /// let top = Folder::objects().filter(Folder.id.eq(7)).values((Folder.id, value(0)));
    /// let below = Folder::objects()
    ///     .join::<Tree>()
    ///     .filter(Folder.parent.id.eq(joined(Tree.id)))
    ///     .values((Folder.id, joined(Tree.depth) + 1));
    /// let all = Tree::objects().order_by(Tree.depth).with(Cte::<Tree>::recursive(top, below));
    /// assert_eq!(all.sql(), concat!(
    ///     r#"WITH RECURSIVE "tree" ("id", "depth") AS "#,
    ///     r#"((SELECT "folders"."id", $1::integer FROM "folders" WHERE "folders"."id" = $2) UNION "#,
    ///     r#"(SELECT "folders"."id", ("tree"."depth" + $3) FROM "folders" CROSS JOIN "tree" "#,
    ///     r#"WHERE "folders"."parent_id" = "tree"."id")) "#,
    ///     r#"SELECT "tree"."id", "tree"."depth" FROM "tree" ORDER BY "tree"."depth""#
    /// ));
    /// ```
    ///
    /// A row that was found before is not found again; with a depth among the columns it is another row each time, so
    /// bound the depth where there can be circles.
    pub fn recursive<A: Select, B: Select>(base: A, step: B) -> Cte<C, Recursive<A, B, false>> {
        Cte { query: Recursive(base, step), of: PhantomData }
    }

    /// As [`recursive`](Self::recursive), rows found again included: `UNION ALL`. It ends only where the step does.
    pub fn recursive_all<A: Select, B: Select>(base: A, step: B) -> Cte<C, Recursive<A, B, true>> {
        Cte { query: Recursive(base, step), of: PhantomData }
    }
}

/// One common table expression, or a tuple of up to four, each of which can use those before.
pub trait Ctes: Send + Sync {
    /// Whether any is recursive.
    const RECURSIVE: bool;
    /// `"name" ("column", ..) AS (..)`
    const ROPE: Rope;

    #[doc(hidden)]
    fn bind<'a>(&'a self, params: &mut Params<'a>);
}

/// What stands behind `AS`.
#[doc(hidden)]
pub trait CteBody: Send + Sync {
    const RECURSIVE: bool;
    const ROPE: Rope;

    fn bind<'a>(&'a self, params: &mut Params<'a>);
}

impl<A: Select, B: Select, const ALL: bool> CteBody for Recursive<A, B, ALL> {
    const RECURSIVE: bool = true;
    const ROPE: Rope = &[
        Part::Text("("),
        Part::Select(A::TABLE, A::ROPE),
        Part::Text(if ALL { ") UNION ALL (" } else { ") UNION (" }),
        Part::Select(B::TABLE, B::ROPE),
        Part::Text(")"),
    ];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

impl<Q: Select> CteBody for Q {
    const RECURSIVE: bool = false;
    const ROPE: Rope = &[Part::Select(Q::TABLE, Q::ROPE)];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        Select::bind(self, params);
    }
}

impl<C: Model, Q: CteBody> Ctes for Cte<C, Q> {
    const RECURSIVE: bool = Q::RECURSIVE;
    const ROPE: Rope = &[
        Part::Name(C::TABLE),
        Part::Text(" ("),
        Part::Named(C::NAMES),
        Part::Text(") AS ("),
        Part::Rope(Q::ROPE),
        Part::Text(")"),
    ];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.query.bind(params);
    }
}

macro_rules! tuples {
    ($(($first:ident $(, $rest:ident)*))+) => {$(
        impl<$first: Ctes $(, $rest: Ctes)*> Ctes for ($first, $($rest),*) {
            const RECURSIVE: bool = $first::RECURSIVE $(|| $rest::RECURSIVE)*;
            const ROPE: Rope = &[Part::Rope($first::ROPE) $(, Part::Text(", "), Part::Rope($rest::ROPE))*];

            #[expect(non_snake_case)]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                let ($first, $($rest),*) = self;
                $first.bind(params);
                $($rest.bind(params);)*
            }
        }
    )+};
}

tuples! {
    (A, B)
    (A, B, D)
    (A, B, D, E)
}

/// A query with common table expressions before it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a query does nothing until `.all(db)`, `.count(db)`, ..."]
pub struct With<C, Q> {
    ctes: C,
    query: Q,
}

impl<C: Ctes, Q: Select> Select for With<C, Q> {
    type Row = Q::Row;
    const TABLE: &'static str = "";
    const ROPE: Rope = &[
        Part::Text(if C::RECURSIVE { "WITH RECURSIVE " } else { "WITH " }),
        Part::Rope(C::ROPE),
        Part::Text(" "),
        Part::Select(Q::TABLE, Q::ROPE),
    ];
    const ANY: Rope = <Self as Select>::ROPE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.ctes.bind(params);
        self.query.bind(params);
    }

    fn bind_any<'a>(&'a self, params: &mut Params<'a>) {
        Select::bind(self, params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        Q::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Q::Row, DatabaseError> {
        Q::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.query.write_json(row, out)
    }
}

impl<C: Ctes, Q: Select> With<C, Q> {
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
    pub fn all(&self, db: &impl Reader) -> impl Future<Output = Result<Vec<Q::Row>>> {
        asked_freely(async move { run::all(self, db).await })
    }

    /// All rows as a JSON array.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> {
        asked_freely(async move { run::json(self, db).await })
    }

    /// How PostgreSQL would run [`all`](Self::all), as [`QuerySet::explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain(&self, db: &impl Reader) -> Result<Explanation> {
        self.explain_with(db, Explain::new()).await
    }

    /// The same, with what `options` ask for: [`Explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, db: &impl Reader, options: Explain) -> Result<Explanation> {
        let mut params = Params::new();
        Select::bind(self, &mut params);
        let params = &params;
        options.read(db, self.sql(), params.as_slice()).await
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

/// A selection from the table and another beside it.
pub struct JoinedWith<S, C>(pub(crate) S, PhantomData<fn() -> C>);

copied! { JoinedWith<S, C> { 0: S; 1 } }

impl<M, S: Selection<M>, C: Model> Selection<M> for JoinedWith<S, C> {
    type Row = S::Row;
    type Scope = S::Scope;
    const ROPE: Rope = S::ROPE;
    const JOIN: Rope = &[Part::Rope(S::JOIN), Part::Text(" CROSS JOIN "), Part::Name(C::TABLE)];
    const TAIL: Rope = S::TAIL;
    const COLUMNS: usize = S::COLUMNS;
    const PLAIN: bool = S::PLAIN;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn bind_tail<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind_tail(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        S::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<S::Row, DatabaseError> {
        S::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.0.write_json(row, out)
    }
}

impl<M, S, W, O, L> QuerySet<M, S, W, O, L> {
    /// Puts every row beside every row of another table, or of a [`Cte`]: `CROSS JOIN`. Which of them belong together says
    /// `filter`, with the other's columns as [`joined`].
    pub fn join<C: Model>(self) -> QuerySet<M, JoinedWith<S, C>, W, O, L>
    where
        M: Model,
        S: Selection<M>,
    {
        let Self { select, filter, order, window, model } = self;
        QuerySet { select: JoinedWith(select, PhantomData), filter, order, window, model }
    }

    /// The query with common table expressions before it: one [`Cte`], or a tuple of up to four.
    pub fn with<C: Ctes>(self, ctes: C) -> With<C, Self>
    where
        Self: Select,
    {
        With { ctes, query: self }
    }
}

impl<M: Model, C, W, O, L> QuerySet<M, JoinedWith<Whole, C>, W, O, L> {
    /// Selects these expressions instead of whole rows, as [`QuerySet::values`].
    pub fn values<V: ValuesOf<M>>(self, values: V) -> QuerySet<M, JoinedWith<Values<V>, C>, W, O, L> {
        let Self { filter, order, window, model, .. } = self;
        QuerySet { select: JoinedWith(Values(values), PhantomData), filter, order, window, model }
    }
}

/// A column of a joined table.
pub struct OfJoined<C, N>(N, PhantomData<fn() -> C>);

copied! { OfJoined<C, N> { 0: N; 1 } }

impl<C: Model, N: Node> Node for OfJoined<C, N> {
    const ROPE: Rope = &[Part::Of(C::TABLE, N::ROPE)];
    const NULLABLE: bool = N::NULLABLE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// An expression over a table that the query was [joined](QuerySet::join) with. Its own foreign keys lead no further.
pub fn joined<R, C: Model, T, N: Node>(expression: Expr<C, T, N>) -> Expr<R, T, OfJoined<C, N>> {
    Expr::new(OfJoined(expression.node, PhantomData))
}
