//! What reads a row, writes it as JSON, and checks it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::super::parse::{Direction, Field, Member, Model, PartMember};
use super::index::ordering;
use super::numbered::all_rules;
use super::{column_type, place};

pub(super) fn implementation(model: &Model) -> TokenStream {
    let (name, text) = (&model.name, &model.table);
    let set = format_ident!("{}Columns", model.name);
    let keys: Vec<_> = model.fields.iter().filter(|field| field.options.primary_key.is_some()).collect();
    let key_numbers = (0..model.fields.len()).filter(|&i| model.fields[i].options.primary_key.is_some());
    let key_columns = keys.iter().map(|key| key.column());
    let key_types: Vec<_> = keys.iter().map(|key| column_type(key)).collect();
    let key_values: Vec<_> = keys
        .iter()
        .map(|key| match (key.value(), &key.target) {
            (value, Some(_)) => quote!(::std::clone::Clone::clone(&(#value).id)),
            (value, None) => quote!(::std::clone::Clone::clone(#value)),
        })
        .collect();
    let (key_type, key_value) = match (key_types.as_slice(), key_values.as_slice()) {
        ([ty], [value]) => (quote!(#ty), quote!(#value)),
        (types, values) => (quote!((#(#types),*)), quote!((#(#values),*))),
    };
    let names = model.fields.iter().map(Field::column);
    let ordered = (!model.ordering.is_empty()).then(|| {
        let reversed: Vec<_> = model.ordering.iter().map(Direction::reversed).collect();
        let (ordering, reversed) = (ordering(model, &model.ordering), ordering(model, &reversed));
        quote! {
            const ORDERING: ::hyperdjango::orm::sql::Rope = &[#ordering];
            const ORDERING_REVERSED: ::hyperdjango::orm::sql::Rope = &[#reversed];
        }
    });
    // A replica has nothing of a table that is not logged.
    let primary_reads = (model.primary_reads || model.unlogged).then(|| {
        quote!(
            const PRIMARY_READS: bool = true;
        )
    });
    let cache_ttl = model.cache_ttl.as_ref().map(|seconds| {
        quote_spanned!(seconds.span()=>
            const CACHE_TTL: u32 = #seconds;
        )
    });
    let rules = all_rules(model);
    let special = special(model);
    let decode = model.members.iter().map(|member| match member {
        Member::Column(i) => {
            let (ident, value) = (&model.fields[*i].name, read(&model.fields[*i]));
            quote!(#ident: #value)
        }
        Member::Part(part) => {
            let PartMember { name, ty, fields, .. } = &**part;
            let values = model.fields[fields.clone()].iter().map(read);
            quote!(#name: <#ty as ::hyperdjango::orm::model::Part>::from_fields((#(#values,)*)))
        }
    });
    let json = model.fields.iter().map(|field| {
        if field.options.secret.is_some() {
            return quote!(::hyperdjango::orm::row::secret(to););
        }
        let ty = column_type(field);
        let key = format!(",\"{}\":", field.text());
        quote_spanned!(place(field)=> ::hyperdjango::orm::row::member::<#ty>(to, #key);)
    });
    let values = model.fields.iter().enumerate().map(|(i, field)| {
        let value = field.value();
        quote_spanned!(place(field)=> #i => #value)
    });
    let signals = match &model.signals {
        Some(signals) => quote!(#signals),
        None => quote!(::hyperdjango::orm::model::NoSignals),
    };
    let database = match &model.database {
        Some(database) => quote!(#database),
        None => quote!(::hyperdjango::db::Db),
    };
    let validate = model.validate.as_ref().map(|function| {
        quote! {
            fn validate(&self) -> ::std::result::Result<(), ::hyperdjango::ValidationErrors> {
                let mut errors = ::hyperdjango::orm::model::broken_rules(self);
                #function(self, &mut errors);
                errors.into_result()
            }
        }
    });
    let single_key = single_key(model, &keys);
    quote! {
        #[diagnostic::do_not_recommend]
        impl ::hyperdjango::orm::model::Model for #name {
            type Key = #key_type;
            type Signals = #signals;
            type Database = #database;
            type Columns<R: 'static, P: ::hyperdjango::orm::model::Path> = #set<R, P>;

            const TABLE: &'static str = #text;
            const KEY: &'static [&'static str] = &[#(#key_columns),*];
            const KEY_COLUMNS: &'static [usize] = &[#(#key_numbers),*];
            const NAMES: &'static [&'static str] = &[#(#names),*];
            #primary_reads
            #cache_ttl
            #ordered
            #rules
            #special

            fn decode(
                row: &mut ::hyperdjango::orm::row::RowReader<'_>,
            ) -> ::std::result::Result<Self, ::hyperdjango::db::DatabaseError> {
                ::std::result::Result::Ok(Self { #(#decode),* })
            }

            fn write_members(to: &mut ::hyperdjango::orm::row::Members<'_, '_>) {
                #(#json)*
            }

            fn stored(&self, number: usize) -> &dyn ::hyperdjango::orm::model::Stores {
                match number {
                    #(#values,)*
                    _ => ::hyperdjango::orm::model::no_such_column::<Self>(number),
                }
            }

            fn key(&self) -> Self::Key {
                #key_value
            }

            #validate
        }

        #single_key
    }
}

/// Reads a field's column.
fn read(field: &Field) -> TokenStream {
    let ty = column_type(field);
    let read = quote_spanned!(place(field)=> row.read::<#ty>()?);
    match (&field.target, field.nullable) {
        (None, _) => read,
        (Some(_), false) => quote!(::hyperdjango::orm::model::ForeignKey::of(#read)),
        (Some(_), true) => quote!(#read.map(::hyperdjango::orm::model::ForeignKey::of)),
    }
}

/// What some models have: a scope, a version, columns that follow the clock.
fn special(model: &Model) -> TokenStream {
    let name = &model.name;
    let number = |which: fn(&Field) -> bool| model.fields.iter().position(which);
    let version = number(|field| field.options.version.is_some()).map(|version| {
        quote!(const VERSION: ::std::option::Option<usize> = ::std::option::Option::Some(#version);)
    });
    let deleted = number(|field| field.options.soft_delete.is_some()).map(|deleted| {
        let column = model.fields[deleted].column();
        quote! {
            const SOFT_DELETE: ::std::option::Option<usize> = ::std::option::Option::Some(#deleted);
            const SCOPE: ::hyperdjango::orm::sql::Rope = &[
                ::hyperdjango::orm::sql::Part::Column(
                    <::hyperdjango::orm::model::Root<#name> as ::hyperdjango::orm::model::Path>::NODE,
                    #column,
                ),
                ::hyperdjango::orm::sql::Part::Text(" IS NULL"),
            ];
        }
    });
    let touched: Vec<_> = model.fields.iter().filter(|field| field.options.auto_now.is_some()).collect();
    let touched = (!touched.is_empty()).then(|| {
        let parts = touched.iter().enumerate().map(|(i, field)| {
            let column = field.column();
            let comma = (i > 0).then(|| quote!(::hyperdjango::orm::sql::Part::Text(", "),));
            quote! {
                #comma
                ::hyperdjango::orm::sql::Part::Name(#column),
                ::hyperdjango::orm::sql::Part::Text(" = now()")
            }
        });
        quote!(const AUTO_NOW: ::hyperdjango::orm::sql::Rope = &[#(#parts),*];)
    });
    quote!(#version #deleted #touched)
}

/// What only a model whose key is one column can do: be referred to, and be compared with such a reference.
fn single_key(model: &Model, keys: &[&Field]) -> Option<TokenStream> {
    let [key] = keys else { return None };
    let (name, ty) = (&model.name, column_type(key));
    Some(quote! {
        #[diagnostic::do_not_recommend]
        impl ::hyperdjango::orm::model::SingleKey for #name {
            type Column = #ty;
        }

        #[diagnostic::do_not_recommend]
        impl<R> ::hyperdjango::orm::expr::Operand<R, #ty> for &#name {
            type Truth = bool;
            type Node = ::hyperdjango::orm::expr::Value<#ty>;

            fn into_node(self) -> Self::Node {
                ::hyperdjango::orm::expr::Value::new(::hyperdjango::orm::model::Model::key(self))
            }
        }
    })
}

/// As JSON and the like: all fields by name, but those that are secret.
pub(super) fn serialize(model: &Model) -> TokenStream {
    let (name, text) = (&model.name, model.name.unraw().to_string());
    let shown: Vec<_> = model.fields.iter().filter(|field| field.options.secret.is_none()).collect();
    let names = shown.iter().map(|field| field.text());
    let members: Vec<_> = shown
        .iter()
        .map(|field| {
            let value = field.value();
            quote_spanned!(place(field)=> #value)
        })
        .collect();
    let members = tuple(&members);
    quote! {
        impl ::hyperdjango::serde::Serialize for #name {
            fn serialize<S: ::hyperdjango::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                ::hyperdjango::orm::model::serialize_row(serializer, #text, &[#(#names),*], #members)
            }
        }
    }
}

/// A tuple, of tuples where one would have too many members.
fn tuple(members: &[TokenStream]) -> TokenStream {
    if members.len() <= 16 {
        return quote!((#(#members,)*));
    }
    let tuples: Vec<_> = members.chunks(16).map(tuple).collect();
    tuple(&tuples)
}
