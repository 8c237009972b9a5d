//! `#[derive(Choices)]` and `#[derive(Field)]`: enums and newtypes of a user's own become types of columns.

mod choices;
mod choices_code;
mod newtype;

use proc_macro2::TokenStream;
use syn::Error;

/// What makes an enum a column's type, or the errors.
pub(crate) fn expand_choices(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(choices::read)
        .map(|choices| choices_code::emit(&choices))
        .unwrap_or_else(Error::into_compile_error)
}

/// What makes a newtype a column's type, or the errors.
pub(crate) fn expand_newtype(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(newtype::read)
        .map(|newtype| newtype::emit(&newtype))
        .unwrap_or_else(Error::into_compile_error)
}

/// Adds an error to those before.
fn note(errors: &mut Option<Error>, error: Error) {
    match errors {
        Some(all) => all.combine(error),
        None => *errors = Some(error),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn errors(result: syn::Result<impl Sized>) -> String {
        let all =
            result.err().map(|error| error.into_iter().map(|error| error.to_string()).collect::<Vec<_>>());
        all.unwrap_or_default().join("\n")
    }

    fn choices(input: proc_macro2::TokenStream) -> String {
        errors(super::choices::read(syn::parse2(input).unwrap()))
    }

    fn newtype(input: proc_macro2::TokenStream) -> String {
        errors(super::newtype::read(syn::parse2(input).unwrap()))
    }

    #[test]
    fn what_they_expand_to() {
        crate::snapshot::check("choices", super::expand_choices);
        crate::snapshot::check("newtype", super::expand_newtype);
    }

    #[test]
    fn choices_are_enums_without_data() {
        assert!(
            choices(quote!(
                struct Mood;
            ))
            .contains("help: enum Mood { First, Second }")
        );
        assert!(
            choices(quote!(
                enum Mood {}
            ))
            .contains("`Mood` has no variants")
        );
        assert!(
            choices(quote!(
                enum Mood<T> {
                    A(T),
                }
            ))
            .contains("choices cannot be generic")
        );
        let all = choices(quote!(
            #[choices(natve = "mood")]
            enum Mood {
                #[choices(lable = "x")]
                Good(u8),
                #[choices(value = "fine")]
                Ok,
                Fine,
            }
        ));
        for part in [
            "did you mean `native`",
            "did you mean `label`",
            "a choice holds no data",
            "`Fine` and `Ok` both have the value `fine`",
        ] {
            assert!(all.contains(part), "{part:?} is missing in {all}");
        }
    }

    #[test]
    fn labels_fit_into_postgresqls_types() {
        let long = "x".repeat(64);
        assert!(
            choices(quote!(
                #[choices(native = "mood")]
                enum Mood {
                    #[choices(value = #long)]
                    A,
                }
            ))
            .contains("at most 63 bytes")
        );
        assert_eq!(
            choices(quote!(
                enum Mood {
                    #[choices(value = #long)]
                    A,
                }
            )),
            ""
        );
        assert!(
            choices(quote!(
                enum Mood {
                    #[choices(value = "a\0")]
                    A,
                }
            ))
            .contains("no NUL")
        );
        assert!(
            choices(quote!(
                #[choices(native = "")]
                enum Mood {
                    A,
                }
            ))
            .contains("1 to 63 bytes")
        );
    }

    #[test]
    fn newtypes_hold_one_value() {
        for input in [
            quote!(
                struct A(i64, i64);
            ),
            quote!(
                struct A;
            ),
            quote!(
                struct A {
                    a: i64,
                }
            ),
            quote!(
                enum A {}
            ),
        ] {
            assert!(newtype(input).contains("help: struct A(String);"));
        }
        assert!(
            newtype(quote!(
                struct A<T>(T);
            ))
            .contains("cannot be generic")
        );
        assert!(
            newtype(quote!(
                struct A(Option<i64>);
            ))
            .contains("help: struct A(i64); and a field of type `Option<A>`")
        );
        assert!(
            newtype(quote!(
                #[field(valdate = check)]
                struct A(i64);
            ))
            .contains("did you mean `validate`")
        );
        assert_eq!(
            newtype(quote!(
                #[field(validate = rules::check)]
                struct A(i64);
            )),
            ""
        );
    }
}
