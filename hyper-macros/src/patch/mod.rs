//! `#[derive(Patch)]`: a struct of values that may be missing, which rows of a model are changed by.

mod emit;
mod parse;

use proc_macro2::TokenStream;

/// What the derive adds beside the struct, or the errors.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(parse::patch)
        .map(|patch| emit::emit(&patch))
        .unwrap_or_else(syn::Error::into_compile_error)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn error(input: proc_macro2::TokenStream) -> String {
        let input = syn::parse2(input).unwrap();
        let all = super::parse::patch(input).err().expect("an error");
        all.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("patch", super::expand);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(
            error(quote!(
                struct P {
                    title: Patch<String>,
                }
            ))
            .contains("of which model is `P`?")
        );
        let all = error(quote!(
            #[patch(Post, deny)]
            struct P {
                title: Option<String>,
                #[serde(flatten)]
                rest: Patch<Rest>,
            }
        ));
        for part in [
            "known are deny_unknown_fields, validate",
            "`title` is always set\n  help: `title: Patch<Option<String>>` can",
            "`#[serde(flatten)]` cannot",
        ] {
            assert!(all.contains(part), "{part:?} is missing in {all}");
        }
    }
}
