//! `Post.author.name` in an expression: of the row a shape is read from, wherever that is in the query.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Methods whose arguments are about other rows than what they are called on is.
const OTHERS: &[&str] = &[
    "filter",
    "filter_if",
    "exclude",
    "any",
    "all",
    "none",
    "aggregate",
    "annotate",
    "order_by",
    "values",
    "select_related",
    "prefetch_related",
    "having",
    "distinct_on",
];

/// Puts the columns at hand, `columns`, in place of the model's constant: everywhere but in what is about other rows;
/// there again in `outer(..)`.
pub(super) fn here(expr: TokenStream, model: &Ident, columns: &str) -> TokenStream {
    replace(expr, model, columns, true)
}

/// The same in an expression about other rows.
pub(super) fn outer_only(expr: TokenStream, model: &Ident, columns: &str) -> TokenStream {
    replace(expr, model, columns, false)
}

fn replace(expr: TokenStream, model: &Ident, columns: &str, about: bool) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut tokens = expr.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let about = match out.as_slice() {
                    [.., TokenTree::Ident(name)] if *name == "outer" => true,
                    [.., TokenTree::Punct(dot), TokenTree::Ident(method)]
                        if dot.as_char() == '.'
                            && group.delimiter() == Delimiter::Parenthesis
                            && OTHERS.iter().any(|other| method == other) =>
                    {
                        false
                    }
                    _ => about,
                };
                let mut replaced =
                    Group::new(group.delimiter(), replace(group.stream(), model, columns, about));
                replaced.set_span(group.span());
                out.push(replaced.into());
            }
            TokenTree::Ident(ident)
                if about
                    && ident == *model
                    && matches!(tokens.peek(), Some(TokenTree::Punct(dot)) if dot.as_char() == '.') =>
            {
                // Whatever the way to it was: `models::Post.title`.
                while matches!(out.as_slice(), [.., TokenTree::Punct(a), TokenTree::Punct(b)] if a.as_char() == ':' && b.as_char() == ':')
                {
                    out.truncate(out.len() - 2);
                    if matches!(out.last(), Some(TokenTree::Ident(_))) {
                        out.pop();
                    }
                }
                let span = ident.span().resolved_at(Span::call_site());
                out.push(Ident::new(columns, span).into());
            }
            token => out.push(token),
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(expr: &str) -> String {
        let model = Ident::new("Post", Span::call_site());
        here(expr.parse().unwrap(), &model, "m").to_string().replace(' ', "")
    }

    #[test]
    fn the_row_is_meant_but_in_other_queries() {
        assert_eq!(replaced("Post.author.name"), "m.author.name");
        assert_eq!(replaced("a::models::Post.score * (Post.bonus + 1)"), "m.score*(m.bonus+1)");
        assert_eq!(replaced("::a::Post.score"), "m.score");
        assert_eq!(
            replaced("Post.replies.filter(Post.score.gt(1)).count()"),
            "m.replies.filter(Post.score.gt(1)).count()"
        );
        assert_eq!(
            replaced("exists(Post::objects().filter(Post.parent.eq(outer(Post.id))))"),
            "exists(Post::objects().filter(Post.parent.eq(outer(m.id))))"
        );
        assert_eq!(replaced("Post.score.gt(Post.least)"), "m.score.gt(m.least)");
    }
}
