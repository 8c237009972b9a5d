//! The order of texts: Django's `Collate`.

use std::marker::PhantomData;

use super::Carries;
use crate::copied::copied;
use crate::expr::{Expr, Node};
use crate::field::Textual;
use crate::sql::{Params, Part, Rope};

/// A collation of the database. Those of your own, or of another language, are a type each:
///
/// ```
/// use hyperdjango::orm::expr::function::collate::Collation;
///
/// #[derive(Clone, Copy)]
/// struct Swedish;
///
/// impl Collation for Swedish {
///     const NAME: &'static str = "sv-x-icu";
/// }
/// ```
pub trait Collation: Copy + Send + Sync + 'static {
    /// Its name. It must not hold a `"`.
    const NAME: &'static str;
}

/// By the numbers of the characters: `Z` before `a`.
#[derive(Debug, Clone, Copy)]
pub struct ByCodePoint;

impl Collation for ByCodePoint {
    const NAME: &'static str = "C";
}

/// `(a COLLATE "C")`
pub struct Collate<N, C>(N, PhantomData<fn() -> C>);

copied! { Collate<N, C> { 0: N; 1 } }

impl<N: Node, C: Collation> Node for Collate<N, C> {
    const ROPE: Rope = &[
        Part::Text("("),
        Part::Rope(N::ROPE),
        Part::Text(" COLLATE "),
        Part::Name(C::NAME),
        Part::Text(")"),
    ];
    const NULLABLE: bool = N::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: Textual,
{
    /// Django's `Collate`: compared and ordered by the rules of this collation.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::expr::function::collate::ByCodePoint;
    ///
    /// // Post.objects.order_by(Collate("title", "C"))
    /// let query = Post::objects().order_by(Post.title.collate(ByCodePoint));
    /// assert!(query.sql().ends_with(r#" ORDER BY ("posts"."title" COLLATE "C")"#));
    /// ```
    pub fn collate<C: Collation>(self, _collation: C) -> Expr<R, T, Collate<N, C>> {
        Expr::new(Collate(self.node, PhantomData))
    }
}
