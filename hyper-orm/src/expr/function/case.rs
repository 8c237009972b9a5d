//! Django's `Case` and `When`.

use std::marker::PhantomData;

use super::call::functions;
use super::{Arg, Call, Carries, IntoExpr};
use crate::copied::copied;
use crate::expr::{Condition, Expr, Node};

functions! {
    When("CASE WHEN ", " THEN ", "") Nulls::When(&[false, true]);
    OrWhen("", " WHEN ", " THEN ", "") Nulls::When(&[true, false, true]);
    Default("", " ELSE ", " END") Nulls::Any;
    End("", " END") Nulls::Always;
}

/// A `CASE` without branches, from [`case`].
#[derive(Debug, Clone, Copy)]
pub struct EmptyCase;

/// A `CASE` with branches, which [`default`](Self::default) or [`end`](Self::end) makes an expression.
#[must_use = "a case is an expression after `.default(value)` or `.end()`"]
pub struct Case<R, T, N> {
    node: N,
    of: PhantomData<fn() -> (R, T)>,
}

copied! { Case<R, T, N> { node: N; of } }

/// Django's `Case(When(..), .., default=..)`: the value of the first condition that is true.
///
/// The first value says which type they all have; values that are no expressions become parameters.
///
/// ```
/// # hyperdjango::__blog!();
/// // Case(When(score__gt=100, then=Value("hot")), When(score__gt=10, then=Value("warm")), default=Value("cold"))
/// let heat = case().when(Post.score.gt(100), "hot").when(Post.score.gt(10), "warm").default("cold");
/// assert_eq!(
///     Post::objects().values((Post.id, heat)).sql(),
///     r#"SELECT "posts"."id", CASE WHEN "posts"."score" > $1 THEN $2::text WHEN "posts"."score" > $3 THEN $4::text ELSE $5::text END FROM "posts""#
/// );
/// ```
pub const fn case() -> EmptyCase {
    EmptyCase
}

impl EmptyCase {
    /// The value where this is true.
    pub fn when<R, C: Condition<R>, V: IntoExpr<R>>(
        self,
        condition: C,
        value: V,
    ) -> Case<R, V::Type, Call<When, (C::Node, V::Node)>> {
        Case { node: Call::new((condition.into_node(), value.into_expr().node)), of: PhantomData }
    }
}

impl<R, T: Carries, N: Node> Case<R, T, N> {
    /// The value where this is true, and no condition before it was.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let shown = case().when(Post.url.is_not_null(), Post.url).when(Post.score.gt(0), Post.title).end();
    /// assert_eq!(
    ///     shown.sql(),
    ///     r#"CASE WHEN "posts"."url" IS NOT NULL THEN "posts"."url" WHEN "posts"."score" > $1 THEN "posts"."title" END"#
    /// );
    /// ```
    pub fn when<C: Condition<R>, V: Arg<R, T::Base>>(
        self,
        condition: C,
        value: V,
    ) -> Case<R, T::Carry<V::Type>, Call<OrWhen, (N, C::Node, V::Node)>> {
        Case { node: Call::new((self.node, condition.into_node(), value.into_arg())), of: PhantomData }
    }

    /// The value where no condition is true.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let points = case().when(Post.url.is_null(), 0).default(Post.score);
    /// let query = Post::objects().order_by(points.desc());
    /// assert!(query.sql().ends_with(
    ///     r#" ORDER BY CASE WHEN "posts"."url" IS NULL THEN $1::integer ELSE "posts"."score" END DESC"#
    /// ));
    /// ```
    pub fn default<V: Arg<R, T::Base>>(
        self,
        value: V,
    ) -> Expr<R, T::Carry<V::Type>, Call<Default, (N, V::Node)>> {
        Expr::new(Call::new((self.node, value.into_arg())))
    }

    /// NULL where no condition is true, as in Django's `Case` without a default.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let score = case().when(Post.score.gt(0), Post.score).end();
    /// assert_eq!(score.sql(), r#"CASE WHEN "posts"."score" > $1 THEN "posts"."score" END"#);
    /// ```
    pub fn end(self) -> Expr<R, Option<T::Base>, Call<End, (N,)>> {
        Expr::new(Call::new((self.node,)))
    }
}
