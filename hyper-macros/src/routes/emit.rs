//! Writes the set: its entries for the tree, and the `match` that calls them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::parse::{Entry, Mount, Routes};
use crate::route::segments;

pub(super) fn routes(routes: &Routes) -> TokenStream {
    let Routes { attributes, visibility, name, entries } = routes;
    let app = quote!(__App);
    let items = entries.iter().map(item);
    let bounds = entries.iter().flat_map(|entry| match entry {
        Entry::Route(path) => vec![quote_spanned!(path.span()=> #path: __hyper::Route<__App>)],
        Entry::Mount(Mount { set, middleware, .. }) => {
            let mut bounds = middleware.bounds(&app);
            bounds.push(quote_spanned!(set.span()=> #set: __hyper::RouteSet<__App>));
            bounds
        }
    });
    let starts: Vec<_> = (0..=entries.len()).map(|i| format_ident!("START_{i}")).collect();
    let sizes = entries.iter().map(|entry| match entry {
        Entry::Route(_) => quote!(1),
        Entry::Mount(Mount { set, .. }) => quote!(<#set as __hyper::RouteItems>::COUNT),
    });
    let (before, after) = (&starts[..entries.len()], &starts[1..]);
    let mounts = mounts(entries, &starts);
    let futures = entries.iter().map(|entry| match entry {
        Entry::Route(path) => quote!(sizes.push(<#path as __hyper::Route<__App>>::size());),
        Entry::Mount(Mount { set, .. }) => quote!(<#set as __hyper::RouteSet<__App>>::sizes(sizes);),
    });
    let calls = entries.iter().zip(&starts).filter_map(|(entry, start)| match entry {
        Entry::Route(path) => Some(quote! {
            #start => <#path as __hyper::Route<__App>>::call(app, request).await,
        }),
        Entry::Mount(_) => None,
    });
    // What is wrong with a mounted set is reported at its name: first here, then where it is used.
    let sets: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Mount(Mount { set, .. }) => Some(set),
            Entry::Route(_) => None,
        })
        .collect();
    let are_sets = sets.iter().map(|set| {
        quote_spanned! {set.span()=>
            const _: ::core::option::Option<<#set as __hyper::RouteItems>::Layers> = ::core::option::Option::None;
        }
    });
    let place = match sets[..] {
        [set] => set.span(),
        _ => name.span(),
    };
    let place = place.resolved_at(Span::call_site());
    let (layers, layers_start) = layers(entries, place);
    // A type of its own, so that the middleware may be private where the set is public.
    let kept = (!mounts.is_empty()).then(|| {
        quote_spanned! {place=>
            #[allow(missing_debug_implementations)]
            pub struct __Layers { mounts: #layers }
        }
    });
    let (layers, layers_start) = if kept.is_some() {
        (quote_spanned!(place=> __Layers), quote_spanned!(place=> __Layers { mounts: #layers_start }))
    } else {
        (layers, layers_start)
    };
    let start = quote_spanned! {place=>
        type Layers = #layers;

        async fn start(settings: &__hyper::Settings) -> __hyper::Result<Self::Layers> {
            let _ = settings;
            ::core::result::Result::Ok(#layers_start)
        }
    };
    let documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    let doc = (!documented).then(|| quote!(#[doc = " A set of routes."]));
    let header = quote_spanned!(name.span()=> impl<__App> __hyper::RouteSet<__App> for #name);
    quote! {
        #(#attributes)*
        #doc
        #[derive(Debug, Clone, Copy)]
        #visibility struct #name;

        #[allow(unused_qualifications)]
        const _: () = {
            use ::hyperdjango::__private as __hyper;

            #(#are_sets)*
            #kept

            #[diagnostic::do_not_recommend]
            impl __hyper::RouteItems for #name {
                const ITEMS: &'static [__hyper::Item] = &[#(#items),*];

                #start
            }

            const START_0: usize = 0;
            #(const #after: usize = #before + #sizes;)*

            #header
            where
                // First: an error about one of them is reported at the first of these that stands around its place.
                #(#bounds,)*
                __App: ::core::marker::Send + ::core::marker::Sync + 'static,
            {
                fn sizes(sizes: &mut ::std::vec::Vec<usize>) {
                    let _ = &sizes;
                    #(#futures)*
                }

                async fn dispatch(
                    index: usize,
                    app: &'static __App,
                    layers: &'static Self::Layers,
                    request: &mut __hyper::Request,
                ) -> __hyper::Response {
                    let _ = (app, layers);
                    match index {
                        #(#mounts)*
                        _ if request.refused().is_some() => __hyper::refused(request),
                        #(#calls)*
                        _ => __hyper::no_such_route(request),
                    }
                }
            }
        };
    }
}

/// The arms of the mounted sets. They stand before those of the routes: the middleware of a mount also sees requests
/// whose method is refused.
fn mounts(entries: &[Entry], starts: &[Ident]) -> Vec<TokenStream> {
    let mut arms = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let Entry::Mount(Mount { set, middleware, .. }) = entry else { continue };
        let (start, end, number) = (&starts[i], &starts[i + 1], syn::Index::from(arms.len()));
        let dispatch = if middleware.is_empty() {
            quote! {
                <#set as __hyper::RouteSet<__App>>::dispatch(index - #start, app, &layers.mounts.#number.1, request).await
            }
        } else {
            quote! {
                let end = __hyper::Mounted::<__App, #set>::new(index - #start, app, &layers.mounts.#number.1);
                __hyper::Stack::<__App>::run(&layers.mounts.#number.0, app, request, end).await
            }
        };
        arms.push(quote! {
            index if (#start..#end).contains(&index) => { #dispatch }
        });
    }
    arms
}

/// What the mounts keep, in a tuple: of each its own middleware, and what its set keeps.
fn layers(entries: &[Entry], place: Span) -> (TokenStream, TokenStream) {
    let mounts = || {
        entries.iter().filter_map(|entry| match entry {
            Entry::Mount(mount) => Some(mount),
            Entry::Route(_) => None,
        })
    };
    let types = mounts().map(|Mount { set, middleware, .. }| {
        let stack = middleware.ty();
        let inner = quote_spanned!(set.span()=> <#set as __hyper::RouteItems>::Layers);
        quote_spanned!(place=> (#stack, #inner))
    });
    let starts = mounts().map(|Mount { set, middleware, .. }| {
        let stack = middleware.start();
        // No `?`: the compiler would complain of it, too, where the set is none.
        let inner = quote_spanned! {set.span()=>
            match <#set as __hyper::RouteItems>::start(settings).await {
                ::core::result::Result::Ok(layers) => layers,
                ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
            }
        };
        quote_spanned!(place=> (#stack, #inner))
    });
    (quote_spanned!(place=> (#(#types,)*)), quote_spanned!(place=> (#(#starts,)*)))
}

fn item(entry: &Entry) -> TokenStream {
    match entry {
        Entry::Route(path) => {
            quote_spanned!(path.span()=> __hyper::Item::Route(&<#path as __hyper::RouteMeta>::DEF))
        }
        Entry::Mount(Mount { prefix, pattern, set, middleware }) => {
            let layers = middleware.definitions();
            let segments = segments(pattern);
            let definition = quote! {
                __hyper::MountDef {
                    prefix: #prefix,
                    segments: &[#(#segments),*],
                    layers: #layers,
                    file: ::core::file!(),
                    line: ::core::line!(),
                }
            };
            quote_spanned!(set.span()=> __hyper::Item::Mount(&#definition, <#set as __hyper::RouteItems>::ITEMS))
        }
    }
}
