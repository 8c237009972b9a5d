//! Texts as they are searched.

use std::marker::PhantomData;

use super::config::{DatabaseDefault, SearchConfig};
use super::query::{PlainWords, QueryNode, SearchQuery, search_query};
use crate::copied::copied;
use crate::expr::function::call::functions;
use crate::expr::function::{Arg, Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::{Textual, TsVector};
use crate::sql::{Params, Part, Rope};

functions! {
    Matches("", " @@ ", "") Nulls::Any;
}

/// Texts to be searched, from [`search_vector`]. It has a type of PostgreSQL's that is not read: it is asked with
/// [`matches`](Self::matches) and ranked with `search_rank`.
#[must_use = "ask it with `.matches(search_query(..))`"]
pub struct SearchVector<R, P, C = DatabaseDefault> {
    parts: P,
    of: PhantomData<fn() -> (R, C)>,
}

/// A text with a weight, from [`weight_a`](Expr::weight_a) and its kind.
pub struct Weighted<R, T, N, const WEIGHT: char>(N, PhantomData<fn() -> (R, T)>);

/// `to_tsvector('english', coalesce(a, ''))`, with its weight.
pub struct VectorNode<N, C, const WEIGHT: char>(N, PhantomData<C>);

copied! {
    SearchVector<R, P, C> { parts: P; of }
    Weighted<R, T, N; const WEIGHT: char> { 0: N; 1 }
    VectorNode<N, C; const WEIGHT: char> { 0: N; 1 }
}

impl<N: Node, C: SearchConfig, const WEIGHT: char> Node for VectorNode<N, C, WEIGHT> {
    const ROPE: Rope = &[
        Part::Text(if WEIGHT == ' ' { "to_tsvector(" } else { "setweight(to_tsvector(" }),
        Part::Rope(C::ARGUMENT),
        // NULL is a text without words, as in Django.
        Part::Text(if N::NULLABLE { "coalesce(" } else { "" }),
        Part::Rope(N::ROPE),
        Part::Text(if N::NULLABLE { ", '')" } else { "" }),
        Part::Text(match WEIGHT {
            'A' => "), 'A')",
            'B' => "), 'B')",
            'C' => "), 'C')",
            'D' => "), 'D')",
            _ => ")",
        }),
    ];
    const NULLABLE: bool = false;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// Django's `SearchVector`: a text, or a tuple of up to six, to be searched together. Each can have a weight, from `A`
/// for what counts most to `D`, by [`weight_a`](Expr::weight_a) and its kind. NULL is a text without words.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::{search_query, search_vector};
/// use hyperdjango::orm::functions::configs::English;
///
/// // Post.objects.annotate(search=SearchVector("title", config="english")).filter(search=SearchQuery("garden", config="english"))
/// let found = search_vector(Post.title).config(English).matches(search_query("garden").config(English));
/// assert!(Post::objects().filter(found).sql().ends_with(
///     r#" WHERE to_tsvector('english', "posts"."title") @@ plainto_tsquery('english', $1::text)"#
/// ));
///
/// // SearchVector("title", weight="A") + SearchVector("url", weight="B")
/// let found = search_vector((Post.title.weight_a(), Post.url.weight_b())).matches(search_query("garden"));
/// assert_eq!(
///     found.sql(),
///     r#"(setweight(to_tsvector("posts"."title"), 'A') || setweight(to_tsvector(coalesce("posts"."url", '')), 'B')) @@ plainto_tsquery($1::text)"#
/// );
/// ```
pub fn search_vector<R, P: SearchParts<R>>(texts: P) -> SearchVector<R, P> {
    SearchVector { parts: texts, of: PhantomData }
}

impl<R, P: SearchParts<R>, C: SearchConfig> SearchVector<R, P, C> {
    /// Breaks the texts down by this language's rules.
    pub fn config<D: SearchConfig>(self, _config: D) -> SearchVector<R, P, D> {
        SearchVector { parts: self.parts, of: PhantomData }
    }

    /// Whether the texts have what the query asks for: `@@`.
    pub fn matches<T: Carries, N: Node>(
        self,
        query: SearchQuery<R, T, N>,
    ) -> Expr<R, T::Carry<bool>, Call<Matches, (P::Node<C>, N)>> {
        Expr::new(Call::new((self.parts.into_node(), query.node)))
    }
}

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: Textual,
{
    /// Django's `search`: has these words, by the rules of the database's language. It breaks down each text anew; an index
    /// on `to_tsvector('english', title)` is used by [`search_vector`] with the same language.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__search="garden")
    /// assert_eq!(
    ///     Post.title.search("garden").sql(),
    ///     r#"to_tsvector("posts"."title") @@ plainto_tsquery($1::text)"#
    /// );
    /// ```
    pub fn search<V: Arg<R, String>>(
        self,
        words: V,
    ) -> Expr<
        R,
        <V::Type as Carries>::Carry<bool>,
        Call<Matches, (VectorNode<N, DatabaseDefault, ' '>, QueryNode<PlainWords, DatabaseDefault, V::Node>)>,
    > {
        search_vector(self).matches(search_query(words))
    }
}

/// Something with words in it: what `search_rank` takes first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that is searched, in a query on `{R}`",
    label = "expected `search_vector(Post.title)`, or a `tsvector` column"
)]
pub trait Vector<R> {
    /// What it becomes.
    type Node: Node;
    /// What its NULL makes of a result.
    type Type: Carries;
    /// Becomes it.
    fn into_node(self) -> Self::Node;
}

