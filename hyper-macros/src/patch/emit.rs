//! The code beside the struct: which columns are touched, their rules, and what reads it from outside.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::parse::Patch;
use crate::of_model::at;

pub(super) fn emit(patch: &Patch) -> TokenStream {
    let changes = changes(patch);
    let deserialize = deserialize(patch);
    quote!(#changes #deserialize)
}

fn changes(patch: &Patch) -> TokenStream {
    let (name, model) = (&patch.name, &patch.model);
    let columns = patch.fields.iter().filter_map(|field| Some((field, field.value.as_ref()?)));
    let columns: Vec<_> =
        columns.enumerate().map(|(i, column)| (format_ident!("COLUMN_{i}"), column)).collect();
    let constants = columns.iter().map(|(constant, (field, ty))| field.column.filled(constant, model, ty));
    let each = columns.iter().map(|(constant, (field, _))| {
        let ident = &field.name;
        quote! {
            if let ::hyperdjango::orm::input::Patch::Set(value) = &self.#ident {
                change(#constant.number, value);
            }
        }
    });
    let checks = columns.iter().map(|(constant, (field, _))| {
        let (ident, sent_as) = (&field.name, &field.sent_as);
        quote! {
            if let ::hyperdjango::orm::input::Patch::Set(value) = &self.#ident {
                (#constant.check)(value, #sent_as, errors);
            }
        }
    });
    let validate = patch.validate.as_ref().map(|path| {
        quote_spanned! {at(path.span())=>
            let validate: fn(&Self, &mut ::hyperdjango::ValidationErrors) = #path;
            validate(self, errors);
        }
    });
    quote! {
        const _: () = {
        #(#constants)*

        impl ::hyperdjango::orm::input::Changes<#model> for #name {
            fn each<'a>(&'a self, change: &mut dyn ::std::ops::FnMut(usize, ::hyperdjango::db::Param<'a>)) {
                #(#each)*
            }

            fn check(&self, errors: &mut ::hyperdjango::ValidationErrors) {
                #(#checks)*
                #validate
            }
        }

        impl ::hyperdjango::http::Validate for #name {
            fn clean(&self, errors: &mut ::hyperdjango::ValidationErrors) {
                ::hyperdjango::orm::input::Changes::<#model>::check(self, errors);
            }
        }
        };
    }
}

/// By way of a struct of the same fields, which has what the user could forget.
fn deserialize(patch: &Patch) -> TokenStream {
    let (name, attributes) = (&patch.name, &patch.serde);
    let helper = format_ident!("__{name}");
    let expecting = (!patch.expecting).then(|| quote!(#[serde(expecting = "an object")]));
    let deny = patch.deny_unknown_fields.then(|| quote!(#[serde(deny_unknown_fields)]));
    let idents: Vec<_> = patch.fields.iter().map(|field| &field.name).collect();
    let fields = patch.fields.iter().map(|field| {
        let (ident, ty, attributes) = (&field.name, &field.ty, &field.serde);
        let default = field.value.is_some().then(|| quote!(#[serde(default)]));
        quote!(#default #(#attributes)* #ident: #ty)
    });
    quote! {
        const _: () = {
            #[derive(::hyperdjango::serde::Deserialize)]
            #[serde(crate = "::hyperdjango::serde")]
            #expecting
            #(#attributes)*
            #deny
            struct #helper {
                #(#fields),*
            }

            impl<'de> ::hyperdjango::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::hyperdjango::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    let #helper { #(#idents),* } = ::hyperdjango::serde::Deserialize::deserialize(deserializer)?;
                    ::std::result::Result::Ok(Self { #(#idents),* })
                }
            }
        };
    }
}
