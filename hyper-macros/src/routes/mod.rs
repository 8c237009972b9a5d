//! `routes!`: a set of handlers and mounted sets, as a type.

mod emit;
mod parse;

use proc_macro2::TokenStream;

/// Expands `routes! { pub Urls: index, show, mount("/api/v1", api::Urls) }`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<parse::Routes>(input) {
        Ok(routes) => emit::routes(&routes),
        Err(error) => error.to_compile_error(),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn error(input: TokenStream) -> String {
        syn::parse2::<parse::Routes>(input).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("routes", |input| {
            let called: syn::ItemMacro = syn::parse2(input).unwrap();
            expand(called.mac.tokens)
        });
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(error(quote!(pub Urls: a, b::c, mount("/api", d::Urls),)), "");
        assert_eq!(error(quote!(pub Urls: a b)), "expected `,` between routes");
        assert_eq!(
            error(quote!(a, b)),
            "expected `:` after the name of the set\n  help: write `routes! { pub Urls: index, show }`"
        );
        assert_eq!(
            error(quote!(pub Urls: mount(api::Urls))),
            "`mount` takes a prefix and a set of routes\n  help: write `mount(\"/api\", api::Urls)`, or with `middleware = [..]` after the set"
        );
        assert_eq!(
            error(quote!(pub Urls: mount("/users/{id}", u::Urls))),
            "the prefix of a mount has no parameters\n  \"/users/{id}\"\n          ^ help: put `{id}` into the paths of the routes"
        );
        assert_eq!(
            error(quote!(pub Urls: index())),
            "routes are listed by the names of their handlers\n  help: leave out the parentheses"
        );
        assert_eq!(
            error(quote!(pub Urls: "/" => index)),
            "a route has its path above its handler: `#[get(\"/path\")]`\n  help: write the handler's name alone, or `mount(\"/prefix\", api::Urls)`"
        );
        assert_eq!(
            error(quote!(pub Urls: mount("/api", api::Urls, middlewares = []))),
            "unknown option of a mount `middlewares`\n  help: did you mean `middleware`?"
        );
    }
}
