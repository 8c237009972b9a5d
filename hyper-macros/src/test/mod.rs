//! `#[hyperdjango::test]`, which makes an `async fn` a test.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, FnArg, ItemFn, Result, parse2};

/// Where the test stands.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Tests,
    /// In an example, whose tests the compiler would leave out unread.
    Docs,
}

/// Expands the attribute. A mistake leaves nothing of the function, which would be reported as unused.
pub(crate) fn expand(place: Place, attribute: TokenStream, item: TokenStream) -> TokenStream {
    let test = parse2::<ItemFn>(item.clone()).map_err(|error| {
        let is_function = item.clone().into_iter().any(|token| token.to_string() == "fn");
        let start = item.into_iter().next().map_or(error.span(), |token| token.span());
        if is_function {
            error
        } else {
            Error::new(start, "`#[hyperdjango::test]` goes on a free `async fn`")
        }
    });
    test.and_then(|function| emit(place, attribute, function))
        .unwrap_or_else(|error| error.to_compile_error())
}

fn emit(place: Place, attribute: TokenStream, function: ItemFn) -> Result<TokenStream> {
    check(attribute, &function)?;
    let marked = match place {
        Place::Tests => quote!(#[::core::prelude::v1::test]),
        Place::Docs => quote!(#[allow(dead_code)]),
    };
    let ItemFn { attrs, vis, mut sig, block, .. } = function;
    let types = sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(&argument.ty),
        FnArg::Receiver(_) => None,
    });
    // At the type, where one that cannot be made is then reported.
    let arguments: Vec<TokenStream> = types
        .map(|ty| quote_spanned!(ty.span()=> <#ty as ::hyperdjango::test::TestArgument>::make().await))
        .collect();
    let (name, output) = (sig.ident.clone(), sig.output.clone());
    let inner = syn::Ident::new("test", Span::mixed_site());
    sig.ident = inner.clone();
    Ok(quote! {
        #marked
        #(#attrs)*
        #vis fn #name() #output {
            #sig #block
            ::hyperdjango::test::run(async { #inner(#(#arguments),*).await })
        }
    })
}

fn check(attribute: TokenStream, function: &ItemFn) -> Result<()> {
    let sig = &function.sig;
    if !attribute.is_empty() {
        let message = "`#[hyperdjango::test]` has no options\n  help: settings of the application go to `Client::start(&[(\"KEY\", \"value\")]).await` in the test";
        return Err(Error::new_spanned(attribute, message));
    }
    if sig.asyncness.is_none() {
        let message = "a test with a client is an `async fn`\n  help: add `async`, or write `#[test]` if nothing in it is awaited";
        return Err(Error::new(sig.fn_token.span, message));
    }
    if !sig.generics.params.is_empty() {
        let message = "a test is not generic\n  help: name the application, as in `client: Client<Site>`";
        return Err(Error::new(sig.generics.span(), message));
    }
    if let Some(FnArg::Receiver(receiver)) = sig.inputs.first() {
        return Err(Error::new(receiver.self_token.span, "a test is a free function, and has no `self`"));
    }
    let tests = function
        .attrs
        .iter()
        .find(|attribute| attribute.path().segments.last().is_some_and(|segment| segment.ident == "test"));
    if let Some(other) = tests {
        let message = "it is a test already\n  help: keep one, `#[hyperdjango::test]` or this";
        return Err(Error::new_spanned(other, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: TokenStream) -> TokenStream {
        let file: syn::File = parse2(file).unwrap();
        let expanded = file.items.into_iter().map(|item| {
            let syn::Item::Fn(mut function) = item else { panic!("not a function") };
            let is_ours = |attribute: &syn::Attribute| attribute.path().is_ident("test");
            let at = function.attrs.iter().position(is_ours).unwrap();
            function.attrs.remove(at);
            expand(Place::Tests, TokenStream::new(), quote!(#function))
        });
        expanded.collect()
    }

    fn error(attribute: TokenStream, item: TokenStream) -> String {
        let function = parse2(item).unwrap();
        emit(Place::Tests, attribute, function).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("test", all);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            error(
                quote!(),
                quote!(
                    async fn a(client: Client<Site>) {}
                )
            ),
            ""
        );
        for (attribute, item, expected) in [
            (
                quote!(),
                quote!(
                    fn a() {}
                ),
                "add `async`",
            ),
            (
                quote!(settings = 1),
                quote!(
                    async fn a() {}
                ),
                "no options",
            ),
            (
                quote!(),
                quote!(
                    async fn a<T>(t: T) {}
                ),
                "not generic",
            ),
            (
                quote!(),
                quote!(
                    async fn a(&self) {}
                ),
                "no `self`",
            ),
            (
                quote!(),
                quote!(
                    #[tokio::test]
                    async fn a() {}
                ),
                "a test already",
            ),
        ] {
            let error = error(attribute, item);
            assert!(error.contains(expected), "{error}");
        }
    }
}
