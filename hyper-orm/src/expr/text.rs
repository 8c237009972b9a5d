//! Parts of texts: Django's `contains`, `startswith`, `endswith`, `iexact` and their kind, by `LIKE` and `ILIKE`, of texts
//! of the program's and of the database's.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};

use super::Expr;
use super::function::Carries;
use super::node::Node;
use crate::field::Textual;
use crate::sql::{Params, Part, Rope};

/// `a LIKE pattern`, or `ILIKE` when `I`.
#[derive(Debug, Clone, Copy)]
pub struct Like<A, P, const I: bool>(A, P);

impl<A: Node, P: Node, const I: bool> Node for Like<A, P, I> {
    const ROPE: Rope =
        &[Part::Rope(A::ROPE), Part::Text(if I { " ILIKE " } else { " LIKE " }), Part::Rope(P::ROPE)];
    const NULLABLE: bool = A::NULLABLE || P::NULLABLE;
    const LOOSE: bool = true;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

/// What a text is held against in a query on `R`: a text of the program's, or a text expression over `R`.
///
/// `%`, `_` and `\` stand for themselves in both: the first is escaped while it is sent, the second by PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text to look for",
    label = "expected a text, or a text expression over `{R}`",
    note = "`.cast::<String>()` makes a text of another expression; columns of a related table are reached through the foreign key, as in `Post.author.name`"
)]
pub trait Sought<R> {
    /// What looking for it in a text that is never NULL is: `bool`, or `Option<bool>` for an expression that can be NULL.
    type Truth: Carries<Base = bool>;
    /// What stands behind `LIKE`, with anything before and after it.
    type Pattern<const BEFORE: bool, const AFTER: bool>: Node;
    /// Becomes it.
    fn into_pattern<const BEFORE: bool, const AFTER: bool>(self) -> Self::Pattern<BEFORE, AFTER>;
}

#[diagnostic::do_not_recommend]
impl<R, S: AsRef<str> + Send + Sync + std::fmt::Debug> Sought<R> for S {
    type Truth = bool;
    type Pattern<const BEFORE: bool, const AFTER: bool> = Pattern<S, BEFORE, AFTER>;

