//! Texts held against patterns that are written as such: regular expressions, and `LIKE` with its own wildcards.

use super::call::functions;
use super::{Arg, Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::Textual;

functions! {
    Regex("", " ~ ", "") Nulls::Any;
    IRegex("", " ~* ", "") Nulls::Any;
    RawLike("", " LIKE ", "") Nulls::Any;
    RawILike("", " ILIKE ", "") Nulls::Any;
}

/// A text held against a pattern.
type Match<R, T, N, F, V> = Expr<
    R,
    <T as Carries>::Carry<<<V as Arg<R, String>>::Type as Carries>::Carry<bool>>,
    Call<F, (N, <V as Arg<R, String>>::Node)>,
>;

impl<R, T: Carries, N: Node> Expr<R, T, N> {
    /// Django's `regex`: a regular expression of PostgreSQL's matches some part of it.
    ///
    /// A pattern that is no regular expression makes the statement fail, a 422. One that matches slowly can keep
    /// PostgreSQL busy for long: a pattern that comes from a client should be short, at most 100 characters is a good
    /// limit, and its statement under a time limit. To find a plain text, [`contains`](Expr::contains) needs no care.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__regex=r"^(An?|The) +")
    /// let query = Post::objects().filter(Post.title.regex("^(An?|The) +"));
    /// assert!(query.sql().ends_with(r#" WHERE "posts"."title" ~ $1::text"#));
    /// ```
    pub fn regex<V: Arg<R, String>>(self, pattern: V) -> Match<R, T, N, Regex, V>
    where
        T::Base: Textual,
    {
        Expr::new(Call::new((self.node, pattern.into_arg())))
    }

    /// Django's `iregex`: as [`regex`](Expr::regex), in any case.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.iregex("rust$").sql(), r#""posts"."title" ~* $1::text"#);
    /// ```
    pub fn iregex<V: Arg<R, String>>(self, pattern: V) -> Match<R, T, N, IRegex, V>
    where
        T::Base: Textual,
    {
        Expr::new(Call::new((self.node, pattern.into_arg())))
    }

    /// Is like this pattern, in which `%` stands for any characters, `_` for one, and `\` makes the next one stand for
    /// itself. [`contains`](Expr::contains) and its kind escape what they are given; this does not.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.like("R_st%").sql(), r#""posts"."title" LIKE $1::text"#);
    /// ```
    pub fn like<V: Arg<R, String>>(self, pattern: V) -> Match<R, T, N, RawLike, V>
    where
        T::Base: Textual,
    {
        Expr::new(Call::new((self.node, pattern.into_arg())))
    }

    /// As [`like`](Expr::like), in any case.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.ilike("r_st%").sql(), r#""posts"."title" ILIKE $1::text"#);
    /// ```
    pub fn ilike<V: Arg<R, String>>(self, pattern: V) -> Match<R, T, N, RawILike, V>
    where
        T::Base: Textual,
    {
        Expr::new(Call::new((self.node, pattern.into_arg())))
    }
}
