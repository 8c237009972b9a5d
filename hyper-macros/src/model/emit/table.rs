//! The table as data: its columns with their defaults.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, Ident};

use super::super::parse::{Computed, Field, Literal, Model, computed, literal};
use super::index::{constraint, index_name, indexes};
use super::relations::junctions;
use super::{column_type, located, place};

/// The table; what it has none of is left out.
pub(super) fn table(model: &Model) -> TokenStream {
    let name = &model.table;
    let columns = model.fields.iter().map(|field| column(model, field));
    let list = |member: TokenStream, items: Vec<TokenStream>| {
        (!items.is_empty()).then(|| quote!(#member: &[#(#items),*],))
    };
    let indexes = list(quote!(indexes), indexes(model));
    let constraints = list(quote!(constraints), model.constraints.iter().map(constraint).collect());
    let junctions = list(quote!(junctions), junctions(model));
    let extensions = list(quote!(extensions), model.extensions.iter().map(|name| quote!(#name)).collect());
    let comment = given(quote!(comment), model.comment.as_ref());
    let unlogged = model.unlogged.then(|| quote!(unlogged: true,));
    quote! {
        ::hyperdjango::orm::model::Table {
            columns: &[#(#columns),*],
            #indexes
            #constraints
            #junctions
            #extensions
            #comment
            #unlogged
            ..::hyperdjango::orm::model::Table::named(#name)
        }
    }
}

fn column(model: &Model, field: &Field) -> TokenStream {
    let (ty, span, options) = (column_type(field), place(field), &field.options);
    let (column, name) = (field.column(), field.text());
    let primary_key = options.primary_key.is_some();
    let single = model.fields.iter().filter(|field| field.options.primary_key.is_some()).count() == 1;
    let default = default(field, primary_key && single);
    let identity = primary_key && single && field.is_whole() && default.is_none();
    let flags = [
        (quote!(primary_key), primary_key),
        (quote!(identity), identity),
        (quote!(unique), options.unique.is_some() || field.one_to_one),
        (quote!(auto_now), options.auto_now.is_some()),
        (quote!(version), options.version.is_some()),
    ];
    let flags = flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| quote!(.#flag()));
    let max_length = with(quote!(max_length), number(options.max_length.as_ref()));
    let digits = with(
        quote!(digits),
        options.max_digits.as_ref().map(|digits| {
            let places = options.decimal_places.as_ref().map_or_else(|| quote!(0), |places| quote!(#places));
            quote!((#digits, #places))
        }),
    );
    let default = with(quote!(default), default);
    let db_type = with(quote!(db_type), options.db_type.as_ref());
    let collation = with(quote!(collation), options.collation.as_ref());
    let generated = with(quote!(generated), options.generated.as_ref());
    let comment = with(quote!(comment), options.comment.as_ref());
    let checks = with(quote!(checks), checks(model, field));
    let references = with(quote!(references), field.target.as_ref().map(|_| reference(field)));
    quote_spanned! {span=>
        ::hyperdjango::orm::model::ColumnMeta::of::<#ty>(#column, #name)
            #(#flags)*
            #max_length
            #digits
            #default
            #db_type
            #collation
            #generated
            #comment
            #checks
            #references
    }
}

/// The default as SQL.
fn default(field: &Field, is_key: bool) -> Option<String> {
    let options = &field.options;
    if let Some(default) = &options.default {
        return Some(
            computed(default).map_or_else(|| sql_literal(default), |computed| computed.sql().to_owned()),
        );
    }
    if let Some(default) = &options.db_default {
        return Some(match literal(default) {
            Some(Literal::Text(sql)) => sql.value(),
            _ => sql_literal(default),
        });
    }
    if options.auto_now_add.is_some() || options.auto_now.is_some() {
        return Some(Computed::Now.sql().to_owned());
    }
    if options.version.is_some() {
        return Some("1".to_owned());
    }
    (is_key && field.is_named("Uuid")).then(|| Computed::UuidV4.sql().to_owned())
}

/// What the table checks of each of its values.
fn checks(model: &Model, field: &Field) -> Option<TokenStream> {
    let options = &field.options;
    let check = options.check.as_ref()?;
    let name = index_name(&model.table, &field.text(), "check");
    let definition = format!("CHECK ({})", check.value());
    Some(quote! {
        &[::hyperdjango::orm::model::Constraint { name: #name, definition: #definition, message: None }]
    })
}

fn reference(field: &Field) -> TokenStream {
    let options = &field.options;
    let named = |name: &Option<Ident>| name.as_ref().map(Ident::to_string);
    let on_delete = match named(&options.on_delete).as_deref() {
        Some("set_null") => "SET NULL",
        Some("set_default") => "SET DEFAULT",
        Some("protect") => "RESTRICT",
        Some("do_nothing") => "NO ACTION",
        _ => "CASCADE",
    };
    let deferrable = match named(&options.deferrable).as_deref() {
        Some("immediate") => "DEFERRABLE INITIALLY IMMEDIATE",
        Some("no") => "NOT DEFERRABLE",
        _ => "DEFERRABLE INITIALLY DEFERRED",
    };
    let constraint = options.db_constraint.as_ref().is_none_or(|given| given.value);
    let target = located(&field.target, place(field));
    if constraint && on_delete == "CASCADE" && deferrable == "DEFERRABLE INITIALLY DEFERRED" {
        return quote_spanned!(place(field)=> ::hyperdjango::orm::model::Reference::to::<#target>());
    }
    quote_spanned! {place(field)=>
        ::hyperdjango::orm::model::Reference {
            on_delete: #on_delete,
            deferrable: #deferrable,
            constraint: #constraint,
            ..::hyperdjango::orm::model::Reference::to::<#target>()
        }
    }
}

/// `.name(value)`, or nothing.
fn with(name: TokenStream, value: Option<impl quote::ToTokens>) -> Option<TokenStream> {
    value.map(|value| quote!(.#name(#value)))
}

/// `name: Some(value),`, or nothing.
fn given(name: TokenStream, value: Option<impl quote::ToTokens>) -> Option<TokenStream> {
    value.map(|value| quote!(#name: ::std::option::Option::Some(#value),))
}

pub(super) fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
}

pub(super) fn number(literal: Option<&syn::LitInt>) -> Option<TokenStream> {
    literal.and_then(|literal| literal.base10_parse::<u64>().ok()).map(|number| quote!(#number))
}

fn sql_literal(expr: &Expr) -> String {
    match literal(expr).expect("checked") {
        Literal::Int(int) => int.to_string(),
        Literal::Float(float) => float.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Text(text) => format!("'{}'", text.value().replace('\'', "''")),
    }
}
