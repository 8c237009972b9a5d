//! Reads the list.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token, Visibility, parenthesized};

use crate::diagnostic::{Flaw, unknown};
use crate::middleware::List;
use crate::route::{Pattern, Piece};

/// The whole of `routes!`.
pub(super) struct Routes {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) name: Ident,
    pub(super) entries: Vec<Entry>,
}

/// One entry of the list.
pub(super) enum Entry {
    Route(Path),
    Mount(Mount),
}

/// A set under a prefix.
pub(super) struct Mount {
    pub(super) prefix: String,
    pub(super) pattern: Pattern,
    pub(super) set: Path,
    pub(super) middleware: List,
}

impl Parse for Routes {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name: Ident = input.parse()?;
        input.parse::<Token![:]>().map_err(|_| {
            let help = "write `routes! { pub Urls: index, show }`";
            Error::new(name.span(), format!("expected `:` after the name of the set\n  help: {help}"))
        })?;
        let mut entries = Vec::new();
        while !input.is_empty() {
            entries.push(input.parse()?);
            if !input.is_empty() {
                input
                    .parse::<Token![,]>()
                    .map_err(|error| Error::new(error.span(), "expected `,` between routes"))?;
            }
        }
        Ok(Self { attributes, visibility, name, entries })
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            let message = "a route has its path above its handler: `#[get(\"/path\")]`\n  \
                           help: write the handler's name alone, or `mount(\"/prefix\", api::Urls)`";
            return Err(input.error(message));
        }
        let path: Path = input.call(Path::parse_mod_style)?;
        if !path.is_ident("mount") && input.peek(syn::token::Paren) {
            return Err(input.error(
                "routes are listed by the names of their handlers\n  help: leave out the parentheses",
            ));
        }
        if !path.is_ident("mount") || !input.peek(syn::token::Paren) {
            return Ok(Self::Route(path));
        }
        let inside;
        parenthesized!(inside in input);
        let shape = |error: Error| {
            let help = "write `mount(\"/api\", api::Urls)`, or with `middleware = [..]` after the set";
            Error::new(error.span(), format!("`mount` takes a prefix and a set of routes\n  help: {help}"))
        };
        let literal: LitStr = inside.parse().map_err(shape)?;
        inside.parse::<Token![,]>().map_err(shape)?;
        let set = inside.call(Path::parse_mod_style).map_err(shape)?;
        inside.parse::<Option<Token![,]>>()?;
        let middleware = if inside.is_empty() { List::default() } else { options(&inside, shape)? };
        let text = literal.value();
        let (prefix, pattern) = prefix(&text).map_err(|flaw| flaw.error(&text, literal.span()))?;
        Ok(Self::Mount(Mount { prefix, pattern, set, middleware }))
    }
}

/// What may follow the set: `middleware = [..]`.
fn options(input: ParseStream<'_>, shape: impl Fn(Error) -> Error + Copy) -> Result<List> {
    let name: Ident = input.parse().map_err(shape)?;
    if name != "middleware" {
        return Err(Error::new(
            name.span(),
            unknown("option of a mount", &name.to_string(), &["middleware"]),
        ));
    }
    input.parse::<Token![=]>().map_err(shape)?;
    let list = List::parse(input)?;
    input.parse::<Option<Token![,]>>()?;
    if input.is_empty() { Ok(list) } else { Err(shape(input.error(""))) }
}

/// A prefix: literals only, `/` being no prefix at all.
fn prefix(text: &str) -> std::result::Result<(String, Pattern), Flaw> {
    if text == "/" {
        return Ok((String::new(), Pattern { pieces: Vec::new() }));
    }
    let pattern = Pattern::parse(text)?;
    if let Some(name) = pattern.params().next() {
        let help = format!("put `{{{name}}}` into the paths of the routes");
        return Err(Flaw::new(text.find('{').unwrap_or(0), "the prefix of a mount has no parameters", help));
    }
    if text.ends_with('/') {
        let shorter = text.trim_end_matches('/');
        return Err(Flaw::new(
            text.len() - 1,
            "the prefix of a mount has no `/` at its end",
            format!("write `\"{shorter}\"`"),
        ));
    }
    let literals = pattern.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => format!("/{text}"),
        Piece::Param(..) | Piece::Rest(_) => String::new(),
    });
    Ok((literals.collect(), pattern))
}
