//! Reads the attribute: `#[cached(ttl = 60, skip = [db])]`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, ExprLit, Ident, Lit, LitStr, Result, Token, bracketed, token};

use crate::diagnostic::unknown;

const OPTIONS: [&str; 5] = ["ttl", "name", "skip", "beta", "across_instances"];

/// What the attribute says.
#[derive(Default)]
pub(super) struct Attribute {
    pub(super) ttl: Option<Expr>,
    /// Instead of the function's path.
    pub(super) name: Option<LitStr>,
    /// The arguments that are no part of the key.
    pub(super) skip: Vec<Ident>,
    pub(super) beta: Option<Expr>,
    pub(super) across_instances: Option<Expr>,
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attribute = Self::default();
        let mut seen: Vec<Ident> = Vec::new();
        while !input.is_empty() {
            if input.peek(Lit) {
                let message = "an option has a name\n  help: write `#[cached(ttl = 60)]`, in seconds";
                return Err(input.error(message));
            }
            let option: Ident = input.parse()?;
            let name = option.to_string();
            if !OPTIONS.contains(&name.as_str()) {
                let name = if name == "timeout" || name == "seconds" { "ttl" } else { &name };
                let message = match name {
                    "ttl" => format!("unknown option `{option}`\n  help: write `ttl = 60`, in seconds"),
                    name => unknown("option", name, &OPTIONS),
                };
                return Err(Error::new(option.span(), message));
            }
            if seen.contains(&option) {
                return Err(Error::new(option.span(), format!("`{option}` is given twice")));
            }
            input.parse::<Token![=]>()?;
            match name.as_str() {
                "ttl" => attribute.ttl = Some(time(input, "ttl")?),
                "across_instances" => attribute.across_instances = Some(time(input, "across_instances")?),
                "beta" => attribute.beta = Some(input.parse()?),
                "name" => attribute.name = Some(input.parse()?),
                _ => attribute.skip = names(input)?,
            }
            seen.push(option);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(attribute)
    }
}

/// A number of seconds, or an expression.
fn time(input: ParseStream<'_>, option: &str) -> Result<Expr> {
    let expression: Expr = input.parse()?;
    match &expression {
        Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => Ok(expression),
        Expr::Lit(ExprLit { lit, .. }) => {
            let help = format!("write `{option} = 60`, or `{option} = Duration::from_millis(500)`");
            Err(Error::new(lit.span(), format!("this is in whole seconds\n  help: {help}")))
        }
        _ => Ok(expression),
    }
}

fn names(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    if !input.peek(token::Bracket) {
        return Err(input.error("a list of arguments\n  help: write `skip = [db]`"));
    }
    let inside;
    bracketed!(inside in input);
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
}
