//! Writes the function that asks the cache first, and what names its keys.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, ItemFn, Lit};

use super::check::{Argument, Cached};
use crate::route::span;

pub(super) fn cached(cached: &Cached, function: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = function;
    let (name, output) = (&sig.ident, &sig.output);
    let (cache, kept) = (&cached.cache.name, &cached.kept);
    let names = cached.keys.iter().map(|argument| &argument.name);
    let ask = if cached.is_result {
        quote_spanned!(span(kept)=> ::hyperdjango::__private::cached::<#kept, _>)
    } else {
        quote_spanned!(span(kept)=> ::hyperdjango::__private::cached_plain::<#kept>)
    };
    let keys = keys(cached, function);
    quote! {
        #(#attrs)*
        #vis #sig {
            let __key = #name::__key(#(&#names),*);
            #ask(#cache, __key, #name::__options(), async move || #output #block).await
        }
        #keys
    }
}

/// What stands beside the function.
fn keys(cached: &Cached, function: &ItemFn) -> TokenStream {
    let (visibility, name, generics) = (&function.vis, &function.sig.ident, &function.sig.generics);
    let doc = format!(" The keys of [`{name}`](fn@{name}), which is cached.");
    let Argument { name: cache, ty: cache_ty } = &cached.cache;
    let names: Vec<_> = cached.keys.iter().map(|argument| &argument.name).collect();
    let types: Vec<_> = cached.keys.iter().map(|argument| &argument.ty).collect();
    let own = match &cached.attribute.name {
        Some(own) => quote!(#own),
        None => {
            let name = format!("::{}", name.unraw());
            quote!(::core::concat!(::core::module_path!(), #name))
        }
    };
    // At the type, where one that can be no part is then reported.
    let parts = cached.keys.iter().map(|Argument { name, ty }| {
        quote_spanned!(span(ty)=> <#ty as ::hyperdjango::__private::CacheArg>::write(#name, &mut __key);)
    });
    // Without arguments nothing is written into it.
    let mutable = (!cached.keys.is_empty()).then(|| quote!(mut));
    let options = options(cached);
    let place = span(name);
    let mut of_type = name.clone();
    of_type.set_span(place);
    let declaration = quote_spanned!(place=> enum #of_type {});
    // Not everybody invalidates; and what lints have to say of the arguments is said of the function itself.
    quote! {
        #[doc = #doc]
        #[allow(non_camel_case_types, dead_code)]
        #[derive(Debug, Clone, Copy)]
        #visibility #declaration
        #[allow(dead_code, unused_qualifications, single_use_lifetimes, clippy::all, clippy::pedantic)]
        impl #name {
            /// The key that what is returned for these arguments is kept under.
            #[must_use]
            #visibility fn key #generics (#(#names: #types),*) -> ::hyperdjango::__private::ArgKey {
                Self::__key(#(&#names),*)
            }

            /// Takes out what is kept for these arguments; true if there was something.
            ///
            /// # Errors
            /// That the cache cannot be reached.
            #visibility async fn invalidate #generics (
                #cache: #cache_ty,
                #(#names: #types),*
            ) -> ::core::result::Result<bool, ::hyperdjango::__private::CacheError> {
                #cache.delete(Self::__key(#(&#names),*)).await
            }

            fn __key #generics (#(#names: &#types),*) -> ::hyperdjango::__private::ArgKey {
                let #mutable __key = ::hyperdjango::__private::ArgKey::new(#own);
                #(#parts)*
                __key
            }

            fn __options() -> ::hyperdjango::__private::CachedOptions {
                #options
            }
        }
    }
}

fn options(cached: &Cached) -> TokenStream {
    let ttl = cached.attribute.ttl.as_ref().map(|ttl| {
        quote_spanned!(span(ttl)=> ttl: <::hyperdjango::__private::Ttl as ::core::convert::From<_>>::from(#ttl),)
    });
    let beta = cached.attribute.beta.as_ref().map(|beta| {
        let beta = match beta {
            // Whole ones as well.
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.suffix().is_empty() => {
                quote!(#number as f64)
            }
            beta => quote!(#beta),
        };
        quote!(beta: ::core::option::Option::Some(#beta),)
    });
    let across = cached.attribute.across_instances.as_ref().map(|longest| {
        let longest = match longest {
            Expr::Lit(_) => quote!(::core::time::Duration::from_secs(#longest)),
            longest => quote!(#longest),
        };
        quote!(across_instances: ::core::option::Option::Some(#longest),)
    });
    let is_all = ttl.is_some() && beta.is_some() && across.is_some();
    let others = (!is_all).then(|| quote!(..::core::default::Default::default()));
    quote!(::hyperdjango::__private::CachedOptions { #ttl #beta #across #others })
}
