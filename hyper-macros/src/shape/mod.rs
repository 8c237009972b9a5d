//! `#[derive(Shape)]`: a struct rows of a model are read into.

mod check;
mod emit;
mod parse;
mod place;

use proc_macro2::TokenStream;

/// What the derive adds beside the struct, or the errors.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(parse::shape)
        .map(|shape| emit::emit(&shape))
        .unwrap_or_else(syn::Error::into_compile_error)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn error(input: proc_macro2::TokenStream) -> String {
        let input = syn::parse2(input).unwrap();
        let all = super::parse::shape(input).err().expect("an error");
        all.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("shape", super::expand);
    }

    #[test]
    fn a_shape_is_of_a_model() {
        assert!(
            error(quote!(
                struct Card {
                    id: i64,
                }
            ))
            .contains("of which model is `Card`?")
        );
        assert!(
            error(quote!(
                #[shape(Post)]
                struct Card(i64);
            ))
            .starts_with("shapes are structs with named fields")
        );
        assert!(
            error(quote!(
                #[shape(Post)]
                struct Card {}
            ))
            .starts_with("shapes are structs with named fields")
        );
        assert!(
            error(quote!(
                #[shape(Post)]
                struct Card<T> {
                    id: T,
                }
            ))
            .starts_with("shapes cannot be generic")
        );
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let all = error(quote!(
            #[shape(Post)]
            struct Card {
                #[shape(limt = 3)]
                id: i64,
                #[shape(limit = 3)]
                title: String,
                #[shape(expr = Post.tags, order_by = [-id])]
                tags: Vec<Tag>,
                #[shape(rename = "title")]
                headline: String,
                #[serde(flatten)]
                author: Author,
                replies: Vec<Card>,
            }
        ));
        for part in [
            "did you mean `limit`",
            "`limit` is for a relation to many, and `title` is no `Vec`",
            "`order_by` beside `expr`",
            "two members of the JSON object are called `title`",
            "`#[serde(flatten)]` has no",
            "`Card` would have no end",
        ] {
            assert!(all.contains(part), "{part:?} is missing in {all}");
        }
    }
}
