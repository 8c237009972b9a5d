//! Aggregates: over all rows at once, over groups of them, and columns beside the rows.

use std::marker::PhantomData;

use hyper_core::db::{Column, DatabaseError, Reader};

use super::explain::{Explain, Explanation};
use super::filter::{Conditions, Filter};
use super::query_set::{QuerySet, Unordered};
use super::select::{Related, Relations, Selection, Whole};
use super::values::{Values, ValuesOf};
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::{Condition, Expr, Group, Node, Ordering};
use crate::model::Model;
use crate::query::asked::asked;
use crate::row::{JsonRow, RowReader};
use crate::sql::{Options, Params, Part, Rope, Statement};

/// Rows with further expressions beside them.
#[derive(Debug, Clone, Copy)]
pub struct Annotated<S, A>(S, A);

impl<M, S: Selection<M>, A: ValuesOf<M>> Selection<M> for Annotated<S, A> {
    type Row = (S::Row, A::Row);
    type Scope = S::Scope;
    const ROPE: Rope = &[Part::Rope(S::ROPE), Part::Text(", "), Part::Rope(A::ROPE)];
    const JOIN: Rope = S::JOIN;
    const TAIL: Rope = S::TAIL;
    const COLUMNS: usize = S::COLUMNS + A::COLUMNS;
    const PLAIN: bool = S::PLAIN;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }

    fn bind_tail<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind_tail(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        S::check(columns)?;
        A::check(columns.get(S::COLUMNS..).unwrap_or(&[]))
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError> {
        Ok((S::decode(row)?, A::decode(row)?))
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        self.0.write_json(row, out)?;
        // Into the object that was just closed.
        out.pop();
        out.push(b',');
        self.1.write_json(row, out)?;
        out.push(b'}');
        Ok(())
    }
}

/// Groups of rows that are equal in `V`, with aggregates `A` over each, of those that `H` holds for.
#[derive(Debug, Clone, Copy)]
pub struct Grouped<V, A, H = Every>(V, A, H);

/// Every group: no `having` was given.
#[derive(Debug, Clone, Copy)]
pub struct Every;

impl Node for Every {
    const ROPE: Rope = &[];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// The positions of what rows are grouped by: an expression with parameters, said again, would be another one.
const POSITIONS: [&str; 13] = [
    "",
    " GROUP BY 1",
    " GROUP BY 1, 2",
    " GROUP BY 1, 2, 3",
    " GROUP BY 1, 2, 3, 4",
    " GROUP BY 1, 2, 3, 4, 5",
    " GROUP BY 1, 2, 3, 4, 5, 6",
    " GROUP BY 1, 2, 3, 4, 5, 6, 7",
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11",
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
];

impl<M, V: ValuesOf<M>, A: ValuesOf<Group<M>>, H: Node> Selection<M> for Grouped<V, A, H> {
    type Row = (V::Row, A::Row);
    type Scope = Group<M>;
    const ROPE: Rope = &[Part::Rope(V::ROPE), Part::Text(", "), Part::Rope(A::ROPE)];
    const TAIL: Rope = &[
        Part::Text(POSITIONS[V::COLUMNS]),
        Part::Rope(if H::ROPE.is_empty() { &[] } else { &[Part::Text(" HAVING "), Part::Rope(H::ROPE)] }),
    ];
    const COLUMNS: usize = V::COLUMNS + A::COLUMNS;
    const PLAIN: bool = false;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }

    fn bind_tail<'a>(&'a self, params: &mut Params<'a>) {
        self.2.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        V::check(columns)?;
        A::check(columns.get(V::COLUMNS..).unwrap_or(&[]))
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Self::Row, DatabaseError> {
        Ok((V::decode(row)?, A::decode(row)?))
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        out.push(b'{');
        self.0.write_json(row, out)?;
        out.push(b',');
        self.1.write_json(row, out)?;
        out.push(b'}');
        Ok(())
    }
}

