//! The code beside the struct: its columns, its values, its rules.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::parse::Input;
use crate::of_model::at;

pub(super) fn emit(input: &Input) -> TokenStream {
    let (name, model) = (&input.name, &input.model);
    let count = input.fields.len();
    let idents: Vec<_> = input.fields.iter().map(|field| &field.name).collect();
    let constants: Vec<_> = (0..count).map(|i| format_ident!("COLUMN_{i}")).collect();
    let columns = input
        .fields
        .iter()
        .zip(&constants)
        .map(|(field, constant)| field.column.filled(constant, model, &field.ty));
    let commas = |part: &dyn Fn(usize) -> TokenStream| {
        let parts = (0..count).map(|i| {
            let comma = (i > 0).then(|| quote!(::hyperdjango::orm::sql::Part::Text(", "),));
            let part = part(i);
            quote!(#comma #part)
        });
        quote!(&[#(#parts),*])
    };
    let own_name = |i: usize| {
        let constant = &constants[i];
        quote! {
            ::hyperdjango::orm::sql::Part::Name(
                <#model as ::hyperdjango::orm::model::Model>::NAMES[#constant.number]
            )
        }
    };
    let param = quote!(::hyperdjango::orm::sql::Part::Param);
    let names = commas(&own_name);
    let values = commas(&|_| param.clone());
    let set = commas(&|i| {
        let name = own_name(i);
        quote!(#name, ::hyperdjango::orm::sql::Part::Text(" = "), #param)
    });
    let checks = input.fields.iter().zip(&constants).map(|(field, constant)| {
        let (ident, sent_as) = (&field.name, &field.sent_as);
        quote!((#constant.check)(&self.#ident, #sent_as, errors);)
    });
    let validate = input.validate.as_ref().map(|path| {
        quote_spanned! {at(path.span())=>
            let validate: fn(&Self, &mut ::hyperdjango::ValidationErrors) = #path;
            validate(self, errors);
        }
    });
    let positions = 0..count;
    quote! {
        const _: () = {
        #(#columns)*

        impl ::hyperdjango::orm::expr::Assignments<#model> for #name {
            const COLUMNS: &'static [usize] = &[#(#constants.number),*];
            const NAMES: ::hyperdjango::orm::sql::Rope = #names;
            const VALUES: ::hyperdjango::orm::sql::Rope = #values;
            const SET: ::hyperdjango::orm::sql::Rope = #set;

            fn bind<'a>(&'a self, params: &mut ::hyperdjango::orm::sql::Params<'a>) {
                #(params.push(&self.#idents);)*
            }

            fn check(&self, errors: &mut ::hyperdjango::ValidationErrors) {
                #(#checks)*
                #validate
            }
        }

        impl ::hyperdjango::orm::write::BulkRow<#model> for #name {
            fn value(&self, nth: usize) -> ::hyperdjango::db::Param<'_> {
                match nth {
                    #(#positions => &self.#idents,)*
                    _ => ::hyperdjango::orm::model::no_such_column::<#model>(nth),
                }
            }
        }

        impl ::hyperdjango::http::Validate for #name {
            fn clean(&self, errors: &mut ::hyperdjango::ValidationErrors) {
                ::hyperdjango::orm::expr::Assignments::<#model>::check(self, errors);
            }
        }

        impl ::hyperdjango::orm::input::Input for #name {
            type Model = #model;
        }
        };
    }
}
