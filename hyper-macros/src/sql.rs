//! `sql!(bool, "{} ILIKE {}", Post.title, "a%")`: SQL of one's own as an expression. The text is cut at its `{}` here, so
//! that it stays a constant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, LitStr, Result, Token, Type};

const MOST: usize = 8;

const HELP: &str =
    "help: write `sql!(bool, \"{} % {} = 0\", Post.score, 2)`: the type, the text, what stands at each `{}`";

struct Sql {
    ty: Type,
    text: LitStr,
    args: Punctuated<Expr, Token![,]>,
}

impl Parse for Sql {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() || input.peek(LitStr) {
            return Err(input.error(format!("the type of the expression is missing\n  {HELP}")));
        }
        let ty = input.parse()?;
        if input.is_empty() {
            return Err(input.error(format!("the text is missing\n  {HELP}")));
        }
        input.parse::<Token![,]>()?;
        if !input.peek(LitStr) {
            return Err(input
                .error(format!("the text is a literal, as it is in the program before it runs\n  {HELP}")));
        }
        let text = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(Self { ty, text, args: Punctuated::parse_terminated(input)? })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2::<Sql>(input).and_then(|sql| emit(&sql)).unwrap_or_else(Error::into_compile_error)
}

fn emit(Sql { ty, text, args }: &Sql) -> Result<TokenStream> {
    let mut pieces = pieces(&text.value()).map_err(|problem| Error::new(text.span(), problem))?;
    let places = pieces.len() - 1;
    if let Some(extra) = args.iter().nth(places) {
        let problem = format!(
            "the text has {places} `{{}}`, and this is value {}\n  help: write `{{}}` where it goes",
            places + 1
        );
        return Err(Error::new(extra.span(), problem));
    }
    if args.len() < places {
        let problem = format!("the text has {places} `{{}}`, and there are {} values\n  {HELP}", args.len());
        return Err(Error::new(text.span(), problem));
    }
    if places > MOST {
        return Err(Error::new(
            text.span(),
            format!("the text has {places} `{{}}`, and {MOST} are the most"),
        ));
    }
    // Whatever stands around it.
    pieces[0].insert(0, '(');
    pieces[places].push(')');
    let args = args.iter();
    Ok(quote! {{
        enum Text {}
        impl ::hyperdjango::orm::expr::function::Function for Text {
            const TEXT: &'static [&'static str] = &[#(#pieces),*];
            const NULLS: ::hyperdjango::orm::expr::function::Nulls =
                ::hyperdjango::orm::expr::function::Nulls::of_type::<#ty>();
        }
        ::hyperdjango::orm::expr::function::raw::<_, #ty, Text, _>((#(#args,)*))
    }})
}

/// What stands around and between the values.
fn pieces(text: &str) -> std::result::Result<Vec<String>, String> {
    let mut pieces = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = pieces.last_mut().expect("has one from the beginning");
        match (c, chars.peek()) {
            ('{', Some('{')) | ('}', Some('}')) => {
                chars.next();
                last.push(c);
            }
            ('{', Some('}')) => {
                chars.next();
                pieces.push(String::new());
            }
            ('{' | '}', _) => {
                return Err(format!(
                    "a single `{c}` in the text\n  help: `{{}}` is for a value, `{c}{c}` for the sign itself"
                ));
            }
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                return Err("values are not numbered\n  help: write `{}` where one goes, and the value behind the text".into());
            }
            ('\0', _) => return Err("SQL has no zero bytes".into()),
            _ => last.push(c),
        }
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_their_places() {
        assert_eq!(pieces("").unwrap(), [""]);
        assert_eq!(pieces("{}").unwrap(), ["", ""]);
        assert_eq!(pieces("a {} b{} '{{x}}' $$").unwrap(), ["a ", " b", " '{x}' $$"]);
        for wrong in ["{", "}", "{a}", "{0}", "a = $1", "\0"] {
            assert!(pieces(wrong).is_err(), "{wrong}");
        }
    }
}
