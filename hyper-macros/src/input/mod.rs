//! `#[derive(Input)]`: a struct rows of a model are made from.

mod emit;
mod parse;

use proc_macro2::TokenStream;

/// What the derive adds beside the struct, or the errors.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(parse::input)
        .map(|input| emit::emit(&input))
        .unwrap_or_else(syn::Error::into_compile_error)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn error(input: proc_macro2::TokenStream) -> String {
        let input = syn::parse2(input).unwrap();
        let all = super::parse::input(input).err().expect("an error");
        all.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("input", super::expand);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(
            error(quote!(
                struct New {
                    title: String,
                }
            ))
            .contains("of which model is `New`?")
        );
        assert!(
            error(quote!(
                #[input(Post)]
                enum New {}
            ))
            .starts_with("inputs are structs with named fields")
        );
        assert!(
            error(quote!(
                #[input(Post)]
                struct New {
                    #[input(skip)]
                    title: String,
                }
            ))
            .contains("`New` has no field that is a column")
        );
        let all = error(quote!(
            #[input(Post, validat = check)]
            struct New {
                #[input(skp)]
                title: String,
            }
        ));
        assert!(all.contains("did you mean `validate`"), "{all}");
        assert!(all.contains("did you mean `skip`"), "{all}");
    }
}
