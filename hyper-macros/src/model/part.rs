//! `#[derive(Part)]`: fields that several models share.
//!
//! A derive sees no more than its own struct, and a model must know its parts' fields to number its columns. So a part is
//! also a macro, of the struct's name, which hands a model over to [`expand`](super::expand_with_parts) with the
//! part's fields beside it; the derive of a model calls that of its first part, which calls that of the second, and
//! so on. Types stay behind: they mean something where the part is, and are reached as associated types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Error, Fields, Visibility};

use super::parse::Field;
use crate::fnv1a::fnv1a;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let text = input.to_string();
    syn::parse2(input).and_then(|input| part(&input, &text)).unwrap_or_else(Error::into_compile_error)
}

fn part(input: &DeriveInput, text: &str) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let named = match &input.data {
        syn::Data::Struct(data) => match &data.fields {
            Fields::Named(named) if !named.named.is_empty() => Some(named),
            _ => None,
        },
        _ => None,
    };
    let Some(named) = named else {
        return Err(Error::new(
            name.span(),
            format!(
                "parts are structs with named fields\n  help: struct {name} {{ created: Timestamp, .. }}"
            ),
        ));
    };
    let mut errors = Vec::new();
    let mut fields = Vec::new();
    for field in &named.named {
        let (field, result) = Field::read(field);
        errors.extend(result.err());
        fields.push(field);
    }
    errors.extend(super::check::part(&fields));
    if let Some(all) = errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        return Err(all);
    }
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let idents: Vec<_> = fields.iter().map(|field| &field.name).collect();
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    let numbered = fields.iter().enumerate().map(|(i, field)| {
        let (ident, ty) = (&field.name, &field.ty);
        let key = field.target.as_ref().map(|target| {
            quote! {
                impl #generics ::hyperdjango::orm::model::PartKey<#i> for #name #arguments #conditions {
                    type Target = #target;
                }
            }
        });
        quote! {
            impl #generics ::hyperdjango::orm::model::PartField<#i> for #name #arguments #conditions {
                type Type = #ty;

                fn value(&self) -> &Self::Type {
                    &self.#ident
                }
            }
            #key
        }
    });
    // Exported macros all stand at the crate's root, whatever module their parts are in.
    let hash = format!("{:016x}", fnv1a(text));
    let hidden = format_ident!("__part_{name}_{hash}");
    let (vis, export) = match &input.vis {
        vis @ Visibility::Public(_) => (quote!(#vis), Some(quote!(#[macro_export]))),
        vis => (quote!(#vis), None),
    };
    Ok(quote! {
        impl #generics ::hyperdjango::orm::model::Part for #name #arguments #conditions {
            type Fields = (#(#types,)*);

            fn from_fields((#(#idents,)*): Self::Fields) -> Self {
                Self { #(#idents),* }
            }
        }

        #(#numbered)*

        #[doc(hidden)]
        #[allow(non_local_definitions, unused_macros)]
        #export
        macro_rules! #hidden {
            ([$($known:tt)*] $model:tt) => {
                ::hyperdjango::__model_with_parts! { [$($known)* #named] $model }
            };
        }

        // Only models name it: a part of no model yet is no mistake. (Inside `quote!`, so not in the user's code.)
        #[doc(hidden)]
        #[allow(unused_imports)]
        #vis use #hidden as #name;
    })
}
