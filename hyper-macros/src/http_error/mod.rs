//! `#[derive(HttpError)]`: an enum of failures, each with the answer it deserves.

mod emit;
mod message;
mod parse;

use proc_macro2::TokenStream;
use syn::Error;

/// Expands the derive.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(parse::read)
        .map(|error| emit::emit(&error))
        .unwrap_or_else(Error::into_compile_error)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn errors(input: proc_macro2::TokenStream) -> String {
        let read = super::parse::read(syn::parse2(input).unwrap());
        let all =
            read.err().map(|error| error.into_iter().map(|error| error.to_string()).collect::<Vec<_>>());
        all.unwrap_or_default().join("\n")
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("http_error", super::expand);
    }

    #[test]
    fn mistakes_are_named_together() {
        let all = errors(quote!(
            enum PostError {
                #[status(200, "fine")]
                Fine,
                #[status(404)]
                Silent,
                #[status(404, "no post {id}")]
                NotFound(i64),
                #[status(409, "{slug} {}")]
                Taken {
                    slog: String,
                },
                #[status(400, "bad", cod = "x")]
                Bad,
                Forgotten,
                #[from]
                Db(DbError),
                #[from]
                Base(DbError),
                #[from]
                Two(A, B),
            }
        ));
        for part in [
            "200 is not the status of an error",
            "`Silent` does not say what the client reads",
            "`NotFound` has no field `id`",
            "`Taken` has no field `slug`",
            "did you mean `code`?",
            "`Forgotten` has no status",
            "`Db` and `Base` are both made from `DbError`",
            "a variant with `#[from]` has one field",
        ] {
            assert!(all.contains(part), "{part:?} is missing in {all}");
        }
    }

    #[test]
    fn it_is_an_enum_that_is_not_generic() {
        assert!(
            errors(quote!(
                struct Gone;
            ))
            .contains("help: enum Gone {")
        );
        assert!(
            errors(quote!(
                enum Failure<T> {
                    #[status(400, "{0}")]
                    A(T),
                }
            ))
            .contains("is not generic")
        );
        assert!(
            errors(quote!(
                enum Failure {}
            ))
            .contains("has no variants")
        );
    }

    #[test]
    fn both_places_of_from_are_understood() {
        assert_eq!(
            errors(quote!(
                enum Failure {
                    Db(#[from] DbError),
                    #[from]
                    #[status(502, "the shop does not answer", code = "shop", retry_after = 3)]
                    Shop(ShopError),
                    #[status(422, "wrong {{}} {fields}")]
                    Invalid {
                        #[errors]
                        fields: ValidationErrors,
                    },
                    #[status(409, "`{slug:?}` is taken", field = "slug")]
                    Taken {
                        slug: String,
                    },
                }
            )),
            ""
        );
    }
}
