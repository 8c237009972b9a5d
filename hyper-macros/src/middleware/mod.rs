//! Middleware: the lists of it, and `#[middleware]`, which makes one of an `async fn`.

mod check;
mod emit;
mod list;

pub(crate) use list::List;

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
            let other = syn::Error::new(start, "`#[middleware]` goes on a free `async fn`");
            let error = if is_function { error } else { other }.to_compile_error();
            return quote! { #item #error };
        }
    };
    match check::middleware(attribute, &function) {
        Ok(middleware) => emit::middleware(&middleware, &function),
        Err(error) => {
            let error = error.to_compile_error();
            quote! { #function #error }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expands the functions of a file, as the compiler does.
    fn all(file: TokenStream) -> TokenStream {
        let file: syn::File = parse2(file).unwrap();
        let expanded = file.items.into_iter().map(|item| {
            let syn::Item::Fn(mut function) = item else { panic!("not a function") };
            let at = function.attrs.iter().position(|attribute| !attribute.path().is_ident("doc")).unwrap();
            let attribute = function.attrs.remove(at);
            let options = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
            expand(options, quote!(#function))
        });
        expanded.collect()
    }

    fn error(attribute: TokenStream, item: TokenStream) -> String {
        let function = parse2(item).unwrap();
        check::middleware(attribute, &function).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("middleware", all);
    }

    #[test]
    fn mistakes_are_named() {
        let right = quote!(
            async fn a(user: User, db: &Db, request: &mut Request, next: impl Next) -> Response {}
        );
        assert_eq!(error(quote!(), right.clone()), "");
        assert_eq!(error(quote!(need = [A]), right), "unknown option `need`\n  help: did you mean `needs`?");
        assert_eq!(
            error(
                quote!(),
                quote!(
                    fn a(request: &mut Request, next: impl Next) -> Response {}
                )
            ),
            "a middleware is an `async fn`\n  help: add `async`"
        );
        assert_eq!(
            error(
                quote!(),
                quote!(
                    async fn a(request: &mut Request) -> Response {}
                )
            ),
            "a middleware takes what stands inside it\n  help: add `next: impl Next`, and call `next.run(request).await`"
        );
        assert_eq!(
            error(
                quote!(),
                quote!(
                    async fn a(next: impl Next) -> Response {}
                )
            ),
            "a middleware takes the request\n  help: add `request: &mut Request`"
        );
        assert_eq!(
            error(
                quote!(),
                quote!(
                    async fn a<T>(request: &mut Request, next: impl Next) -> T {}
                )
            ),
            "a middleware is not generic but for `impl Next`\n  help: write `next: impl Next`"
        );
        assert_eq!(
            error(
                quote!(),
                quote!(
                    async fn a<'a>(db: &'a Db, request: &mut Request, next: Next) -> Response {}
                )
            ),
            "what stands inside is of any type\n  help: write `impl Next`"
        );
        assert_eq!(
            error(
                quote!(),
                quote!(
                    async fn a(request: Request, next: impl Next) -> Response {}
                )
            ),
            "the request is lent to a middleware\n  help: write `&mut Request`"
        );
    }
}
