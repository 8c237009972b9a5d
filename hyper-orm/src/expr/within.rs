//! Django's `in`, by another name as Rust keeps that word for itself.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

use bytes::BytesMut;
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};

use super::Expr;
use super::function::Carries;
use super::node::{Node, binary_node};
use crate::sql::{Params, Part, Rope};

binary_node!(
    /// `a = ANY(array)` or `a IN (SELECT ..)`
    Within, "", "", ""
);

/// What `within` takes for a column of type `T`: a slice, array or vector of values, or a query of one column.
#[diagnostic::on_unimplemented(
    message = "`within` cannot look for a `{T}` in this",
    label = "expected an array, a slice or a `Vec` of `{T}`, or a query of one `{T}`",
    note = "a query is one of values: `User::objects().filter(..).values(User.id)`"
)]
pub trait Members<T> {
    /// What looking for something among them is: `bool`, or `Option<bool>` where there can be NULL among them.
    type Truth: Carries<Base = bool>;
    /// ` = ANY(..)` or ` IN (..)`.
    type Node: Node;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

/// ` = ANY($1)`: one text and one parameter for any number of values.
#[derive(Debug, Clone, Copy)]
pub struct AnyOf<V>(V);

impl<V: ToSql + Send + Sync> Node for AnyOf<V> {
    const ROPE: Rope = &[Part::Text(" = ANY("), Part::Param, Part::Text(")")];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(&self.0);
    }
}

/// Values that become a `T` each, sent as they are where PostgreSQL takes them for one: texts are borrowed, and an `i32`
/// among the `i64` of a column is made one.
pub struct Each<L, T> {
    list: L,
    of: PhantomData<fn() -> T>,
}

impl<L: fmt::Debug, T> fmt::Debug for Each<L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<L: Clone, T> Clone for Each<L, T> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), of: PhantomData }
    }
}

impl<L: Copy, T> Copy for Each<L, T> {}

impl<L: Listed, T: From<L::Member> + ToSql> ToSql for Each<L, T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let values = self.list.members();
        if <&[L::Member]>::accepts(ty) {
            values.to_sql(ty, out)
        } else {
            values.iter().cloned().map(T::from).collect::<Vec<T>>().to_sql(ty, out)
        }
    }

    fn accepts(ty: &Type) -> bool {
        <&[L::Member]>::accepts(ty) || <&[T]>::accepts(ty)
    }

    to_sql_checked!();
}

/// What holds values side by side.
pub trait Listed: fmt::Debug {
    /// One of them.
    type Member: ToSql + Clone;
    /// All of them.
    fn members(&self) -> &[Self::Member];
}

macro_rules! members {
    (<$($life:lifetime)? $(, const $n:ident)?> $list:ty) => {
        impl<$($life,)? V: ToSql + Clone $(, const $n: usize)?> Listed for $list {
            type Member = V;

            fn members(&self) -> &[V] {
                &self[..]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($life,)? T, V $(, const $n: usize)?> Members<T> for $list
        where
            T: From<V> + ToSql,
            V: ToSql + Sync + Send + Clone $(+ $life)?,
        {
            type Truth = bool;
            type Node = AnyOf<Each<Self, T>>;

            #[inline]
            fn into_node(self) -> Self::Node {
                AnyOf(Each { list: self, of: PhantomData })
            }
        }
    };
}

members!(<'v> &'v [V]);
members!(<'v> &'v Vec<V>);
members!(<'v, const N> &'v [V; N]);
members!(<> Vec<V>);
members!(<, const N> [V; N]);

impl<R, T: Carries, N: Node> Expr<R, T, N> {
    /// Is one of these values: `= ANY($1)`. No values are nobody: an empty list matches no row. Or is among those of a
    /// query: `IN (SELECT ..)`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let some = Post::objects().filter(Post.id.within([1_i64, 2, 3]));
    /// assert!(some.sql().ends_with(r#" WHERE "posts"."id" = ANY($1)"#));
    /// let bobs = User::objects().filter(User.name.startswith("bob")).values(User.id);
    /// let posts = Post::objects().filter(Post.author.id.within(bobs));
    /// assert!(posts.sql().ends_with(
    ///     r#" WHERE "posts"."author_id" IN (SELECT "users"."id" FROM "users" WHERE "users"."name" LIKE $1)"#
    /// ));
    /// ```
    pub fn within<V: Members<T::Base>>(self, values: V) -> Expr<R, T::Carry<V::Truth>, Within<N, V::Node>> {
        Expr::new(Within(self.node, values.into_node()))
    }
}
