//! What reads a row, writes it as JSON, and checks it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::super::parse::{Direction, Model};
use super::relations::junctions;
use super::table::{directions, indexes, meta};
use super::{column_name, column_type, place};

pub(super) fn implementation(model: &Model) -> TokenStream {
    let (name, table) = (&model.name, &model.table);
    let set = format_ident!("{}Columns", model.name);
    let keys: Vec<_> = model.fields.iter().filter(|field| field.options.primary_key.is_some()).collect();
    let key_numbers = (0..model.fields.len()).filter(|&i| model.fields[i].options.primary_key.is_some());
    let key_columns = keys.iter().map(|key| column_name(key));
    let key_types: Vec<_> = keys.iter().map(|key| column_type(key)).collect();
    let key_values: Vec<_> = keys
        .iter()
        .map(|key| match (&key.name, &key.target) {
            (name, Some(_)) => quote!(::std::clone::Clone::clone(&self.#name.id)),
            (name, None) => quote!(::std::clone::Clone::clone(&self.#name)),
        })
        .collect();
    let (key_type, key_value) = match (key_types.as_slice(), key_values.as_slice()) {
        ([ty], [value]) => (quote!(#ty), quote!(#value)),
        (types, values) => (quote!((#(#types),*)), quote!((#(#values),*))),
    };
    let names = model.fields.iter().map(column_name);
    let metas = model.fields.iter().map(meta);
    let indexes = indexes(model);
    let ordering = directions(model, &model.ordering, true);
    let reversed: Vec<_> = model.ordering.iter().map(Direction::reversed).collect();
    let reversed = directions(model, &reversed, true);
    let decode = model.fields.iter().map(|field| {
        let ident = &field.name;
        let ty = column_type(field);
        let read = quote_spanned!(place(field)=> row.read::<#ty>()?);
        match (&field.target, field.nullable) {
            (None, _) => quote!(#ident: #read),
            (Some(_), false) => quote!(#ident: ::hyperdjango::orm::model::ForeignKey { id: #read }),
            (Some(_), true) => {
                quote!(#ident: #read.map(|id| ::hyperdjango::orm::model::ForeignKey { id }))
            }
        }
    });
    let json = model.fields.iter().enumerate().map(|(i, field)| {
        if field.options.secret.is_some() {
            return quote!(row.skip(1););
        }
        let ty = column_type(field);
        let key = format!(",\"{}\":", field.name.unraw());
        quote_spanned!(place(field)=> row.write_member::<#ty>(#i, #key, without, out)?;)
    });
    let checks =
        model.fields.iter().enumerate().filter(|(_, field)| field.target.is_none()).map(|(i, field)| {
            let (ident, text) = (&field.name, field.name.unraw().to_string());
            quote! {
                ::hyperdjango::orm::validation::Check::check(
                    &self.#ident,
                    &<Self as ::hyperdjango::orm::model::HasColumn<#i>>::RULES,
                    #text,
                    &mut errors,
                );
            }
        });
    let values = model.fields.iter().enumerate().map(|(i, field)| {
        let ident = &field.name;
        quote_spanned!(place(field)=> #i => &self.#ident)
    });
    let junctions = junctions(model);
    quote! {
        impl ::hyperdjango::orm::model::Model for #name {
            type Key = #key_type;
            type Columns<R: 'static, P: ::hyperdjango::orm::model::Path> = #set<R, P>;

            const TABLE: &'static str = #table;
            const KEY: &'static [&'static str] = &[#(#key_columns),*];
            const KEY_COLUMNS: &'static [usize] = &[#(#key_numbers),*];
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const META: &'static ::hyperdjango::orm::model::Table = &::hyperdjango::orm::model::Table {
                name: #table,
                columns: &[#(#metas),*],
                indexes: &[#(#indexes),*],
                junctions: &[#(#junctions),*],
            };
            const ORDERING: ::hyperdjango::orm::sql::Rope = &[#ordering];
            const ORDERING_REVERSED: ::hyperdjango::orm::sql::Rope = &[#reversed];

            fn decode(
                row: &mut ::hyperdjango::orm::row::RowReader<'_>,
            ) -> ::std::result::Result<Self, ::hyperdjango::db::DatabaseError> {
                ::std::result::Result::Ok(Self { #(#decode),* })
            }

            fn write_json(
                row: &mut ::hyperdjango::orm::row::RowReader<'_>,
                without: &[usize],
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::std::result::Result<(), ::hyperdjango::db::DatabaseError> {
                #(#json)*
                ::std::result::Result::Ok(())
            }

            fn column(&self, number: usize) -> ::hyperdjango::db::Param<'_> {
                match number {
                    #(#values,)*
                    _ => ::hyperdjango::orm::model::no_such_column::<Self>(number),
                }
            }

            fn key(&self) -> Self::Key {
                #key_value
            }

            fn validate(&self) -> ::std::result::Result<(), ::hyperdjango::ValidationErrors> {
                let mut errors = ::hyperdjango::ValidationErrors::new();
                #(#checks)*
                errors.into_result()
            }
        }

        impl<R> ::hyperdjango::orm::expr::Operand<R, <#name as ::hyperdjango::orm::model::Model>::Key> for &#name {
            type Node = ::hyperdjango::orm::expr::Value<<#name as ::hyperdjango::orm::model::Model>::Key>;

            fn into_node(self) -> Self::Node {
                ::hyperdjango::orm::expr::Value::new(::hyperdjango::orm::model::Model::key(self))
            }
        }
    }
}

/// As JSON and the like: all fields by name, but those that are secret.
pub(super) fn serialize(model: &Model) -> TokenStream {
    let (name, text) = (&model.name, model.name.unraw().to_string());
    let shown: Vec<_> = model.fields.iter().filter(|field| field.options.secret.is_none()).collect();
    let count = shown.len();
    let members = shown.iter().map(|field| {
        let (ident, key) = (&field.name, field.name.unraw().to_string());
        quote_spanned! {place(field)=>
            ::hyperdjango::serde::ser::SerializeStruct::serialize_field(&mut object, #key, &self.#ident)?;
        }
    });
    quote! {
        impl ::hyperdjango::serde::Serialize for #name {
            fn serialize<S: ::hyperdjango::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                let mut object = serializer.serialize_struct(#text, #count)?;
                #(#members)*
                ::hyperdjango::serde::ser::SerializeStruct::end(object)
            }
        }
    }
}