#[diagnostic::do_not_recommend]
impl<R, P: SearchParts<R>, C: SearchConfig> Vector<R> for SearchVector<R, P, C> {
    type Node = P::Node<C>;
    type Type = String;

    fn into_node(self) -> Self::Node {
        self.parts.into_node()
    }
}

/// A `tsvector` column: one PostgreSQL keeps up to date, with an index.
#[diagnostic::do_not_recommend]
impl<R, T: Carries<Base = TsVector>, N: Node> Vector<R> for Expr<R, T, N> {
    type Node = N;
    type Type = T;

    fn into_node(self) -> N {
        self.node
    }
}

impl<R, T: Carries<Base = TsVector>, N: Node> Expr<R, T, N> {
    /// Whether a `tsvector` has what the query asks for: `@@`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// use hyperdjango::orm::functions::search_query;
    ///
    /// // Thing.objects.filter(words=SearchQuery("rust"))
    /// assert_eq!(
    ///     Thing.words.matches(search_query("rust")).sql(),
    ///     r#""things"."words" @@ plainto_tsquery($1::text)"#
    /// );
    /// ```
    pub fn matches<U: Carries, M: Node>(
        self,
        query: SearchQuery<R, U, M>,
    ) -> Expr<R, T::Carry<U::Carry<bool>>, Call<Matches, (N, M)>> {
        Expr::new(Call::new((self.node, query.node)))
    }
}

macro_rules! weights {
    ($($method:ident $weight:literal)+) => {
        impl<R, T: Carries, N: Node> Expr<R, T, N>
        where
            T::Base: Textual,
        {$(
            #[doc = concat!("Gives its words in a [`search_vector`] the weight `", $weight, "`, of `A` to `D`, which ranks count.")]
            pub fn $method(self) -> Weighted<R, T, N, $weight> {
                Weighted(self.node, PhantomData)
            }
        )+}
    };
}

weights! {
    weight_a 'A'
    weight_b 'B'
    weight_c 'C'
    weight_d 'D'
}

/// A text, with or without a weight, or a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "this cannot be searched in a query on `{R}`",
    label = "expected a text such as `Post.title` or `Post.title.weight_a()`, or a tuple of up to six"
)]
pub trait SearchParts<R> {
    /// The vector, with its words broken down by `C`.
    type Node<C: SearchConfig>: Node;
    /// Becomes it.
    fn into_node<C: SearchConfig>(self) -> Self::Node<C>;
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, N: Node> SearchParts<R> for Expr<R, T, N>
where
    T::Base: Textual,
{
    type Node<C: SearchConfig> = VectorNode<N, C, ' '>;

    fn into_node<C: SearchConfig>(self) -> Self::Node<C> {
        VectorNode(self.node, PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Carries, N: Node, const WEIGHT: char> SearchParts<R> for Weighted<R, T, N, WEIGHT> {
    type Node<C: SearchConfig> = VectorNode<N, C, WEIGHT>;

    fn into_node<C: SearchConfig>(self) -> Self::Node<C> {
        VectorNode(self.0, PhantomData)
    }
}

/// `(a || b)`, of vectors.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Joined<A>(A);

macro_rules! parts {
    ($(($first:ident $first_index:tt, $($rest:ident $index:tt),+))+) => {$(
        impl<$first: Node, $($rest: Node),+> Node for Joined<($first, $($rest),+)> {
            const ROPE: Rope = &[
                Part::Text("("),
                Part::Rope($first::ROPE),
                $(Part::Text(" || "), Part::Rope($rest::ROPE),)+
                Part::Text(")"),
            ];
            const NULLABLE: bool = $first::NULLABLE $(|| $rest::NULLABLE)+;

            #[inline]
            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.0.$first_index.bind(params);
                $(self.0.$index.bind(params);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, $first: SearchParts<R>, $($rest: SearchParts<R>),+> SearchParts<R> for ($first, $($rest),+) {
            type Node<Z: SearchConfig> = Joined<($first::Node<Z>, $($rest::Node<Z>),+)>;

            fn into_node<Z: SearchConfig>(self) -> Self::Node<Z> {
                Joined((self.$first_index.into_node(), $(self.$index.into_node()),+))
            }
        }
    )+};
}

parts! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
