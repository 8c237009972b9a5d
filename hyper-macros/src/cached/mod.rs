//! `#[cached]`, which keeps what an `async fn` returns.

mod check;
mod emit;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, parse2};

/// Expands the attribute. A mistake leaves the function in place.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let function: ItemFn = match parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let is_function = item.clone().into_iter().any(|token| token.to_string() == "fn");
            let start = item.clone().into_iter().next().map_or(error.span(), |token| token.span());
            let other = syn::Error::new(start, "`#[cached]` goes on a free `async fn`");
            let error = if is_function { error } else { other }.to_compile_error();
            return quote! { #item #error };
        }
    };
    let checked = parse2(attribute).and_then(|attribute| check::cached(attribute, &function));
    match checked {
        Ok(cached) => emit::cached(&cached, &function),
        Err(error) => {
            let error = error.to_compile_error();
            quote! { #function #error }
        }
    }
}
