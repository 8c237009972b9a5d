//! `#[derive(App)]`: the application's parts, and its route tree.

mod emit;
mod parse;

use proc_macro2::TokenStream;

/// Expands the derive.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match parse::application(input) {
        Ok(application) => emit::application(&application),
        Err(error) => error.to_compile_error(),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn error(input: TokenStream) -> String {
        parse::application(input).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("app", expand);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            error(quote!(
                #[app(routes = Urls, models = [User, blog::Post], setup = start)]
                struct Site {
                    db: Db,
                }
            )),
            ""
        );
        assert_eq!(
            error(quote!(
                #[app(routes = Urls)]
                struct Site;
            )),
            ""
        );
        assert_eq!(
            error(quote!(
                struct Site;
            )),
            "an application needs its routes\n  help: add `#[app(routes = Urls)]`"
        );
        assert_eq!(
            error(quote!(
                #[app(rotues = Urls)]
                struct Site;
            )),
            "unknown option `rotues`\n  help: did you mean `routes`?"
        );
        assert_eq!(
            error(quote!(
                #[app(routes = Urls)]
                struct Site {
                    a: Db,
                    b: Db,
                }
            )),
            "`Site` has two `Db` fields, so `&Db` is ambiguous\n  help: give one a type of its own: `struct Replica(Db);`"
        );
        assert_eq!(
            error(quote!(
                #[app(routes = Urls, benchmarks = [data::front, pages::front])]
                struct Site;
            )),
            "two benchmarks are called `front`\n  help: give one of the functions another name"
        );
        assert_eq!(
            error(quote!(
                #[app(routes = Urls, benchmarks = front)]
                struct Site;
            )),
            "the benchmarks are a list\n  help: write `benchmarks = [front_page, by_author]`"
        );
        assert_eq!(
            error(quote!(
                #[app(routes = Urls)]
                enum Site {}
            )),
            "an application is a struct with named fields"
        );
        assert_eq!(
            error(quote!(
                #[app(routes = Urls)]
                struct Site<T> {
                    a: T,
                }
            )),
            "an application is not generic"
        );
    }
}
