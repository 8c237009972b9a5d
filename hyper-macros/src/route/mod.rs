//! `#[get]` and its kin: from an `async fn` to a route.
//!
//! The function stays as it is. Beside it comes a type of the same name (types and functions have
//! namespaces of their own), which carries the definition, the code that extracts the arguments,
//! and the reverse URL.

mod check;
mod emit;
mod habit;
mod parse;
mod pattern;

pub(crate) use check::Argument;
pub(crate) use emit::{extract, readers, requirements, segments, state};
pub(crate) use parse::span;
pub(crate) use pattern::{Converter, Pattern, Piece};

use proc_macro2::TokenStream;
use quote::quote;

/// The methods that have an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// The name of the variant in `hyper_core::routing::Verb`.
    fn variant(self) -> &'static str {
        match self {
            Self::Get => "Get",
            Self::Post => "Post",
            Self::Put => "Put",
            Self::Patch => "Patch",
            Self::Delete => "Delete",
        }
    }

    fn attribute(self) -> String {
        self.variant().to_lowercase()
    }

    fn method(self) -> String {
        self.variant().to_uppercase()
    }
}

/// Expands one attribute. A mistake leaves the item in place, so that editors keep working.
pub(crate) fn expand(verb: Verb, attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut handler = match parse::function(verb, item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote! { #item #error };
        }
    };
    if handler.sig.receiver().is_some() {
        // A route beside it would stand in the middle of an `impl`.
        let error = check::signature(&handler).err().map(|error| error.to_compile_error());
        return quote! { #handler #error };
    }
    let result =
        parse::attribute(verb, attribute).and_then(|attribute| check::handler(verb, attribute, &handler));
    match result {
        Ok(route) => emit::route(&route, &handler),
        Err(error) => {
            handler.attrs.retain(|attribute| !check::is_route(attribute));
            emit::broken(verb, &handler, &error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages of an expansion, in their order.
    fn errors(attribute: TokenStream, item: TokenStream) -> String {
        let expanded = expand(Verb::Get, attribute, item).to_string();
        let mut messages = Vec::new();
        for part in expanded.split("compile_error ! {").skip(1) {
            let literal = part.split_once('}').map_or(part, |(literal, _)| literal);
            let literal: Result<syn::LitStr, _> = syn::parse_str(literal.trim());
            // A message may hold a brace itself: then the literal ends later.
            let text = literal.map(|text| text.value()).unwrap_or_else(|_| {
                let end = part.rfind("\" }").map_or(part.len(), |end| end + 1);
                syn::parse_str::<syn::LitStr>(part[..end].trim()).unwrap().value()
            });
            messages.push(text);
        }
        messages.join("\n---\n")
    }

    /// Expands the functions of a file by their first attribute, as the compiler does.
    fn all(file: TokenStream) -> TokenStream {
        let file: syn::File = syn::parse2(file).unwrap();
        let expanded = file.items.into_iter().map(|item| {
            let syn::Item::Fn(mut function) = item else { panic!("not a function") };
            let at = function.attrs.iter().position(|attribute| !attribute.path().is_ident("doc")).unwrap();
            let attribute = function.attrs.remove(at);
            let verb = if attribute.path().is_ident("get") { Verb::Get } else { Verb::Post };
            expand(verb, attribute.meta.require_list().unwrap().tokens.clone(), quote!(#function))
        });
        expanded.collect()
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("route", all);
    }

    #[test]
    fn a_right_handler_has_no_errors() {
        let item = quote!(
            async fn show(id: i64, db: &Db, Json(body): Json<New>) -> Json<Post> {
                todo!()
            }
        );
        assert_eq!(errors(quote!("/posts/{id}"), item), "");
    }

    #[test]
    fn parameters_and_arguments_go_together() {
        let handler = quote!(
            async fn show(idd: i64) {}
        );
        assert_eq!(
            errors(quote!("/posts/{id}"), handler),
            "path parameter `{id}` has no argument in `show`\n  help: the argument `idd` looks like it: rename one of them"
        );
        assert_eq!(
            errors(
                quote!("/posts/{id}"),
                quote!(
                    async fn show() {}
                )
            ),
            "path parameter `{id}` has no argument in `show`\n  help: add `id: i64`, or the type it has"
        );
        assert_eq!(
            errors(
                quote!("/posts"),
                quote!(
                    async fn list(page: u32) {}
                )
            ),
            "`page` is not in the path\n  help: add `{page}` to it, or take it from the query: `Query<..>`"
        );
    }

    #[test]
    fn what_other_frameworks_have_is_answered_with_what_to_write() {
        for (path, item, message) in [
            (
                "/{id}",
                quote!(
                    async fn show(Path(id): Path<i64>) {}
                ),
                "a path parameter is an argument of its own\n  help: write `id: i64`",
            ),
            (
                "/{user}/{id}",
                quote!(
                    async fn show(Path((user, id)): Path<(String, i64)>) {}
                ),
                "a path parameter is an argument of its own\n  help: write an argument for each, with the name it has in the path: `id: i64`",
            ),
            (
                "/",
                quote!(
                    async fn show(State(db): State<Db>) {}
                ),
                "a part of the application is taken by reference\n  help: write `db: &Db`",
            ),
            (
                "/",
                quote!(
                    async fn show(db: web::Data<Db>, state: State<Tenant>) {}
                ),
                "",
            ),
            (
                "/",
                quote!(
                    async fn show(text: Text<&'static str>, names: Query<Names<'static>>) {}
                ),
                "",
            ),
            (
                "/",
                quote!(
                    async fn show(new: Json<New<'_>>) {}
                ),
                "what is read from a request owns what it holds\n  help: write `String` for `&str`, and no lifetimes",
            ),
            (
                "/{page}",
                quote!(
                    async fn show(page: Option<u32>) {}
                ),
                "a path parameter is always there\n  help: write `page: u32`; a path without it has a handler of its own",
            ),
            (
                "/",
                quote!(
                    async fn show<'a>(db: &'a Db) -> &'a str {}
                ),
                "",
            ),
        ] {
            assert_eq!(errors(quote!(#path), item), message);
        }
        for request in [quote!(&Request), quote!(&mut Request), quote!(HttpRequest)] {
            let item = quote!(
                async fn show(request: #request) {}
            );
            let errors = errors(quote!("/"), item);
            assert!(errors.starts_with("a handler takes what it needs of the request"), "{errors}");
        }
    }

    #[test]
    fn handlers_are_plain_async_functions() {
        for (item, message) in [
            (
                quote!(
                    fn show() {}
                ),
                "route handlers are `async fn`\n  help: add `async`",
            ),
            (
                quote!(
                    async fn show<T>() {}
                ),
                "route handlers are not generic\n  help: write one handler for each type",
            ),
            (
                quote!(
                    async fn show(&self) {}
                ),
                "route handlers are free functions, without `self`\n  help: move it out of the `impl`; it takes the parts of the application as `&T`",
            ),
            (
                quote!(
                    async unsafe fn show() {}
                ),
                "route handlers are not `unsafe`",
            ),
            (
                quote!(
                    struct Show;
                ),
                "`#[get]` goes on a free `async fn`",
            ),
        ] {
            assert_eq!(errors(quote!("/"), item), message);
        }
    }

    #[test]
    fn unknown_options_name_the_near_one() {
        assert_eq!(
            errors(
                quote!("/", boxd),
                quote!(
                    async fn index() {}
                )
            ),
            "unknown option `boxd`\n  help: did you mean `boxed`?"
        );
    }

    #[test]
    fn the_item_stays_when_the_attribute_is_wrong() {
        let expanded = expand(
            Verb::Get,
            quote!("posts"),
            quote!(
                async fn show() {}
            ),
        )
        .to_string();
        assert!(expanded.starts_with("async fn show () { }"), "{expanded}");
    }
}
