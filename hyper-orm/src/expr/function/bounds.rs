//! `lower` and `upper`: a text in lower case, a range's lower end.

use super::call::functions;
use super::{Call, Carries, Contains, Function};
use crate::expr::{Expr, Like, Node, Sought};
use crate::field::{Field, Textual};

functions! {
    Lower("lower(", ")") Nulls::Any;
    Upper("upper(", ")") Nulls::Any;
}

/// A column type with a `lower` and an `upper`: a text, or a range.
#[diagnostic::on_unimplemented(
    message = "there is no `lower` or `upper` of `{Self}`",
    label = "this is asked of texts and ranges"
)]
pub trait Bounds: Field {
    /// What they are: a text of a text, the bound or NULL of a range.
    type Bound: Carries;
    /// How the lower one is asked for.
    type Lower: Function;
    /// How the upper one is asked for.
    type Upper: Function;
}

#[diagnostic::do_not_recommend]
impl<T: Textual> Bounds for T {
    type Bound = String;
    type Lower = Lower;
    type Upper = Upper;
}

#[diagnostic::do_not_recommend]
impl<R, T: Textual, V: Sought<R>> Contains<R, V> for T {
    type Truth = V::Truth;
    type Node<N: Node> = Like<N, V::Pattern<true, true>, false>;

    fn contains<N: Node>(node: N, text: V) -> Self::Node<N> {
        Like::new(node, text.into_pattern::<true, true>())
    }
}

/// What `lower` and `upper` of an expression of type `T` become.
type Of<R, T, N, F> = Expr<R, <T as Carries>::Carry<<<T as Field>::Base as Bounds>::Bound>, Call<F, (N,)>>;

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: Bounds,
{
    /// Django's `Lower`, `title__lower`: in lower case. Of a range, Django's `startswith`: its lower end, NULL if it has none.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__lower="rust 2.0"), .order_by(Lower("title"))
    /// let query = Post::objects().filter(Post.title.lower().eq("rust 2.0")).order_by(Post.title.lower());
    /// assert!(query.sql().ends_with(r#" WHERE lower("posts"."title") = $1 ORDER BY lower("posts"."title")"#));
    /// ```
    pub fn lower(self) -> Of<R, T, N, <T::Base as Bounds>::Lower> {
        Expr::new(Call::new((self.node,)))
    }

    /// Django's `Upper`, `title__upper`: in upper case. Of a range, Django's `endswith`: its upper end, NULL if it has none.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.upper().left(3).sql(), r#"left(upper("posts"."title"), $1::integer)"#);
    /// ```
    pub fn upper(self) -> Of<R, T, N, <T::Base as Bounds>::Upper> {
        Expr::new(Call::new((self.node,)))
    }
}