/// What rows are grouped by, as an expression over the groups, to order them by it or to ask for some.
///
/// ```
/// # hyperdjango::__blog!();
/// let authors = Post::objects().values(Post.author.name).annotate(count()).order_by(grouped(Post.author.name).desc());
/// assert!(authors.sql().ends_with(r#" GROUP BY 1 ORDER BY "author"."name" DESC"#));
/// ```
///
/// PostgreSQL does not know an expression with values of the program's again, such as `Post.score % 10`, so that one does not
/// compile here. Order by [`nth`](super::nth()). A condition on it goes to [`filter`](QuerySet::filter), behind `annotate` as
/// well: all rows of a group are equal in it, so the groups that are left are the same. Beside an aggregate, as in "this or
/// that", it is its own least value:
///
/// ```
/// # hyperdjango::__blog!();
/// let tens = Post::objects().values(Post.score / 10).annotate(count());
/// assert_eq!(tens.filter((Post.score / 10).gt(3)).order_by(nth::<1>()).sql(), concat!(
///     r#"SELECT ("posts"."score" / $1), count(*) FROM "posts" WHERE ("posts"."score" / $2) > $3 GROUP BY 1 ORDER BY 1"#
/// ));
/// assert!(tens.having((Post.score / 10).min().gt(3) | count().gt(100)).sql().ends_with(
///     r#" GROUP BY 1 HAVING (min(("posts"."score" / $2)) > $3 OR count(*) > $4)"#
/// ));
/// ```
pub fn grouped<M, T, N: Node>(expression: Expr<M, T, N>) -> Expr<Group<M>, T, N> {
    const {
        assert!(
            !has_params(N::ROPE),
            "PostgreSQL does not know an expression with values again: order by its place, `nth::<1>()`; \
             a condition on it goes to `filter`"
        )
    };
    Expr::new(expression.node)
}

/// Whether there are parameters in what an expression becomes.
const fn has_params(mut rope: Rope) -> bool {
    while let [part, rest @ ..] = rope {
        let inside = match part {
            Part::Param | Part::Equal(..) => return true,
            Part::Rope(inside)
            | Part::Of(_, inside)
            | Part::Where(inside)
            | Part::And(inside)
            | Part::Optional(_, inside)
            | Part::Own(_, inside)
            | Part::Select(_, inside)
            | Part::Outer(_, inside) => *inside,
            _ => &[],
        };
        if has_params(inside) {
            return true;
        }
        rope = rest;
    }
    false
}

impl<M> Ordering<Group<M>> for Unordered {
    const ROPE: Rope = &[];
    const REVERSED: Rope = &[];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<M, V, W, O, L> QuerySet<M, Values<V>, W, O, L> {
    /// Groups the rows by the selected values and adds aggregates over each group, as Django's `annotate` does behind
    /// `values`: `GROUP BY`. Rows are pairs of both.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let authors = Post::objects()
    ///     .filter(Post.score.gte(0))
    ///     .values(Post.author.name)
    ///     .annotate((count(), Post.score.avg()))
    ///     .having(count().gt(3))
    ///     .order_by(count().desc());
    /// assert_eq!(authors.sql(), concat!(
    ///     r#"SELECT "author"."name", count(*), (avg("posts"."score"))::double precision "#,
    ///     r#"FROM "posts" JOIN "users" AS "author" ON "author"."id" = "posts"."author_id" "#,
    ///     r#"WHERE "posts"."score" >= $1 GROUP BY 1 HAVING count(*) > $2 ORDER BY count(*) DESC"#
    /// ));
    /// # async fn f(db: &Db) -> Result<()> {
    /// # let authors = Post::objects().values(Post.author.name).annotate((count(), Post.score.avg()));
    /// let rows: Vec<(String, (i64, Option<f64>))> = authors.all(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Groups are ordered by aggregates, or by what is [`grouped`], said behind this; the order of rows is none of groups.
    pub fn annotate<A>(self, aggregates: A) -> QuerySet<M, Grouped<V, A>, W, Unordered, L>
    where
        A: ValuesOf<Group<M>>,
    {
        let Self { select: Values(values), filter, window, model, .. } = self;
        QuerySet { select: Grouped(values, aggregates, Every), filter, order: Unordered, window, model }
    }
}

impl<M, V, A, W, O, L> QuerySet<M, Grouped<V, A>, W, O, L> {
    /// Keeps the groups for which this is true: `HAVING`. Several conditions are combined with `&`.
    pub fn having<C: Condition<Group<M>>>(
        self,
        condition: C,
    ) -> QuerySet<M, Grouped<V, A, C::Node>, W, O, L> {
        let Self { select: Grouped(values, aggregates, Every), filter, order, window, model } = self;
        QuerySet { select: Grouped(values, aggregates, condition.into_node()), filter, order, window, model }
    }
}

macro_rules! annotate {
    ($(<$($generic:ident: $bound:ident),*> $selection:ty;)+) => {$(
        impl<M: Model, $($generic: $bound<M>,)* W, O, L> QuerySet<M, $selection, W, O, L> {
            /// Adds expressions to each row, which becomes a pair of both.
            ///
            /// ```
            /// # hyperdjango::__blog!();
            /// # async fn f(db: &Db) -> Result<()> {
            /// let doubled = Post::objects().annotate(Post.score * 2);
            /// assert!(doubled.sql().contains(r#", ("posts"."score" * $1) FROM "posts""#));
            /// let rows: Vec<(Post, i32)> = doubled.all(db).await?;
            /// # Ok(()) }
            /// ```
            pub fn annotate<A: ValuesOf<M>>(
                self,
                expressions: A,
            ) -> QuerySet<M, Annotated<$selection, A>, W, O, L> {
                let Self { select, filter, order, window, model } = self;
                QuerySet { select: Annotated(select, expressions), filter, order, window, model }
            }
        }
    )+};
}

annotate! {
    <> Whole;
    <T: Relations> Related<T>;
}

struct Aggregates<M, A, W>(PhantomData<fn() -> (M, A, W)>);

impl<M: Model, A: ValuesOf<Group<M>>, W: Filter> Statement for Aggregates<M, A, W> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Rope(A::ROPE),
        Part::Text(" FROM "),
        Part::From,
        Part::Where(Conditions::<M, W>::ROPE),
    ];
}