    #[inline]
    fn into_pattern<const BEFORE: bool, const AFTER: bool>(self) -> Pattern<S, BEFORE, AFTER> {
        Pattern(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries<Base: Textual>, N: Node> Sought<R> for Expr<R, T, N> {
    type Truth = T::Carry<bool>;
    type Pattern<const BEFORE: bool, const AFTER: bool> = Escaped<N, BEFORE, AFTER>;

    #[inline]
    fn into_pattern<const BEFORE: bool, const AFTER: bool>(self) -> Escaped<N, BEFORE, AFTER> {
        Escaped(self.node)
    }
}

/// `'%' || replace(..a..) || '%'`: a text of the database's in which `%`, `_` and `\` stand for themselves.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<A, const BEFORE: bool, const AFTER: bool>(A);

impl<A: Node, const BEFORE: bool, const AFTER: bool> Node for Escaped<A, BEFORE, AFTER> {
    // E'' is the same whatever `standard_conforming_strings` says.
    const ROPE: Rope = &[
        Part::Text(if BEFORE { "'%' || " } else { "" }),
        Part::Text("replace(replace(replace("),
        Part::Rope(A::ROPE),
        Part::Text(r", E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_')"),
        Part::Text(if AFTER { " || '%'" } else { "" }),
    ];
    const NULLABLE: bool = A::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// A text in which `%`, `_` and `\` stand for themselves, with anything before or after it. It is escaped while
/// it is written to the connection.
#[derive(Debug, Clone, Copy)]
pub struct Pattern<S, const BEFORE: bool, const AFTER: bool>(S);

impl<S, const BEFORE: bool, const AFTER: bool> Node for Pattern<S, BEFORE, AFTER>
where
    S: AsRef<str> + Send + Sync + std::fmt::Debug,
{
    const ROPE: Rope = &[Part::Param];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(self);
    }
}

impl<S, const BEFORE: bool, const AFTER: bool> ToSql for Pattern<S, BEFORE, AFTER>
where
    S: AsRef<str> + std::fmt::Debug,
{
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if BEFORE {
            out.put_u8(b'%');
        }
        for &byte in self.0.as_ref().as_bytes() {
            if matches!(byte, b'%' | b'_' | b'\\') {
                out.put_u8(b'\\');
            }
            out.put_u8(byte);
        }
        if AFTER {
            out.put_u8(b'%');
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

/// A lookup of a `V` in a text of type `T`.
type Lookup<R, T, N, V, const I: bool, const BEFORE: bool, const AFTER: bool> = Expr<
    R,
    <T as Carries>::Carry<<V as Sought<R>>::Truth>,
    Like<N, <V as Sought<R>>::Pattern<BEFORE, AFTER>, I>,
>;

impl<A, P, const I: bool> Like<A, P, I> {
    /// Is like this pattern.
    pub(super) const fn new(node: A, pattern: P) -> Self {
        Self(node, pattern)
    }
}

// Written out, and with the bound at each method: errors show where a bound stands.
impl<R, T: Carries, N: Node> Expr<R, T, N> {
    /// Django's `icontains`: contains this text in any case, `ILIKE '%..%'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__icontains="rust")
    /// assert_eq!(Post.title.icontains("rust").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    pub fn icontains<V: Sought<R>>(self, text: V) -> Lookup<R, T, N, V, true, true, true>
    where
        T::Base: Textual,
    {
        Expr::new(Like(self.node, text.into_pattern::<true, true>()))
    }

    /// Django's `startswith`: starts with this text, `LIKE '..%'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.startswith("Rust").sql(), r#""posts"."title" LIKE $1"#);
    /// // Post.objects.filter(title__startswith=F("author__name")): what the column holds is escaped, too.
    /// let own = Post::objects().filter(Post.title.startswith(Post.author.name));
    /// assert!(own.sql().ends_with(
    ///     r#" WHERE "posts"."title" LIKE replace(replace(replace("author"."name", E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_') || '%'"#
    /// ));
    /// ```
    pub fn startswith<V: Sought<R>>(self, text: V) -> Lookup<R, T, N, V, false, false, true>
    where
        T::Base: Textual,
    {
        Expr::new(Like(self.node, text.into_pattern::<false, true>()))
    }

    /// Django's `istartswith`: starts with this text in any case, `ILIKE '..%'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.istartswith("rust").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    pub fn istartswith<V: Sought<R>>(self, text: V) -> Lookup<R, T, N, V, true, false, true>
    where
        T::Base: Textual,
    {
        Expr::new(Like(self.node, text.into_pattern::<false, true>()))
    }

    /// Django's `endswith`: ends with this text, `LIKE '%..'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.endswith("2.0").sql(), r#""posts"."title" LIKE $1"#);
    /// ```
    pub fn endswith<V: Sought<R>>(self, text: V) -> Lookup<R, T, N, V, false, true, false>
    where
        T::Base: Textual,
    {
        Expr::new(Like(self.node, text.into_pattern::<true, false>()))
    }

    /// Django's `iendswith`: ends with this text in any case, `ILIKE '%..'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.iendswith("GARDEN").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    pub fn iendswith<V: Sought<R>>(self, text: V) -> Lookup<R, T, N, V, true, true, false>
    where
        T::Base: Textual,
    {
        Expr::new(Like(self.node, text.into_pattern::<true, false>()))
    }

    /// Django's `iexact`: is this text in any case, `ILIKE '..'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.iexact("ten recipes").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    pub fn iexact<V: Sought<R>>(self, text: V) -> Lookup<R, T, N, V, true, false, false>
    where
        T::Base: Textual,
    {
        Expr::new(Like(self.node, text.into_pattern::<false, false>()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pattern_reads_back_as_its_text(text in any::<String>(), before: bool, after: bool) {
            let mut out = BytesMut::new();
            let text = text.as_str();
            let pattern: &dyn ToSql = match (before, after) {
                (false, false) => &Pattern::<_, false, false>(text),
                (false, true) => &Pattern::<_, false, true>(text),
                (true, false) => &Pattern::<_, true, false>(text),
                (true, true) => &Pattern::<_, true, true>(text),
            };
            pattern.to_sql_checked(&Type::TEXT, &mut out).unwrap();
            let pattern = std::str::from_utf8(&out).unwrap();
            let pattern = pattern.strip_prefix('%').filter(|_| before).unwrap_or(pattern);
            let pattern = pattern.strip_suffix('%').filter(|_| after).unwrap_or(pattern);
            let (mut plain, mut characters) = (String::new(), pattern.chars());
            while let Some(c) = characters.next() {
                prop_assert!(c != '%' && c != '_');
                plain.push(if c == '\\' { characters.next().unwrap() } else { c });
            }
            prop_assert_eq!(plain, text);
        }
    }

    #[test]
    fn wildcards_stand_for_themselves() {
        let pattern = Pattern::<_, true, false>(r"50%_\");
        let mut out = BytesMut::new();
        pattern.to_sql(&Type::TEXT, &mut out).unwrap();
        assert_eq!(out, r"%50\%\_\\".as_bytes());
    }
}
