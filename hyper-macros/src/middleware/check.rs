//! Reads the attribute and the function, and finds what does not fit.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, FnArg, GenericParam, Ident, ItemFn, Result, Token, Type, TypeParamBound, bracketed};

use crate::diagnostic::unknown;
use crate::route::{Argument, span};

/// A middleware that can be emitted.
pub(super) struct Middleware {
    pub(super) needs: Vec<Expr>,
    pub(super) after: Vec<Expr>,
    pub(super) provides: Vec<Expr>,
    /// In the order of the function's arguments.
    pub(super) arguments: Vec<Taken>,
}

/// What the function takes at a place.
pub(super) enum Taken {
    Request,
    Next,
    Other(Argument),
}

pub(super) fn middleware(attribute: TokenStream, function: &ItemFn) -> Result<Middleware> {
    signature(function)?;
    let arguments = function.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(taken(&argument.ty)),
        FnArg::Receiver(_) => None,
    });
    let arguments: Vec<Taken> = arguments.collect::<Result<_>>()?;
    let name = &function.sig.ident;
    if !arguments.iter().any(|taken| matches!(taken, Taken::Next)) {
        let help = "add `next: impl Next`, and call `next.run(request).await`";
        return Err(Error::new(
            span(name),
            format!("a middleware takes what stands inside it\n  help: {help}"),
        ));
    }
    if !arguments.iter().any(|taken| matches!(taken, Taken::Request)) {
        let message = "a middleware takes the request\n  help: add `request: &mut Request`";
        return Err(Error::new(span(name), message));
    }
    let mut middleware = Middleware { needs: Vec::new(), after: Vec::new(), provides: Vec::new(), arguments };
    (|input: ParseStream<'_>| options(input, &mut middleware)).parse2(attribute)?;
    Ok(middleware)
}

fn options(input: ParseStream<'_>, middleware: &mut Middleware) -> Result<()> {
    while !input.is_empty() {
        let name: Ident = input.parse()?;
        let list = match name.to_string().as_str() {
            "needs" => &mut middleware.needs,
            "after" => &mut middleware.after,
            "provides" => &mut middleware.provides,
            other => {
                return Err(Error::new(
                    name.span(),
                    unknown("option", other, &["needs", "after", "provides"]),
                ));
            }
        };
        input.parse::<Token![=]>()?;
        let inside;
        bracketed!(inside in input);
        list.extend(Punctuated::<Expr, Token![,]>::parse_terminated(&inside)?);
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn taken(ty: &Type) -> Result<Taken> {
    let named = |name| matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name));
    if named("Next") {
        return Err(Error::new(span(ty), "what stands inside is of any type\n  help: write `impl Next`"));
    }
    if named("Request") {
        return Err(Error::new(
            span(ty),
            "the request is lent to a middleware\n  help: write `&mut Request`",
        ));
    }
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => Ok(Taken::Request),
        Type::Reference(reference) => Ok(Taken::Other(Argument::State { ty: reference.elem.clone() })),
        Type::ImplTrait(bounds) => {
            let is_next = bounds.bounds.iter().any(|bound| match bound {
                TypeParamBound::Trait(bound) => {
                    bound.path.segments.last().is_some_and(|last| last.ident == "Next")
                }
                _ => false,
            });
            let message = "a middleware is not generic but for `impl Next`";
            if is_next { Ok(Taken::Next) } else { Err(Error::new(span(ty), message)) }
        }
        ty => Ok(Taken::Other(Argument::Request { ty: Box::new(ty.clone()) })),
    }
}

fn signature(function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if let Some(receiver) = signature.receiver() {
        return Err(Error::new(span(receiver), "a middleware is a free function, without `self`"));
    }
    if signature.asyncness.is_none() {
        let message = "a middleware is an `async fn`\n  help: add `async`";
        return Err(Error::new(span(&signature.fn_token), message));
    }
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    if !signature.generics.params.iter().all(is_lifetime) {
        let message = "a middleware is not generic but for `impl Next`\n  help: write `next: impl Next`";
        return Err(Error::new(span(&signature.generics), message));
    }
    Ok(())
}
