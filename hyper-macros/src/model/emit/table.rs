//! The table as data: columns, defaults, indexes, the order of rows.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, Ident, Type};

use super::super::parse::{Direction, Field, Literal, Model, literal};
use super::{column_name, column_type, located, place};

pub(super) fn meta(field: &Field) -> TokenStream {
    let ty = column_type(field);
    let (column, name) = (column_name(field), field.name.unraw().to_string());
    let options = &field.options;
    let primary_key = options.primary_key.is_some();
    let max_length = number(options.max_length.as_ref());
    let unique = options.unique.is_some();
    let span = place(field);
    let declaration = quote_spanned!(span=> <#ty as ::hyperdjango::orm::field::Field>::DECLARATION);
    let create = quote_spanned!(span=> <#ty as ::hyperdjango::orm::field::Field>::CREATE);
    let choices = quote_spanned!(span=> <#ty as ::hyperdjango::orm::field::Field>::CHOICES);
    let accepts = quote_spanned!(span=> <#ty as ::hyperdjango::orm::field::Field>::accepts);
    let whole = matches!(&field.base, Type::Path(path) if ["i16", "i32", "i64"].iter().any(|int| path.path.is_ident(int)));
    let uuid = matches!(&field.base, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Uuid"));
    let identity = primary_key && whole && options.default.is_none();
    let default = match &options.default {
        Some(default) => Some(sql_literal(default)),
        None if options.auto_now_add.is_some() => Some("now()".to_owned()),
        None if primary_key && uuid => Some("gen_random_uuid()".to_owned()),
        None => None,
    };
    let default = option(default.map(|default| quote!(#default)));
    let references = option(field.target.as_ref().map(|target| {
        let on_delete = match options.on_delete.as_ref().map(Ident::to_string).as_deref() {
            Some("set_null") => "SET NULL",
            Some("protect") => "RESTRICT",
            Some("do_nothing") => "NO ACTION",
            _ => "CASCADE",
        };
        let target = located(target, span);
        quote_spanned! {span=>
            ::hyperdjango::orm::model::Reference {
                table: <#target as ::hyperdjango::orm::model::Model>::TABLE,
                column: <#target as ::hyperdjango::orm::model::Model>::KEY,
                on_delete: #on_delete,
            }
        }
    }));
    let nullable = field.nullable;
    quote! {
        ::hyperdjango::orm::model::ColumnMeta {
            name: #column,
            field: #name,
            declaration: #declaration,
            create: #create,
            choices: #choices,
            accepts: #accepts,
            max_length: #max_length,
            nullable: #nullable,
            primary_key: #primary_key,
            identity: #identity,
            unique: #unique,
            default: #default,
            references: #references,
        }
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
}

pub(super) fn number(literal: Option<&syn::LitInt>) -> TokenStream {
    option(literal.and_then(|literal| literal.base10_parse::<u64>().ok()).map(|number| quote!(#number)))
}

fn sql_literal(expr: &Expr) -> String {
    match literal(expr).expect("checked") {
        Literal::Int(int) => int.to_string(),
        Literal::Float(float) => float.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Text(text) => format!("'{}'", text.value().replace('\'', "''")),
    }
}

pub(super) fn indexes(model: &Model) -> Vec<TokenStream> {
    let index = |columns: &[Direction], unique: bool| {
        let fields =
            columns.iter().map(|direction| direction.field.to_string()).collect::<Vec<_>>().join("_");
        let name = index_name(&model.table, &fields, if unique { "uniq" } else { "idx" });
        let columns = directions(model, columns, false);
        quote!(::hyperdjango::orm::model::Index { name: #name, columns: &[#columns], unique: #unique })
    };
    // Foreign keys are looked up backwards; PostgreSQL makes no index for them by itself. One that begins with the field
    // serves as well.
    let several = model.indexes.iter().chain(&model.unique_together);
    let covered: Vec<_> = several.filter_map(|columns| columns.first()).map(|first| &first.field).collect();
    let single = model.fields.iter().filter(|field| {
        let options = &field.options;
        let alone =
            options.unique.is_none() && options.primary_key.is_none() && !covered.contains(&&field.name);
        options.index.is_some() || (field.target.is_some() && alone)
    });
    let single =
        single.map(|field| index(&[Direction { field: field.name.clone(), descending: false }], false));
    let several = model.indexes.iter().map(|columns| index(columns, false));
    let unique = model.unique_together.iter().map(|columns| index(columns, true));
    single.chain(several).chain(unique).collect()
}

/// PostgreSQL cuts names at 63 bytes, which could make two of one: longer ones end in a hash instead.
fn index_name(table: &str, fields: &str, suffix: &str) -> String {
    let name = format!("{table}_{fields}_{suffix}");
    if name.len() <= 63 {
        return name;
    }
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let cut = (0..=40).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    format!("{}_{hash:016x}_{suffix}", &name[..cut])
}

/// `"a" DESC, "b"`: with the table's name in a query, without it in an index.
pub(super) fn directions(model: &Model, directions: &[Direction], qualified: bool) -> TokenStream {
    let name = &model.name;
    let parts = directions.iter().enumerate().map(|(i, direction)| {
        let field = model.fields.iter().find(|field| field.name == direction.field).expect("checked");
        let column = column_name(field);
        let comma = (i > 0).then(|| quote!(::hyperdjango::orm::sql::Part::Text(", "),));
        let part = if qualified {
            quote! {
                ::hyperdjango::orm::sql::Part::Column(
                    <::hyperdjango::orm::model::Root<#name> as ::hyperdjango::orm::model::Path>::NODE,
                    #column,
                )
            }
        } else {
            quote!(::hyperdjango::orm::sql::Part::Name(#column))
        };
        let desc = direction.descending.then(|| quote!(, ::hyperdjango::orm::sql::Part::Text(" DESC")));
        quote!(#comma #part #desc)
    });
    quote!(#(#parts),*)
}
