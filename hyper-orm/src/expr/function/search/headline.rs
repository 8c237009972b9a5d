//! The parts of a text that match a query.

use std::marker::PhantomData;

use super::config::{DatabaseDefault, SearchConfig};
use super::query::SearchQuery;
use crate::copied::copied;
use crate::expr::function::call::functions;
use crate::expr::function::{Arg, Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::Textual;
use crate::sql::{Params, Part, Rope};

functions! {
    Headline("ts_headline(", ", ", ")") Nulls::Any;
    HeadlineWith("ts_headline(", ", ", ", ", ")") Nulls::Any;
}

/// The text of a headline, behind its language.
pub struct HeadlineText<N, C>(N, PhantomData<C>);

copied! { HeadlineText<N, C> { 0: N; 1 } }

impl<N: Node, C: SearchConfig> Node for HeadlineText<N, C> {
    const ROPE: Rope = &[Part::Rope(C::ARGUMENT), Part::Rope(N::ROPE)];
    const NULLABLE: bool = N::NULLABLE;

    #[inline]
    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }
}

/// Django's `SearchHeadline`: what of a text matches a query, the words between `<b>` and `</b>`.
///
/// Nothing in it is escaped: a text that a client wrote can hold HTML of its own. Choose marks that no text has, as
/// [`search_headline_with`] shows, escape, and replace them then.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::{search_headline, search_query};
///
/// // SearchHeadline("title", SearchQuery("rust"))
/// assert_eq!(
///     search_headline(Post.title, search_query("rust")).sql(),
///     r#"ts_headline("posts"."title", plainto_tsquery($1::text))"#
/// );
/// ```
pub fn search_headline<R, T: Carries, N: Node, U: Carries, M: Node>(
    text: Expr<R, T, N>,
    query: SearchQuery<R, U, M>,
) -> Expr<R, T::Carry<U::Carry<String>>, Call<Headline, (HeadlineText<N, DatabaseDefault>, M)>>
where
    T::Base: Textual,
{
    Expr::new(Call::new((HeadlineText(text.node, PhantomData), query.node)))
}

/// Django's `SearchHeadline(.., config=.., start_sel=.., ..)`: with a language, and PostgreSQL's options as it writes them:
/// `StartSel`, `StopSel`, `MaxWords`, `MinWords`, `ShortWord`, `HighlightAll`, `MaxFragments`, `FragmentDelimiter`.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::functions::configs::English;
/// use hyperdjango::orm::functions::{search_headline_with, search_query};
///
/// // SearchHeadline("title", SearchQuery("rust"), config="english", start_sel="\ue000", stop_sel="\ue001", max_words=20)
/// let options = "StartSel=\u{e000}, StopSel=\u{e001}, MaxWords=20";
/// assert_eq!(
///     search_headline_with(English, Post.title, search_query("rust").config(English), options).sql(),
///     r#"ts_headline('english', "posts"."title", plainto_tsquery('english', $1::text), $2::text)"#
/// );
/// ```
pub fn search_headline_with<R, C: SearchConfig, T: Carries, N: Node, U: Carries, M: Node, O: Arg<R, String>>(
    _config: C,
    text: Expr<R, T, N>,
    query: SearchQuery<R, U, M>,
    options: O,
) -> Expr<
    R,
    T::Carry<U::Carry<<O::Type as Carries>::Carry<String>>>,
    Call<HeadlineWith, (HeadlineText<N, C>, M, O::Node)>,
>
where
    T::Base: Textual,
{
    Expr::new(Call::new((HeadlineText(text.node, PhantomData), query.node, options.into_arg())))
}
