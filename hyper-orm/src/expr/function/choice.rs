//! One of several values: the first that is not NULL, the greatest, the least.

use super::call::functions;
use super::{Arg, Call, Choices};
use crate::expr::{Expr, Node};
use crate::field::Field;

functions! {
    Coalesce("coalesce(", ")") Nulls::Any;
    Greatest("greatest(", ")") Nulls::Any;
    Least("least(", ")") Nulls::Any;
    NullIf("nullif(", ", ", ")") Nulls::Always;
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident / $node:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<R, A: Choices<R>>(choices: A) -> Expr<R, A::Type, Call<$node, (A::Node,)>> {
            Expr::new(Call::new((choices.into_list(),)))
        }
    )+};
}

choices! {
    /// Django's `Coalesce`: the first of two to eight that is not NULL. It is an `Option` only if the last of them is.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.order_by(Coalesce("url", "author__name", Value("")))
    /// let query = Post::objects().values(coalesce((Post.url, Post.title)));
    /// assert_eq!(query.sql(), r#"SELECT coalesce("posts"."url", "posts"."title") FROM "posts""#);
    /// # async fn f(db: &Db) -> Result<()> {
    /// # let query = Post::objects().values(coalesce((Post.url, Post.title)));
    /// let addresses: Vec<String> = query.all(db).await?;
    /// # Ok(()) }
    /// ```
    coalesce / Coalesce;

    /// Django's `Greatest`: the greatest of two to eight, without those that are NULL. It is an `Option` if all of them are.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::greatest;
    ///
    /// // Greatest("score", Value(0))
    /// assert_eq!(greatest((Post.score, 0)).sql(), r#"greatest("posts"."score", $1::integer)"#);
    /// ```
    greatest / Greatest;

    /// Django's `Least`: the least of two to eight, without those that are NULL. It is an `Option` if all of them are.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::least;
    ///
    /// assert_eq!(least((Post.score, 100)).sql(), r#"least("posts"."score", $1::integer)"#);
    /// ```
    least / Least;
}

/// Django's `NullIf`: the first, or NULL if both are equal.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::nullif;
///
/// // NullIf("title", Value(""))
/// assert_eq!(nullif(Post.title, "").sql(), r#"nullif("posts"."title", $1::text)"#);
/// ```
pub fn nullif<R, T: Field, N: Node, V: Arg<R, T::Base>>(
    expression: Expr<R, T, N>,
    value: V,
) -> Expr<R, Option<T::Base>, Call<NullIf, (N, V::Node)>> {
    Expr::new(Call::new((expression.node, value.into_arg())))
}
