//! What a value is called in JSON.

use hyper_core::db::{Column, DatabaseError};

use super::values::ValuesOf;
use crate::expr::{Expr, Node};
use crate::field::{Field, write_json_str};
use crate::row::RowReader;
use crate::sql::{Params, Rope};

/// An expression with a name for JSON, from [`Expr::named`].
#[derive(Debug, Clone, Copy)]
#[must_use = "it is for `values`, `annotate` or `json_aggregate`"]
pub struct Named<E> {
    expression: E,
    name: &'static str,
}

impl<R, T, N> Expr<R, T, N> {
    /// Says what the value is called in JSON, where `values`, `annotate` or `aggregate` take it. Without that, it is called
    /// as PostgreSQL calls its column: a column by its own name, a function by that of the function, and a computation
    /// `?column?`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let authors = Post::objects()
    ///     .values((Post.author.id.named("id"), Post.author.name))
    ///     .annotate((count().named("posts"), Post.score.avg().named("average")));
    /// let json = authors.json(db).await?; // [{"id":1,"name":"ana","posts":3,"average":4.5}]
    /// let json = Post::objects().json_aggregate(db, (count().named("posts"), Post.score.max().named("best"))).await?;
    /// // {"posts":17,"best":9}
    /// # Ok(()) }
    /// let doubled = Post::objects().values((Post.id, (Post.score * 2).named("doubled")));
    /// assert_eq!(doubled.sql(), r#"SELECT "posts"."id", ("posts"."score" * $1) FROM "posts""#);
    /// ```
    ///
    /// The SQL is the same, and so are the tuples that `all` returns.
    pub fn named(self, name: &'static str) -> Named<Self> {
        Named { expression: self, name }
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> ValuesOf<R> for Named<Expr<R, T, N>> {
    type Row = T;
    const ROPE: Rope = N::ROPE;
    const COLUMNS: usize = 1;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.expression.node.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        <Expr<R, T, N> as ValuesOf<R>>::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T, DatabaseError> {
        row.read()
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        write_json_str(self.name, out);
        out.push(b':');
        row.write_json::<T>(out)
    }
}
