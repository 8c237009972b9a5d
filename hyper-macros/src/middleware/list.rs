//! `middleware = [SecurityHeaders, Cors::any()]`: the list around an application or a mounted set, as one type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Bracket;
use syn::{Error, Expr, Path, Result, Token, Type, TypePath, bracketed};

use crate::route::span;

/// The entries, outermost first.
#[derive(Default)]
pub(crate) struct List(Vec<Entry>);

struct Entry {
    ty: Type,
    /// What makes it; an entry that is only a type is made from the settings.
    value: Option<Expr>,
}

impl List {
    /// Reads what stands after `middleware =`.
    pub(crate) fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Bracket) {
            let message = "middleware is a list, outermost first\n  help: write `middleware = [Timing]`";
            return Err(input.error(message));
        }
        let inside;
        bracketed!(inside in input);
        let entries = Punctuated::<Expr, Token![,]>::parse_terminated(&inside)?;
        entries.into_iter().map(entry).collect::<Result<_>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The type of the list: `(A, (B, ()))`.
    pub(crate) fn ty(&self) -> TokenStream {
        self.0.iter().rev().fold(quote!(()), |rest, Entry { ty, .. }| quote!((#ty, #rest)))
    }

    /// The value of the list, in an `async fn` that has `settings` and returns a `Result`. Nothing around it may be
    /// `allow(unused_variables)`: the user's expressions have closures.
    pub(crate) fn start(&self) -> TokenStream {
        // A list that a `macro_rules!` writes has names of its own.
        let settings = Ident::new("settings", Span::call_site());
        self.0.iter().rev().fold(quote!(()), |rest, Entry { ty, value }| {
            let value = match value {
                Some(value) => value.to_token_stream(),
                None => quote_spanned!(ty.span()=> <#ty as __hyper::Layer>::start(#settings).await?),
            };
            quote!((#value, #rest))
        })
    }

    /// The entries as data, for the check of their order.
    pub(crate) fn definitions(&self) -> TokenStream {
        let definitions = self.0.iter().map(|Entry { ty, .. }| {
            let name = shown(ty);
            let layer = quote_spanned!(ty.span()=> <#ty as __hyper::Layer>);
            quote!(__hyper::LayerDef::new(#name, #layer::NEEDS, #layer::AFTER, #layer::PROVIDES))
        });
        quote!(&[#(#definitions),*])
    }

    /// That each entry of an application's list, `__LAYERS`, stands where it may, with the error about it at the entry.
    pub(crate) fn checks(&self, site: &str) -> Vec<TokenStream> {
        let check = |(i, Entry { ty, .. }): (usize, &Entry)| quote_spanned!(ty.span()=> const _: () = __hyper::check_layer(#site, __LAYERS, #i, __ITEMS););
        self.0.iter().enumerate().map(check).collect()
    }

    /// The way through the list of an application: a step for each entry, at whose place errors about it are then
    /// reported, and the last, which leads to the routes.
    pub(crate) fn steps(&self, app: &Ident) -> Vec<TokenStream> {
        let mut place = quote!(middleware.list);
        // As above.
        let arguments = quote!(self, request, next);
        let mut steps = Vec::new();
        for (i, Entry { ty, .. }) in self.0.iter().enumerate() {
            let next = i + 1;
            let call = quote_spanned! {ty.span()=>
                <#ty as __hyper::Middleware<Self>>::call(&#place.0, #arguments)
            };
            steps.push(step(
                app,
                i,
                span(ty),
                &quote! {
                    let next = __hyper::After::<Self, _, #next>::new(self, middleware, routes);
                    #call
                },
            ));
            place = quote!(#place.1);
        }
        let end = quote! {
            let _ = middleware;
            __hyper::Next::run(routes, request)
        };
        steps.push(step(app, self.0.len(), Span::call_site(), &end));
        steps
    }

    /// That each entry is a middleware of `app`, with the error about it at the entry.
    pub(crate) fn bounds(&self, app: &TokenStream) -> Vec<TokenStream> {
        let bound = |Entry { ty, .. }: &Entry| quote_spanned!(ty.span()=> #ty: __hyper::Middleware<#app>);
        self.0.iter().map(bound).collect()
    }
}

fn step(app: &Ident, number: usize, place: Span, body: &TokenStream) -> TokenStream {
    quote_spanned! {place=>
        impl __hyper::Step<#number> for #app {
            fn step(
                &'static self,
                middleware: &'static Self::Middleware,
                request: &mut __hyper::Request,
                routes: impl __hyper::Next,
            ) -> impl ::core::future::Future<Output = __hyper::Response> + ::core::marker::Send {
                #body
            }
        }
    }
}

/// A path is a type; of a call it is what stands before the function.
fn entry(value: Expr) -> Result<Entry> {
    if let Expr::Path(path) = &value {
        return Ok(Entry { ty: named(path.path.clone()), value: None });
    }
    let mut inner = &value;
    let path = loop {
        match inner {
            Expr::MethodCall(call) => inner = &call.receiver,
            Expr::Call(call) => inner = &call.func,
            Expr::Try(expression) => inner = &expression.expr,
            Expr::Await(expression) => inner = &expression.base,
            Expr::Struct(expression) => break expression.path.clone(),
            // `Named(..)` is its own type.
            Expr::Path(path) if path.path.segments.len() == 1 => break path.path.clone(),
            Expr::Path(path) => break owner(&path.path),
            other => {
                let message = "this is no middleware\n  help: write the name of a type, as `Timing`, or a call of \
                               one of its functions, as `Cors::any()`";
                return Err(Error::new(other.span(), message));
            }
        }
    };
    Ok(Entry { ty: named(path), value: Some(value) })
}

fn named(path: Path) -> Type {
    Type::Path(TypePath { attrs: Vec::new(), qself: None, path })
}

/// A path without its last segment.
fn owner(path: &Path) -> Path {
    let mut segments: Punctuated<_, Token![::]> = path.segments.clone();
    segments.pop();
    segments.pop_punct();
    Path { leading_colon: path.leading_colon, segments }
}

/// The type as its user wrote it, without the spaces of token streams.
fn shown(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}
