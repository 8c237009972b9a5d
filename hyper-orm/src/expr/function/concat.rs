//! Several texts joined to one.

use super::call::functions;
use super::{Arg, Call, Carries, Texts};
use crate::expr::Expr;

functions! {
    Concat("concat(", ")") Nulls::Never;
    ConcatWs("concat_ws(", ", ", ")") Nulls::When(&[true]);
}

/// Django's `Concat`: texts one behind the other, NULL counting as empty. It is never NULL itself.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::concat;
///
/// // Concat("title", Value(" by "), "author__name")
/// assert_eq!(
///     concat((Post.title, " by ", Post.author.name)).sql(),
///     r#"concat("posts"."title", $1::text, "author"."name")"#
/// );
/// ```
pub fn concat<R, A: Texts<R>>(texts: A) -> Expr<R, String, Call<Concat, (A::Node,)>> {
    Expr::new(Call::new((texts.into_list(),)))
}

/// PostgreSQL's `concat_ws`: texts with a separator between them; those that are NULL are left out, with their separator.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::concat_ws;
///
/// assert_eq!(
///     concat_ws(", ", (Post.title, Post.url)).sql(),
///     r#"concat_ws($1::text, "posts"."title", "posts"."url")"#
/// );
/// ```
pub fn concat_ws<R, S: Arg<R, String>, A: Texts<R>>(
    separator: S,
    texts: A,
) -> Expr<R, <S::Type as Carries>::Carry<String>, Call<ConcatWs, (S::Node, A::Node)>> {
    Expr::new(Call::new((separator.into_arg(), texts.into_list())))
}
