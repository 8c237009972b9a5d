//! The SQL of an expression alone.

use std::marker::PhantomData;

use crate::expr::{Expr, Node};
use crate::model::Model;
use crate::sql::{Rope, Statement};

struct Shown<R, N>(PhantomData<fn() -> (R, N)>);

impl<R: Model, N: Node> Statement for Shown<R, N> {
    const TABLE: &'static str = R::TABLE;
    const ROPE: Rope = N::ROPE;
}

pub(super) fn sql<R: Model, N: Node>() -> &'static str {
    crate::sql::Text::<Shown<R, N>, 0>::SQL.text
}

impl<R: Model, T, N: Node> Expr<R, T, N> {
    /// The SQL this becomes, with its parameters counted from 1: for a look at it, and for tests.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!((Post.score * 2).gt(10).sql(), r#"("posts"."score" * $1) > $2"#);
    /// ```
    #[must_use]
    pub fn sql(&self) -> &'static str {
        sql::<R, N>()
    }
}
