//! Sorting by a name a client gave, among those that are allowed.

use super::piece::{OrderPiece, Piece};
use crate::expr::Ordering;

/// Pairs of a name and what it orders by, up to twelve: `(("score", Post.score), ("author", Post.author.name))`.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be sorted by this",
    label = "expected pairs of a name and what it orders by, such as `((\"score\", {M}.score), ..)`"
)]
pub trait Sortable<'q, M> {
    #[doc(hidden)]
    fn names(&self) -> Vec<&'static str>;
    #[doc(hidden)]
    fn pick(self, name: &str, reversed: bool) -> Option<Box<dyn Piece + 'q>>;
}

macro_rules! implement {
    ($($($name:ident $index:tt),+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<'q, M: 'static, $($name: Ordering<M> + 'q),+> Sortable<'q, M> for ($((&'static str, $name),)+) {
            fn names(&self) -> Vec<&'static str> {
                vec![$(self.$index.0),+]
            }

            fn pick(self, name: &str, reversed: bool) -> Option<Box<dyn Piece + 'q>> {
                $(
                    if self.$index.0 == name {
                        return Some(if reversed {
                            Box::new(OrderPiece::<_, M, true>::new(self.$index.1))
                        } else {
                            Box::new(OrderPiece::<_, M, false>::new(self.$index.1))
                        });
                    }
                )+
                None
            }
        }
    )+};
}

implement! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}
