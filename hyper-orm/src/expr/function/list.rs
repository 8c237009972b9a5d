//! Several arguments of one function, separated by commas.

use super::{Arg, Carries, IntoExpr};
use crate::expr::Node;
use crate::sql::{Params, Part, Rope};

/// `a, b, c`, of a tuple of nodes. It counts as NULL when any of them is, or, where `ALL`, when all are.
#[derive(Debug, Clone, Copy)]
pub struct List<A, const ALL: bool>(A);

/// Texts to be joined: a tuple of two to eight expressions and values.
#[diagnostic::on_unimplemented(
    message = "this cannot be joined to one text in a query on `{R}`",
    label = "expected a tuple of two to eight texts, such as `(Post.title, \", \", Post.author.name)`",
    note = "`.cast::<String>()` makes a text of an expression"
)]
pub trait Texts<R> {
    /// The texts, separated by commas.
    type Node: Node;
    /// Becomes them.
    fn into_list(self) -> Self::Node;
}

/// Expressions of one type, to choose one of: a tuple of two to eight, of which the first says the type.
#[diagnostic::on_unimplemented(
    message = "there is nothing to choose from in this, in a query on `{R}`",
    label = "expected a tuple of two to eight expressions and values of one type, such as `(Post.url, \"\")`"
)]
pub trait Choices<R> {
    /// The type, an `Option` if all of them can be NULL.
    type Type: Carries;
    /// The expressions, separated by commas.
    type Node: Node;
    /// Becomes them.
    fn into_list(self) -> Self::Node;
}

macro_rules! either {
    ($query:ident; $base:ty; $last:ident) => { <$last as Arg<$query, $base>>::Type };
    ($query:ident; $base:ty; $first:ident $($rest:ident)+) => {
        <<$first as Arg<$query, $base>>::Type as Carries>::Else<either!($query; $base; $($rest)+)>
    };
}

macro_rules! implement {
    ($(($first:ident $first_index:tt $(, $rest:ident $index:tt)+))+) => {$(
        impl<$first: Node, $($rest: Node,)+ const ALL: bool> Node for List<($first, $($rest),+), ALL> {
            const ROPE: Rope = &[Part::Rope($first::ROPE), $(Part::Text(", "), Part::Rope($rest::ROPE)),+];
            const NULLABLE: bool = if ALL {
                $first::NULLABLE $(&& $rest::NULLABLE)+
            } else {
                $first::NULLABLE $(|| $rest::NULLABLE)+
            };

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.$first_index.bind(params);
                $(self.0.$index.bind(params);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, $first: Arg<R, String>, $($rest: Arg<R, String>),+> Texts<R> for ($first, $($rest),+) {
            type Node = List<($first::Node, $($rest::Node),+), false>;

            fn into_list(self) -> Self::Node {
                List((self.$first_index.into_arg(), $(self.$index.into_arg()),+))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, $first: IntoExpr<R>, $($rest: Arg<R, <$first::Type as crate::field::Field>::Base>),+> Choices<R>
            for ($first, $($rest),+)
        {
            type Type = <$first::Type as Carries>::Else<
                either!(R; <$first::Type as crate::field::Field>::Base; $($rest)+)
            >;
            type Node = List<($first::Node, $($rest::Node),+), true>;

            fn into_list(self) -> Self::Node {
                List((self.$first_index.into_expr().node, $(self.$index.into_arg()),+))
            }
        }
    )+};
}

implement! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
