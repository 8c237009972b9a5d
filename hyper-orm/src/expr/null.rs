//! `IS NULL` and its opposite.

use super::Expr;
use super::function::Arg;
use super::node::{Node, Tight};
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

macro_rules! null_node {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<A>(pub(crate) A);

        impl<A: Node> Node for $name<A> {
            const ROPE: Rope = &[Part::Rope(Tight::<A>::ROPE), Part::Text($text)];
            const NULLABLE: bool = false;
            const LOOSE: bool = true;

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
            }
        }
    };
}

null_node!(
    /// `a IS NULL`
    IsNull, " IS NULL"
);
null_node!(
    /// `a IS NOT NULL`
    IsNotNull, " IS NOT NULL"
);

macro_rules! distinct {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<A, B>(A, B);

        impl<A: Node, B: Node> Node for $name<A, B> {
            const ROPE: Rope = &[Part::Rope(Tight::<A>::ROPE), Part::Text($text), Part::Rope(Tight::<B>::ROPE)];
            const LOOSE: bool = true;
            const NULLABLE: bool = false;

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.bind(params);
                self.1.bind(params);
            }
        }
    };
}

distinct!(
    /// `a IS DISTINCT FROM b`
    IsDistinctFrom, " IS DISTINCT FROM "
);
distinct!(
    /// `a IS NOT DISTINCT FROM b`
    IsNotDistinctFrom, " IS NOT DISTINCT FROM "
);

impl<R, T: Field, N: Node> Expr<R, T, N> {
    /// Django's `isnull=True`: `IS NULL`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(url__isnull=True)
    /// assert_eq!(Post.url.is_null().sql(), r#""posts"."url" IS NULL"#);
    /// ```
    pub fn is_null(self) -> Expr<R, bool, IsNull<N>> {
        Expr::new(IsNull(self.node))
    }

    /// Django's `isnull=False`: `IS NOT NULL`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.url.is_not_null().sql(), r#""posts"."url" IS NOT NULL"#);
    /// ```
    pub fn is_not_null(self) -> Expr<R, bool, IsNotNull<N>> {
        Expr::new(IsNotNull(self.node))
    }

    /// Differs, where NULL is a value like any other: NULL differs from each value, and not from NULL. It is never NULL
    /// itself.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.url.is_distinct_from("x").sql(), r#""posts"."url" IS DISTINCT FROM $1::text"#);
    /// ```
    pub fn is_distinct_from<V: Arg<R, T::Base>>(self, value: V) -> Expr<R, bool, IsDistinctFrom<N, V::Node>> {
        Expr::new(IsDistinctFrom(self.node, value.into_arg()))
    }

    /// Is the same, where NULL is a value like any other: NULL is the same as NULL.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().filter(Post.url.is_not_distinct_from(Post.author.name));
    /// assert!(query.sql().ends_with(r#" WHERE "posts"."url" IS NOT DISTINCT FROM "author"."name""#));
    /// ```
    pub fn is_not_distinct_from<V: Arg<R, T::Base>>(
        self,
        value: V,
    ) -> Expr<R, bool, IsNotDistinctFrom<N, V::Node>> {
        Expr::new(IsNotDistinctFrom(self.node, value.into_arg()))
    }
}
