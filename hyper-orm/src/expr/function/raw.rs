//! SQL of one's own as an expression: what `sql!` expands to.

use super::IntoExpr;
use super::call::{Call, Function};
use crate::expr::Expr;
use crate::field::Field;

/// What stands at the `{}` of a `sql!` in a query on `R`: up to eight columns, expressions and values.
pub trait RawArgs<R> {
    /// What they become.
    type Nodes;
    /// Become it.
    fn into_nodes(self) -> Self::Nodes;
}

impl<R> RawArgs<R> for () {
    type Nodes = ();

    fn into_nodes(self) {}
}

macro_rules! implement {
    ($(($($name:ident)+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $($name: IntoExpr<R>),+> RawArgs<R> for ($($name,)+) {
            type Nodes = ($($name::Node,)+);

            #[expect(non_snake_case)]
            fn into_nodes(self) -> Self::Nodes {
                let ($($name,)+) = self;
                ($($name.into_expr().node,)+)
            }
        }
    )+};
}

implement! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// Django's `RawSQL`: SQL of one's own, by [`sql!`](hyper_macros::sql).
///
/// ```
/// # hyperdjango::__blog!();
/// let query = Post::objects().filter(sql!(bool, "{} % {} = 0", Post.score, 2) & Post.id.gt(7));
/// assert!(query.sql().ends_with(
///     r#" WHERE ("posts"."score" % $1::integer = 0) AND "posts"."id" > $2"#
/// ));
/// let names = Post::objects().values(sql!(String, "{} || ' by ' || {}", Post.title, Post.author.name));
/// assert!(names.sql().starts_with(r#"SELECT ("posts"."title" || ' by ' || "author"."name") FROM "#));
/// ```
#[doc(hidden)]
pub fn raw<R, T: Field, F: Function, A: RawArgs<R>>(arguments: A) -> Expr<R, T, Call<F, A::Nodes>> {
    Expr::new(Call::new(arguments.into_nodes()))
}
