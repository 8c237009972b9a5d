//! Queries inside others: `EXISTS`, scalar subqueries, `IN (SELECT ..)`, and columns of the query around.

use hyper_core::db::{Column, DatabaseError};

use super::filter::Filter;
use super::query_set::QuerySet;
use super::select::Selection;
use super::statements::{All, any};
use super::values::{OneValue, Values};
use super::window::Window;
use crate::copied::copied;
use crate::expr::function::Carries;
use crate::expr::{Expr, Members, Node, Ordering};
use crate::field::Field;
use crate::model::Model;
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope, Statement, Zero};

/// A query that can stand inside another, or be combined with others.
#[diagnostic::on_unimplemented(
    message = "this cannot stand inside another query",
    label = "expected a query without `filter_if`",
    note = "inside another query all conditions are known: use `filter`, or build both with `.dynamic()`"
)]
pub trait Select: Send + Sync {
    /// What a row of it is.
    type Row: Send;
    /// The table it is about.
    const TABLE: &'static str;
    /// The SQL.
    const ROPE: Rope;
    /// The same without what is in the rows, where that can be left out.
    const ANY: Rope;

    /// Hands over the values in [`ROPE`](Self::ROPE).
    fn bind<'a>(&'a self, params: &mut Params<'a>);

    /// Hands over the values in [`ANY`](Self::ANY).
    fn bind_any<'a>(&'a self, params: &mut Params<'a>);

    #[doc(hidden)]
    fn check(columns: &[Column]) -> Result<(), String>;
    #[doc(hidden)]
    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError>;
    #[doc(hidden)]
    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError>;
}

/// A query of one expression: `.values(Post.id)`.
#[diagnostic::on_unimplemented(
    message = "this query has more than one column, or a whole row",
    label = "expected a query of one expression",
    note = "select it with `.values(..)`, as in `User::objects().values(User.id)`"
)]
pub trait SelectValue: Select {
    /// The expression's type.
    type Value: Field;
}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> Select for QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter<Options = Zero>,
    O: Ordering<S::Scope>,
{
    type Row = S::Row;
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = <All<M, S, W, O, Window<LIMIT, OFFSET>> as Statement>::ROPE;
    const ANY: Rope = any::<M, S, W, Window<LIMIT, OFFSET>>();

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.bind_all(params);
    }

    fn bind_any<'a>(&'a self, params: &mut Params<'a>) {
        self.bind_count(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        S::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<S::Row, DatabaseError> {
        S::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.select.write_json(row, out)
    }
}

impl<M, V, W, O, const LIMIT: bool, const OFFSET: bool> SelectValue
    for QuerySet<M, Values<V>, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    V: OneValue<M>,
    W: Filter<Options = Zero>,
    O: Ordering<M>,
{
    type Value = V::Type;
}

/// `EXISTS (SELECT ..)`
#[derive(Debug, Clone, Copy)]
pub struct ExistsIn<Q>(Q);

impl<Q: Select> Node for ExistsIn<Q> {
    const ROPE: Rope = &[Part::Text("EXISTS ("), Part::Select(Q::TABLE, Q::ANY), Part::Text(")")];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind_any(params);
    }
}

/// `(SELECT ..)`
#[derive(Debug, Clone, Copy)]
pub struct Subquery<Q>(Q);

impl<Q: Select> Node for Subquery<Q> {
    const ROPE: Rope = &[Part::Text("("), Part::Select(Q::TABLE, Q::ROPE), Part::Text(")")];
    const NULLABLE: bool = true;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// ` IN (SELECT ..)`
#[derive(Debug, Clone, Copy)]
pub struct InQuery<Q>(Q);

impl<Q: SelectValue> Node for InQuery<Q> {
    const ROPE: Rope = &[Part::Text(" IN ("), Part::Select(Q::TABLE, Q::ROPE), Part::Text(")")];
    const NULLABLE: bool = <Q::Value as Field>::NULLABLE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, V, W, O, const LIMIT: bool, const OFFSET: bool> Members<T>
    for QuerySet<M, Values<V>, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    V: OneValue<M, Type: Carries<Base = T>>,
    W: Filter<Options = Zero>,
    O: Ordering<M>,
{
    type Truth = <V::Type as Carries>::Carry<bool>;
    type Node = InQuery<Self>;

    fn into_node(self) -> InQuery<Self> {
        InQuery(self)
    }
}

/// An expression over the query around.
pub struct Outer<Q, N>(N, std::marker::PhantomData<fn() -> Q>);

copied! { Outer<Q, N> { 0: N; 1 } }

impl<Q: Model, N: Node> Node for Outer<Q, N> {
    const ROPE: Rope = &[Part::Outer(Q::TABLE, N::ROPE)];
    const NULLABLE: bool = N::NULLABLE;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// Django's `OuterRef`: inside a query that stands in another, an expression over the one around.
///
/// ```
/// # hyperdjango::__blog!();
/// let own = Post::objects().filter(Post.author.eq(outer(User.id)));
/// assert!(User::objects().filter(exists(own)).sql().ends_with(
///     r#" WHERE EXISTS (SELECT 1 FROM "posts" WHERE "posts"."author_id" = "users"."id")"#
/// ));
/// ```
///
/// That the query around is about that model is checked when the program is built.
pub fn outer<R, Q: Model, T, N: Node>(expression: Expr<Q, T, N>) -> Expr<R, T, Outer<Q, N>> {
    Expr::new(Outer(expression.node, std::marker::PhantomData))
}

/// Django's `Exists`: whether the query has a row, for each row of the query around. With [`outer`] it can depend on
/// that row. The opposite is `!exists(..)`.
///
/// ```
/// # hyperdjango::__blog!();
/// let popular = Post::objects().filter(Post.author.eq(outer(User.id)) & Post.score.gt(100));
/// assert!(User::objects().filter(!exists(popular)).sql().ends_with(concat!(
///     r#" WHERE NOT (EXISTS (SELECT 1 FROM "posts" "#,
///     r#"WHERE "posts"."author_id" = "users"."id" AND "posts"."score" > $1))"#
/// )));
/// ```
///
/// Where there is a relation, [`any`](crate::model::ToMany::any) says the same shorter.
pub fn exists<R, Q: Select>(query: Q) -> Expr<R, bool, ExistsIn<Q>> {
    Expr::new(ExistsIn(query))
}

/// Django's `Subquery`: the one value a query has, NULL where it has no row. PostgreSQL refuses several rows, so say
/// `.limit(1)` where there can be more.
///
/// ```
/// # hyperdjango::__blog!();
/// let newest = Post::objects()
///     .filter(Post.author.eq(outer(User.id)))
///     .order_by(Post.id.desc())
///     .values(Post.title)
///     .limit(1);
/// let users = User::objects().values((User.name, subquery(newest)));
/// assert_eq!(users.sql(), concat!(
///     r#"SELECT "users"."name", (SELECT "posts"."title" FROM "posts" WHERE "posts"."author_id" = "users"."id" "#,
///     r#"ORDER BY "posts"."id" DESC LIMIT $1) FROM "users""#
/// ));
/// # async fn f(db: &Db) -> Result<()> {
/// # let newest = Post::objects().filter(Post.author.eq(outer(User.id))).values(Post.title).limit(1);
/// # let users = User::objects().values((User.name, subquery(newest)));
/// let titles: Vec<(String, Option<String>)> = users.all(db).await?;
/// # Ok(()) }
/// ```
pub fn subquery<R, Q: SelectValue>(query: Q) -> Expr<R, <Q::Value as Field>::Nullable, Subquery<Q>> {
    Expr::new(Subquery(query))
}
