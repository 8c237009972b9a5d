//! `#[derive(Model)]`: a struct becomes a table, its columns constants, its rows decoders and JSON.

mod check;
mod emit;
mod parse;
pub(crate) mod part;

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, FieldsNamed, PathArguments, Result, Type, braced, bracketed};

/// What the derive adds beside the struct, or the errors.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(|model| resolve(WithParts { parts: Vec::new(), model }))
        .unwrap_or_else(Error::into_compile_error)
}

/// As [`expand`], of a struct whose parts' fields stand before it: `[{ .. } { .. }] { struct Post { .. } }`.
pub(crate) fn expand_with_parts(input: TokenStream) -> TokenStream {
    syn::parse2(input).and_then(resolve).unwrap_or_else(Error::into_compile_error)
}

struct WithParts {
    parts: Vec<FieldsNamed>,
    model: DeriveInput,
}

impl Parse for WithParts {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (known, item);
        bracketed!(known in input);
        let mut parts = Vec::new();
        while !known.is_empty() {
            parts.push(known.parse()?);
        }
        braced!(item in input);
        Ok(Self { parts, model: item.parse()? })
    }
}

/// Calls the macro of the first part whose fields are not known, or writes the code when all are.
fn resolve(WithParts { parts, model }: WithParts) -> Result<TokenStream> {
    if let Some(ty) = parse::parts(&model).get(parts.len()) {
        let Type::Path(path) = ty else {
            return Err(Error::new(ty.span(), "a part is a struct with `#[derive(Part)]`"));
        };
        let mut path = path.path.clone();
        for segment in &mut path.segments {
            segment.arguments = PathArguments::None;
        }
        return Ok(quote_spanned!(ty.span()=> #path! { [#(#parts)*] { #model } }));
    }
    let model = parse::model(model, &parts).and_then(check::check)?;
    Ok(emit::emit(&model))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    fn error(input: proc_macro2::TokenStream) -> String {
        let input = syn::parse2(input).unwrap();
        let all = super::parse::model(input, &[]).and_then(super::check::check).err().expect("an error");
        all.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_it_expands_to() {
        crate::snapshot::check("model", super::expand);
    }

    #[test]
    fn a_model_is_a_struct_with_named_fields() {
        assert!(
            error(quote!(
                struct Post(i64);
            ))
            .starts_with("models are structs with named fields")
        );
        assert!(
            error(quote!(
                enum Post {}
            ))
            .starts_with("models are structs with named fields")
        );
        assert!(
            error(quote!(
                struct Post<T> {
                    id: T,
                }
            ))
            .starts_with("models cannot be generic")
        );
    }

    #[test]
    fn there_is_a_primary_key() {
        assert!(
            error(quote!(
                struct Post {
                    id: i64,
                }
            ))
            .contains("help: mark one field `#[field(primary_key)]`")
        );
        assert!(
            error(quote!(
                struct Post {
                    #[field(primary_key)]
                    a: i64,
                    #[field(primary_key)]
                    b: Option<i64>,
                }
            ))
            .contains("a primary key cannot be NULL")
        );
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let all = error(quote!(
            #[model(tabel = "posts")]
            struct Post {
                #[field(primary_key, uniqe)]
                id: i64,
                #[field(max_length = 0)]
                title: String,
                #[field(max_length = 3)]
                score: i32,
                #[field(ge = 5, default = 3)]
                rank: i32,
            }
        ));
        for part in [
            "did you mean `table`",
            "did you mean `unique`",
            "no text is that short",
            "`max_length` is for text",
            "the default `3` breaks the field's own rule `ge = 5`",
        ] {
            assert!(all.contains(part), "{part:?} is missing in {all}");
        }
    }
}
