//! Writes the set: its entries for the tree, and the `match` that calls them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::parse::{Entry, Routes};
use crate::route::segments;

pub(super) fn routes(routes: &Routes) -> TokenStream {
    let Routes { attributes, visibility, name, entries } = routes;
    let items = entries.iter().map(item);
    let bounds = entries.iter().map(|entry| match entry {
        Entry::Route(path) => quote_spanned!(path.span()=> #path: __hyper::Route<__App>),
        Entry::Mount { set, .. } => quote_spanned!(set.span()=> #set: __hyper::RouteSet<__App>),
    });
    let starts: Vec<_> = (0..=entries.len()).map(|i| format_ident!("START_{i}")).collect();
    let sizes = entries.iter().map(|entry| match entry {
        Entry::Route(_) => quote!(1),
        Entry::Mount { set, .. } => quote!(<#set as __hyper::RouteItems>::COUNT),
    });
    let (before, after) = (&starts[..entries.len()], &starts[1..]);
    let arms = entries.iter().enumerate().map(|(i, entry)| {
        let (start, end) = (&starts[i], &starts[i + 1]);
        match entry {
            Entry::Route(path) => quote! {
                #start => <#path as __hyper::Route<__App>>::call(app, request).await,
            },
            Entry::Mount { set, .. } => quote! {
                index if (#start..#end).contains(&index) => {
                    <#set as __hyper::RouteSet<__App>>::dispatch(index - #start, app, request).await
                }
            },
        }
    });
    let documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    let doc = (!documented).then(|| quote!(#[doc = " A set of routes."]));
    let header = quote_spanned!(name.span()=> impl<__App> __hyper::RouteSet<__App> for #name);
    quote! {
        #(#attributes)*
        #doc
        #[derive(Debug, Clone, Copy)]
        #visibility struct #name;

        const _: () = {
            use ::hyperdjango::__private as __hyper;

            impl __hyper::RouteItems for #name {
                const ITEMS: &'static [__hyper::Item] = &[#(#items),*];
            }

            const START_0: usize = 0;
            #(const #after: usize = #before + #sizes;)*

            #header
            where
                __App: ::core::marker::Send + ::core::marker::Sync + 'static,
                #(#bounds,)*
            {
                async fn dispatch(
                    index: usize,
                    app: &'static __App,
                    request: &mut __hyper::Request,
                ) -> __hyper::Response {
                    match index {
                        #(#arms)*
                        _ => __hyper::no_such_route(request),
                    }
                }
            }
        };
    }
}

fn item(entry: &Entry) -> TokenStream {
    match entry {
        Entry::Route(path) => {
            quote_spanned!(path.span()=> __hyper::Item::Route(&<#path as __hyper::RouteMeta>::DEF))
        }
        Entry::Mount { prefix, pattern, set } => {
            let segments = segments(pattern);
            let definition = quote! {
                __hyper::MountDef {
                    prefix: #prefix,
                    segments: &[#(#segments),*],
                    file: ::core::file!(),
                    line: ::core::line!(),
                }
            };
            quote_spanned!(set.span()=> __hyper::Item::Mount(&#definition, <#set as __hyper::RouteItems>::ITEMS))
        }
    }
}
