//! Where windows can stand, and what can be made of them.

use std::marker::PhantomData;

use hyper_core::db::{Column, DatabaseError};

use crate::copied::copied;
use crate::expr::function::Carries;
use crate::expr::function::show::sql;
use crate::expr::{Eq, Expr, Gt, Gte, Lt, Lte, Ne, Node, Operand, Order, Ordering};
use crate::field::Field;
use crate::model::Model;
use crate::query::ValuesOf;
use crate::row::RowReader;
use crate::sql::{Params, Rope};

/// An expression with a window in it: a `T` for each row of a query on `R`, which can be selected and ordered by, but not
/// filtered by.
pub struct Windowed<R, T, N> {
    pub(super) node: N,
    of: PhantomData<fn() -> (R, T)>,
}

copied! { Windowed<R, T, N> { node: N; of } }

impl<R, T, N> Windowed<R, T, N> {
    pub(super) const fn new(node: N) -> Self {
        Self { node, of: PhantomData }
    }
}

impl<R: Model, T, N: Node> Windowed<R, T, N> {
    /// The SQL this becomes, with its parameters counted from 1: for a look at it, and for tests.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        sql::<R, N>()
    }
}

impl<R, T: Field, N: Node> Windowed<R, T, N> {
    /// Computes something from a window's value, with whatever can be computed from a column's.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::window::{avg, lag, window};
    ///
    /// // Coalesce(Window(Lag("score"), order_by="id"), 0)
    /// let before = window(lag(Post.score)).order_by(Post.id).with(|before| coalesce((before, 0)));
    /// assert_eq!(before.sql(), r#"coalesce(lag("posts"."score") OVER (ORDER BY "posts"."id"), $1::integer)"#);
    ///
    /// // F("score") - Window(Avg("score"))
    /// let above = window(avg(Post.score)).with(|average| Post.score.cast::<f64>() - average);
    /// assert_eq!(
    ///     above.sql(),
    ///     r#"(CAST("posts"."score" AS double precision) - (avg("posts"."score") OVER ())::double precision)"#
    /// );
    /// ```
    pub fn with<U, M>(self, compute: impl FnOnce(Expr<R, T, N>) -> Expr<R, U, M>) -> Windowed<R, U, M> {
        Windowed::new(compute(Expr::new(self.node)).node)
    }

    /// Smallest first.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # use hyperdjango::orm::functions::window::{rank, window};
    /// let query = Post::objects().order_by(window(rank()).order_by(Post.score).asc());
    /// assert!(query.sql().ends_with(r#" ORDER BY rank() OVER (ORDER BY "posts"."score")"#));
    /// ```
    pub fn asc(self) -> Order<Expr<R, T, N>, false> {
        Expr::new(self.node).asc()
    }

    /// Greatest first.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # use hyperdjango::orm::functions::window::{rank, window};
    /// let query = Post::objects().order_by(window(rank()).order_by(Post.score).desc());
    /// assert!(query.sql().ends_with(r#" ORDER BY rank() OVER (ORDER BY "posts"."score") DESC"#));
    /// ```
    pub fn desc(self) -> Order<Expr<R, T, N>, true> {
        Expr::new(self.node).desc()
    }
}

macro_rules! comparisons {
    ($($method:ident $node:ident $text:literal;)+) => {
        impl<R, T: Carries, N: Node> Windowed<R, T, N> {$(
            #[doc = concat!("`", $text, "`: true or false for each row, to be selected.")]
            ///
            /// ```
            /// # hyperdjango::__blog!();
            /// use hyperdjango::orm::functions::window::{rank, window};
            ///
            #[doc = concat!("let compared = window(rank()).order_by(Post.score).", stringify!($method), "(3);")]
            #[doc = concat!("assert_eq!(compared.sql(), r#\"rank() OVER (ORDER BY \"posts\".\"score\") ", $text, "\"#);")]
            /// ```
            pub fn $method<V: Operand<R, T::Base>>(
                self,
                value: V,
            ) -> Windowed<R, T::Carry<V::Truth>, $node<N, V::Node>> {
                self.with(|value_of_window| value_of_window.$method(value))
            }
        )+}
    };
}

comparisons! {
    eq Eq "= $1";
    ne Ne "<> $1";
    gt Gt "> $1";
    gte Gte ">= $1";
    lt Lt "< $1";
    lte Lte "<= $1";
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> ValuesOf<R> for Windowed<R, T, N> {
    type Row = T;
    const ROPE: Rope = N::ROPE;
    const COLUMNS: usize = 1;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.node.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        <Expr<R, T, N> as ValuesOf<R>>::check(columns)
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T, DatabaseError> {
        <Expr<R, T, N> as ValuesOf<R>>::decode(row)
    }

    fn write_json(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        crate::query::write_named::<T>(row, out)
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field, N: Node> Ordering<R> for Windowed<R, T, N> {
    const ROPE: Rope = N::ROPE;
    const REVERSED: Rope = <Expr<R, T, N> as Ordering<R>>::REVERSED;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.node.bind(params);
    }
}
