//! Writes the function that asks the cache first, and what names its keys.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{
    Attribute, Expr, ExprLit, FnArg, ItemFn, Lit, Meta, MetaList, Pat, PatType, Signature, parse_quote,
};

use super::check::{Argument, Cached, Kept};
use crate::route::span;

pub(super) fn cached(cached: &Cached, function: &ItemFn) -> TokenStream {
    let ItemFn { vis, sig, .. } = function;
    let name = &sig.ident;
    let names = cached.arguments.iter().map(|argument| &argument.name);
    let outer = handing_on(sig);
    let attributes = function.attrs.iter().map(outside);
    let asked = asked(cached, function);
    let keys = keys(cached, function);
    quote! {
        #(#attributes)*
        #vis #outer {
            #name::__ask(false, #(#names),*).await
        }
        #asked
        #keys
    }
}

/// The same function where it only hands its arguments on.
fn handing_on(signature: &Signature) -> Signature {
    let mut signature = signature.clone();
    for argument in &mut signature.inputs {
        if let FnArg::Typed(PatType { pat, .. }) = argument
            && let Pat::Ident(pattern) = &mut **pat
        {
            (pattern.mutability, pattern.by_ref) = (None, None);
        }
    }
    signature
}

/// What a lint is expected to say, it says of the body.
fn outside(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(MetaList { path, tokens, .. }) if path.is_ident("expect") => quote!(#[allow(#tokens)]),
        _ => quote!(#attribute),
    }
}

/// The function that has the body: it computes what is not there, or `__anew` in any case.
fn asked(cached: &Cached, function: &ItemFn) -> TokenStream {
    let ItemFn { attrs, sig, block, .. } = function;
    let (name, output, cache) = (&sig.ident, &sig.output, &cached.cache.name);
    let names = cached.keys.iter().map(|argument| &argument.name);
    let lints = ["allow", "expect", "warn", "deny", "forbid"];
    let lints = attrs.iter().filter(|attribute| lints.iter().any(|lint| attribute.path().is_ident(lint)));
    let mut inner = sig.clone();
    inner.ident = Ident::new("__ask", span(name));
    inner.inputs.insert(0, parse_quote!(__anew: bool));
    let options = quote!(#name::__options().anew(__anew));
    let call = quote!((#cache, __key, #options, async move || #output #block).await);
    let ask = match &cached.kept {
        Kept::Ok(kept) => quote_spanned!(span(kept)=> ::hyperdjango::__private::cached::<#kept, _> #call),
        Kept::Value(kept) => {
            quote_spanned!(span(kept)=> ::hyperdjango::__private::cached_plain::<#kept> #call)
        }
        // Of these two traits the first that fits is taken, and the other is unused.
        Kept::Either(kept) => {
            let returned = quote_spanned!(span(kept)=> ::hyperdjango::__private::Returned::<#kept>::new());
            quote! {
                let __kind = {
                    #[allow(unused_imports)]
                    use ::hyperdjango::__private::{ReturnsResult as _, ReturnsValue as _};
                    (&#returned).kind()
                };
                __kind.cached #call
            }
        }
    };
    quote! {
        impl #name {
            #[allow(clippy::too_many_arguments)]
            #(#lints)*
            #inner {
                let __key = #name::__key(#(&#names),*);
                #ask
            }
        }
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
    let mut refresh = handing_on(&function.sig);
    refresh.ident = Ident::new("refresh", span(name));
    let all = cached.arguments.iter().map(|argument| &argument.name);
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

            /// Computes it for these arguments now, and keeps it in the place of what is kept; returns it.
            #visibility #refresh {
                Self::__ask(true, #(#all),*).await
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
    let others = quote!(..::core::default::Default::default());
    quote!(::hyperdjango::__private::CachedOptions { #ttl #beta #across #others })
}