impl<M: Model, S, W: Filter, O> QuerySet<M, S, W, O, Window<false, false>> {
    /// Django's `aggregate`: over all rows of the query at once.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let good = Post::objects().filter(Post.score.gt(10));
    /// assert_eq!(
    ///     good.aggregate_sql(&(count(), Post.score.max())),
    ///     r#"SELECT count(*), max("posts"."score") FROM "posts" WHERE "posts"."score" > $1"#
    /// );
    /// let (posts, best): (i64, Option<i32>) = good.aggregate(db, (count(), Post.score.max())).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What PostgreSQL reports, such as a sum beyond its type; or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn aggregate<A: ValuesOf<Group<M>>>(
        &self,
        db: &impl Reader,
        aggregates: A,
    ) -> impl Future<Output = Result<A::Row>> {
        asked::<M, _>(async move { self.aggregate_by(db, &aggregates, A::decode).await })
    }

    /// The same as a JSON object: [`named`](Expr::named) says what its members are called.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let json = Post::objects().json_aggregate(db, (count(), Post.score.max().named("best"))).await?;
    /// // {"count":17,"best":9}
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`aggregate`](Self::aggregate).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_aggregate<A: ValuesOf<Group<M>>>(
        &self,
        db: &impl Reader,
        aggregates: A,
    ) -> impl Future<Output = Result<JsonRow>> {
        asked::<M, _>(async move {
            self.aggregate_by(db, &aggregates, |row| {
                let mut out = vec![b'{'];
                aggregates.write_json(row, &mut out)?;
                out.push(b'}');
                Ok(JsonRow::new(out))
            })
            .await
        })
    }

    async fn aggregate_by<A: ValuesOf<Group<M>>, T: Send>(
        &self,
        db: &impl Reader,
        aggregates: &A,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T, DatabaseError> + Send,
    ) -> Result<T> {
        let sql = W::Options::sql::<Aggregates<M, A, W>>(self.filter.present())
            .of_primary(M::PRIMARY_READS)
            .cached(self.model.ttl())
            .checked(A::check);
        let mut params = Params::new();
        aggregates.bind(&mut params);
        self.filter.bind(&mut params);
        let params = &params;
        let mut found = None;
        db.read(sql, params.as_slice(), |row| {
            found = Some(read(&mut RowReader::new(row))?);
            Ok(())
        })
        .await?;
        found.ok_or(Error::DoesNotExist { table: M::TABLE })
    }

    /// The text [`aggregate`](Self::aggregate) sends.
    #[must_use]
    pub fn aggregate_sql<A: ValuesOf<Group<M>>>(&self, _aggregates: &A) -> &'static str {
        W::Options::sql::<Aggregates<M, A, W>>(self.filter.present()).text
    }

    /// How PostgreSQL would run [`aggregate`](Self::aggregate), as [`QuerySet::explain_with`].
    ///
    /// # Errors
    /// As [`aggregate`](Self::aggregate).
    pub async fn explain_aggregate<A: ValuesOf<Group<M>>>(
        &self,
        db: &impl Reader,
        aggregates: A,
        options: Explain,
    ) -> Result<Explanation> {
        let mut params = Params::new();
        aggregates.bind(&mut params);
        self.filter.bind(&mut params);
        let params = &params;
        options.read(db, self.aggregate_sql(&aggregates), params.as_slice()).await
    }
}
