//! Parts of texts: Django's `contains`, `startswith`, `endswith`, `iexact` and their kind, by `LIKE` and `ILIKE`.

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
pub struct Like<A, S, const I: bool>(A, Pattern<S>);

impl<A: Node, S: AsRef<str> + Send + Sync + std::fmt::Debug, const I: bool> Node for Like<A, S, I> {
    const ROPE: Rope = &[Part::Rope(A::ROPE), Part::Text(if I { " ILIKE " } else { " LIKE " }), Part::Param];
    const NULLABLE: bool = A::NULLABLE;
    const LOOSE: bool = true;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        params.push(&self.1);
    }
}

/// A text in which `%`, `_` and `\` stand for themselves, with anything before or after it. It is escaped while
/// it is written to the connection.
#[derive(Debug, Clone, Copy)]
pub struct Pattern<S> {
    text: S,
    anything_before: bool,
    anything_after: bool,
}

impl<S: AsRef<str> + std::fmt::Debug> ToSql for Pattern<S> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if self.anything_before {
            out.put_u8(b'%');
        }
        for &byte in self.text.as_ref().as_bytes() {
            if matches!(byte, b'%' | b'_' | b'\\') {
                out.put_u8(b'\\');
            }
            out.put_u8(byte);
        }
        if self.anything_after {
            out.put_u8(b'%');
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $method:ident: $insensitive:literal, $before:literal, $after:literal;)+) => {
        impl<R, T: Carries, N: Node> Expr<R, T, N>
        where
            T::Base: Textual,
        {$(
            $(#[$doc])*
            pub fn $method<S>(self, text: S) -> Expr<R, T::Carry<bool>, Like<N, S, $insensitive>>
            where
                S: AsRef<str> + Send + Sync + std::fmt::Debug,
            {
                let pattern = Pattern { text, anything_before: $before, anything_after: $after };
                Expr::new(Like(self.node, pattern))
            }
        )+}
    };
}

impl<A, S, const I: bool> Like<A, S, I> {
    /// Contains this text.
    pub(super) const fn containing(node: A, text: S) -> Self {
        Self(node, Pattern { text, anything_before: true, anything_after: true })
    }
}

lookups! {
    /// Django's `icontains`: contains this text in any case, `ILIKE '%..%'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__icontains="rust")
    /// assert_eq!(Post.title.icontains("rust").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    icontains: true, true, true;
    /// Django's `startswith`: starts with this text, `LIKE '..%'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.startswith("Rust").sql(), r#""posts"."title" LIKE $1"#);
    /// ```
    startswith: false, false, true;
    /// Django's `istartswith`: starts with this text in any case, `ILIKE '..%'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.istartswith("rust").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    istartswith: true, false, true;
    /// Django's `endswith`: ends with this text, `LIKE '%..'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.endswith("2.0").sql(), r#""posts"."title" LIKE $1"#);
    /// ```
    endswith: false, true, false;
    /// Django's `iendswith`: ends with this text in any case, `ILIKE '%..'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.iendswith("GARDEN").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    iendswith: true, true, false;
    /// Django's `iexact`: is this text in any case, `ILIKE '..'`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.iexact("ten recipes").sql(), r#""posts"."title" ILIKE $1"#);
    /// ```
    iexact: true, false, false;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pattern_reads_back_as_its_text(text in any::<String>(), before: bool, after: bool) {
            let mut out = BytesMut::new();
            Pattern { text: text.as_str(), anything_before: before, anything_after: after }
                .to_sql(&Type::TEXT, &mut out)
                .unwrap();
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
        let pattern = Pattern { text: r"50%_\", anything_before: true, anything_after: false };
        let mut out = BytesMut::new();
        pattern.to_sql(&Type::TEXT, &mut out).unwrap();
        assert_eq!(out, r"%50\%\_\\".as_bytes());
    }
}
