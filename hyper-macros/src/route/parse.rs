//! Reads the attribute and the function.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, Ident, ItemFn, Lit, LitInt, LitStr, Meta, Result, Token};

use super::{Pattern, Verb};
use crate::diagnostic::nearest;

/// What stands in the parentheses of the attribute.
#[derive(Debug)]
pub(super) struct RouteAttribute {
    /// The path as written.
    pub(super) path: LitStr,
    pub(super) pattern: Pattern,
    /// `boxed`: the handler's future is put on the heap.
    pub(super) boxed: bool,
    /// `exact`: no redirect to it from the path with the other slash at its end.
    pub(super) exact: bool,
    /// `cache = 60`: for how many seconds a page cache keeps its answers.
    pub(super) cache: Option<LitInt>,
}

pub(super) fn attribute(verb: Verb, tokens: TokenStream) -> Result<RouteAttribute> {
    let name = verb.attribute();
    if tokens.is_empty() {
        let message = format!("`#[{name}]` needs the path\n  help: write `#[{name}(\"/path\")]`");
        return Err(Error::new(proc_macro2::Span::call_site(), message));
    }
    let parsed: Written = syn::parse2(tokens)?;
    let text = parsed.path.value();
    let pattern = Pattern::parse(&text).map_err(|flaw| flaw.error(&text, parsed.path.span()))?;
    Ok(RouteAttribute {
        path: parsed.path,
        pattern,
        boxed: parsed.boxed,
        exact: parsed.exact,
        cache: parsed.cache,
    })
}

struct Written {
    path: LitStr,
    boxed: bool,
    exact: bool,
    cache: Option<LitInt>,
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let path: LitStr = input.parse().map_err(|error| {
            Error::new(error.span(), "the path comes first, as text\n  help: write `\"/path\"`")
        })?;
        let (mut boxed, mut exact, mut cache) = (false, false, None);
        while !input.is_empty() {
            input.parse::<Token![,]>().map_err(|error| Error::new(error.span(), "expected `,`"))?;
            if input.is_empty() {
                break;
            }
            let option: Ident = input.parse()?;
            if option == "boxed" {
                boxed = true;
            } else if option == "exact" {
                exact = true;
            } else if option == "cache" {
                cache = Some(seconds(input, &option)?);
            } else {
                let help = match nearest(&option.to_string(), ["boxed", "exact", "cache"]) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => "the options are `boxed`, `exact` and `cache = 60`".to_owned(),
                };
                let message = format!("unknown option `{option}`\n  help: {help}");
                return Err(Error::new(option.span(), message));
            }
        }
        Ok(Self { path, boxed, exact, cache })
    }
}

/// What stands behind `cache`.
fn seconds(input: ParseStream<'_>, option: &Ident) -> Result<LitInt> {
    const HELP: &str = "for how many seconds a page cache keeps the answers\n  help: write `cache = 60`";
    if !input.peek(Token![=]) {
        return Err(Error::new(option.span(), HELP));
    }
    input.parse::<Token![=]>()?;
    let seconds: LitInt = input.parse().map_err(|error| Error::new(error.span(), HELP))?;
    match seconds.base10_parse::<u32>() {
        Ok(_) if ["", "u32"].contains(&seconds.suffix()) => Ok(seconds),
        _ => Err(Error::new(seconds.span(), HELP)),
    }
}

/// Reads the item; anything but a function is an error.
pub(super) fn function(verb: Verb, item: TokenStream) -> Result<ItemFn> {
    let span =
        item.clone().into_iter().next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
    syn::parse2(item.clone()).map_err(|error| {
        // A function with a slip inside keeps the parser's own words.
        let is_function = item.into_iter().any(|token| token.to_string() == "fn");
        if is_function {
            error
        } else {
            Error::new(span, format!("`#[{}]` goes on a free `async fn`", verb.attribute()))
        }
    })
}

/// The first line of the documentation.
pub(super) fn summary(attributes: &[Attribute]) -> String {
    let mut lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.find(|line| !line.is_empty()).unwrap_or_default()
}

/// The text of tokens without the spaces that `quote` puts between them.
pub(crate) fn text(tokens: &impl quote::ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut text = spaced;
    for (long, short) in
        [(" :: ", "::"), (" < ", "<"), (" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), ("& ", "&")]
    {
        text = text.replace(long, short);
    }
    text
}

/// The place of something, for errors about it. Names written there mean what they mean in the rest of the macro's code,
/// also when the user's token came out of a `macro_rules!`.
pub(crate) fn span(tokens: &impl Spanned) -> proc_macro2::Span {
    tokens.span().resolved_at(proc_macro2::Span::call_site())
}
