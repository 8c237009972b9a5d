//! Writes the middleware beside its function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ItemFn, ReturnType};

use super::check::{Middleware, Taken};
use crate::route::{Argument, extract, readers, requirements, span, state};

pub(super) fn middleware(middleware: &Middleware, function: &ItemFn) -> TokenStream {
    let (visibility, name) = (&function.vis, &function.sig.ident);
    let doc = format!(" The middleware [`{name}`](fn@{name}).");
    let Middleware { needs, after, provides, arguments } = middleware;
    let others: Vec<Argument> = arguments
        .iter()
        .filter_map(|taken| match taken {
            Taken::Other(argument) => Some(argument.clone()),
            Taken::Request | Taken::Next => None,
        })
        .collect();
    let (call, readers) = (call(middleware, function, &others), readers(&others));
    let requirements = requirements(&others);
    let handler = name.to_string();
    let no_bodies = (!readers.is_empty()).then(
        || quote_spanned!(span(name)=> const _: () = __hyper::check_no_bodies(#handler, &[#(#readers),*]);),
    );
    let needs = if requirements.is_empty() {
        quote!(&[#(#needs),*])
    } else {
        // Its own, and those of its arguments.
        quote! {{
            const OWN: &[(&str, &[__hyper::Capability])] = &[("", &[#(#needs),*]), #(#requirements),*];
            const COUNT: usize = __hyper::Capability::count(OWN);
            const ALL: [__hyper::Capability; COUNT] = __hyper::Capability::join(OWN);
            &ALL
        }}
    };
    // What is said of the middleware points at the function's name.
    let place = span(name);
    let mut of_type = name.clone();
    of_type.set_span(place);
    let structure = quote_spanned!(place=> struct #of_type {});
    quote! {
        #function
        #[doc = #doc]
        #[allow(non_camel_case_types)]
        #[derive(Debug)]
        #visibility #structure
        #[allow(unused_qualifications)]
        const _: () = {
            use ::hyperdjango::__private as __hyper;

            impl __hyper::Layer for #name {
                const NEEDS: &'static [__hyper::Capability] = #needs;
                const AFTER: &'static [__hyper::Capability] = &[#(#after),*];
                const PROVIDES: &'static [__hyper::Capability] = &[#(#provides),*];

                async fn start(_: &__hyper::Settings) -> __hyper::Result<Self> {
                    ::core::result::Result::Ok(Self {})
                }
            }
            #call
            #no_bodies
        };
    }
}

fn call(middleware: &Middleware, function: &ItemFn, others: &[Argument]) -> TokenStream {
    let name = &function.sig.ident;
    let variables: Vec<Ident> = (0..others.len()).map(|i| format_ident!("__argument_{i}")).collect();
    let extractions = others.iter().zip(&variables).map(|(argument, variable)| extract(argument, variable));
    let mut variables = variables.iter();
    let given = middleware.arguments.iter().map(|taken| match taken {
        Taken::Request => quote!(__request),
        Taken::Next => quote!(__next),
        Taken::Other(_) => variables.next().map_or_else(TokenStream::new, |variable| quote!(#variable)),
    });
    let needs = state(others);
    let answer = match &function.sig.output {
        ReturnType::Default => Span::call_site(),
        ReturnType::Type(_, ty) => span(ty),
    };
    let variable = Ident::new("__answer", answer);
    let respond = quote_spanned!(answer=> __hyper::IntoResponse::into_response(#variable, __request));
    let header = quote_spanned!(name.span()=> impl<__App> __hyper::Middleware<__App> for #name);
    quote! {
        #header
        where
            __App: #(#needs +)* ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            async fn call(
                &self,
                __app: &'static __App,
                __request: &mut __hyper::Request,
                __next: impl __hyper::Next,
            ) -> __hyper::Response {
                #(#extractions)*
                let #variable = #name(#(#given),*).await;
                #respond
            }
        }
    }
}
