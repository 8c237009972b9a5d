//! What is asked of texts.

use std::marker::PhantomData;
use std::ops;

use super::config::{DatabaseDefault, SearchConfig};
use crate::copied::copied;
use crate::expr::Node;
use crate::expr::function::{Arg, Carries};
use crate::sql::{Params, Part, Rope};

/// Words to be found, from [`search_query`]. `T` is `Option<String>` if it can be NULL.
#[must_use = "give it to `search_vector(..).matches(..)`"]
pub struct SearchQuery<R, T, N> {
    pub(super) node: N,
    of: PhantomData<fn() -> (R, T)>,
}

impl<R, T, N> SearchQuery<R, T, N> {
    const fn new(node: N) -> Self {
        Self { node, of: PhantomData }
    }
}

/// How the text of a query is read.
pub trait Parse: Send + Sync + 'static {
    #[doc(hidden)]
    const FUNCTION: &'static str;
}

macro_rules! parsers {
    ($($(#[$doc:meta])* $name:ident $function:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Parse for $name {
            const FUNCTION: &'static str = concat!($function, "(");
        }
    )+};
}

parsers! {
    /// All of the words, in any order.
    PlainWords "plainto_tsquery";
    /// The words one behind the other.
    Phrase "phraseto_tsquery";
    /// PostgreSQL's own syntax: `'rust' & !'iron' | 'gar':*`.
    Raw "to_tsquery";
    /// As search engines have it: `"the phrase" or word -without`.
    WebSearch "websearch_to_tsquery";
}

/// `plainto_tsquery('english', $1::text)`
pub struct QueryNode<K, C, N>(N, PhantomData<fn() -> (K, C)>);

impl<K: Parse, C: SearchConfig, N: Node> Node for QueryNode<K, C, N> {
    const ROPE: Rope =
        &[Part::Text(K::FUNCTION), Part::Rope(C::ARGUMENT), Part::Rope(N::ROPE), Part::Text(")")];
    const NULLABLE: bool = N::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// Django's `SearchQuery`: all of these words. [`phrase`](SearchQuery::phrase), [`websearch`](SearchQuery::websearch) and
/// [`raw`](SearchQuery::raw) read the text in other ways; `&`, `|` and `!` combine queries.
///
/// Any text is a query but for `raw`. One without words that count, such as `"the"` in English, finds nothing.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::configs::English;
/// use hyperdjango::orm::functions::{search_query, search_vector};
///
/// // SearchQuery("red tomato") | ~SearchQuery("green tomato", search_type="phrase", config="english")
/// let query = search_query("red tomato") | !search_query("green tomato").phrase().config(English);
/// assert_eq!(
///     search_vector(Post.title).matches(query).sql(),
///     r#"to_tsvector("posts"."title") @@ (plainto_tsquery($1::text) || !!phraseto_tsquery('english', $2::text))"#
/// );
/// ```
pub fn search_query<R, V: Arg<R, String>>(
    words: V,
) -> SearchQuery<R, V::Type, QueryNode<PlainWords, DatabaseDefault, V::Node>> {
    SearchQuery::new(QueryNode(words.into_arg(), PhantomData))
}

impl<R, T: Carries, K: Parse, C: SearchConfig, N: Node> SearchQuery<R, T, QueryNode<K, C, N>> {
    /// Django's `search_type="phrase"`: the words one behind the other.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # use hyperdjango::orm::functions::{search_query, search_vector};
    /// assert_eq!(
    ///     search_vector(Post.title).matches(search_query("in the garden").phrase()).sql(),
    ///     r#"to_tsvector("posts"."title") @@ phraseto_tsquery($1::text)"#
    /// );
    /// ```
    pub fn phrase(self) -> SearchQuery<R, T, QueryNode<Phrase, C, N>> {
        SearchQuery::new(QueryNode(self.node.0, PhantomData))
    }

    /// Django's `search_type="websearch"`: as search engines have it, `"the phrase" or word -without`. What a client sends
    /// is never a mistake.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # use hyperdjango::orm::functions::{search_query, search_vector};
    /// assert_eq!(
    ///     search_vector(Post.title).matches(search_query("rust -iron").websearch()).sql(),
    ///     r#"to_tsvector("posts"."title") @@ websearch_to_tsquery($1::text)"#
    /// );
    /// ```
    pub fn websearch(self) -> SearchQuery<R, T, QueryNode<WebSearch, C, N>> {
        SearchQuery::new(QueryNode(self.node.0, PhantomData))
    }

    /// Django's `search_type="raw"`: PostgreSQL's own syntax, `rust & !iron | gar:*`. A mistake in it makes the statement
    /// fail, a 500: for what a client sends there is [`websearch`](SearchQuery::websearch).
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # use hyperdjango::orm::functions::{search_query, search_vector};
    /// assert_eq!(
    ///     search_vector(Post.title).matches(search_query("rust & gar:*").raw()).sql(),
    ///     r#"to_tsvector("posts"."title") @@ to_tsquery($1::text)"#
    /// );
    /// ```
    pub fn raw(self) -> SearchQuery<R, T, QueryNode<Raw, C, N>> {
        SearchQuery::new(QueryNode(self.node.0, PhantomData))
    }

    /// Breaks the words down by this language's rules; it should be the one of the vector.
    pub fn config<D: SearchConfig>(self, _config: D) -> SearchQuery<R, T, QueryNode<K, D, N>> {
        SearchQuery::new(QueryNode(self.node.0, PhantomData))
    }
}

/// Queries combined, as text around them.
#[derive(Debug, Clone, Copy)]
pub struct QueryPair<A, B, const OR: bool>(A, B);

/// `!!a`
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct QueryNot<A>(A);

impl<A: Node, B: Node, const OR: bool> Node for QueryPair<A, B, OR> {
    const ROPE: Rope = &[
        Part::Text("("),
        Part::Rope(A::ROPE),
        Part::Text(if OR { " || " } else { " && " }),
        Part::Rope(B::ROPE),
        Part::Text(")"),
    ];
    const NULLABLE: bool = A::NULLABLE || B::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }
}

impl<A: Node> Node for QueryNot<A> {
    const ROPE: Rope = &[Part::Text("!!"), Part::Rope(A::ROPE)];
    const NULLABLE: bool = A::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

impl<R, T: Carries, N: Node, U: Carries, M: Node> ops::BitAnd<SearchQuery<R, U, M>> for SearchQuery<R, T, N> {
    type Output = SearchQuery<R, T::Carry<U>, QueryPair<N, M, false>>;

    fn bitand(self, other: SearchQuery<R, U, M>) -> Self::Output {
        SearchQuery::new(QueryPair(self.node, other.node))
    }
}

impl<R, T: Carries, N: Node, U: Carries, M: Node> ops::BitOr<SearchQuery<R, U, M>> for SearchQuery<R, T, N> {
    type Output = SearchQuery<R, T::Carry<U>, QueryPair<N, M, true>>;

    fn bitor(self, other: SearchQuery<R, U, M>) -> Self::Output {
        SearchQuery::new(QueryPair(self.node, other.node))
    }
}

impl<R, T: Carries, N: Node> ops::Not for SearchQuery<R, T, N> {
    type Output = SearchQuery<R, T, QueryNot<N>>;

    fn not(self) -> Self::Output {
        SearchQuery::new(QueryNot(self.node))
    }
}

copied! {
    SearchQuery<R, T, N> { node: N; of }
    QueryNode<K, C, N> { 0: N; 1 }
}
