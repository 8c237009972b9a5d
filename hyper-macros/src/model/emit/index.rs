//! Indexes, constraints, and the order of rows.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::parse::{Constraint, Definition, Direction, Field, FieldName, Index, Model};
use super::table::option;
use crate::fnv1a::fnv1a;

/// All indexes but those that the primary key and unique columns have by themselves.
pub(super) fn indexes(model: &Model) -> Vec<TokenStream> {
    // Foreign keys are looked up backwards; PostgreSQL makes no index for them by itself. One that begins with the field
    // serves as well.
    let mut covered: Vec<String> = model
        .indexes
        .iter()
        .filter(|index| {
            index.condition.is_none() && index.using.as_ref().is_none_or(|using| using == "btree")
        })
        .filter_map(|index| index.columns.first())
        .map(|first| first.field.written())
        .collect();
    covered.extend(model.fields.iter().find(|field| field.options.primary_key.is_some()).map(Field::path));
    let single = model.fields.iter().filter(|field| {
        let options = &field.options;
        let alone = options.unique.is_none() && !field.one_to_one && !covered.contains(&field.path());
        options.index.is_some() || (field.target.is_some() && alone)
    });
    let single = single.map(|field| {
        let name = index_name(&model.table, &field.text(), "idx");
        let (column, method) = (field.column(), field.options.method.as_ref());
        let using = method.map(|method| {
            let method = method.to_string();
            quote!(using: #method,)
        });
        quote! {
            ::hyperdjango::orm::model::Index {
                name: #name,
                columns: &[::hyperdjango::orm::sql::Part::Name(#column)],
                #using
                ..::hyperdjango::orm::model::Index::PLAIN
            }
        }
    });
    single.chain(model.indexes.iter().map(|written| index(model, written))).collect()
}

fn index(model: &Model, index: &Index) -> TokenStream {
    let name = match &index.name {
        Some(name) => name.value(),
        None => {
            let fields = index.columns.iter().map(|column| field(model, &column.field).text());
            let fields = fields.collect::<Vec<_>>().join("_");
            index_name(&model.table, &fields, if index.unique { "uniq" } else { "idx" })
        }
    };
    let columns = index.columns.iter().map(|direction| {
        let column = field(model, &direction.field).column();
        let opclass = index
            .opclasses
            .iter()
            .find(|(field, _)| field.written() == direction.field.written())
            .map(|(_, class)| text(&format!(" {class}")));
        let desc = direction.descending.then(|| text(" DESC"));
        quote!(::hyperdjango::orm::sql::Part::Name(#column), #opclass #desc)
    });
    let exprs = index.exprs.iter().map(|expr| text(&format!("({})", expr.value())));
    let columns = separated(columns.chain(exprs));
    let unique = index.unique.then(|| quote!(unique: true,));
    let using = index.using.as_ref().map(|using| {
        let using = using.to_string();
        quote!(using: #using,)
    });
    let condition = index.condition.as_ref().map(|condition| {
        let condition = option(Some(quote!(#condition)));
        quote!(condition: #condition,)
    });
    let include = (!index.include.is_empty()).then(|| {
        let columns = index.include.iter().map(|name| field(model, name).column());
        quote!(include: &[#(#columns),*],)
    });
    quote! {
        ::hyperdjango::orm::model::Index {
            name: #name,
            columns: &[#columns],
            #unique
            #using
            #condition
            #include
            ..::hyperdjango::orm::model::Index::PLAIN
        }
    }
}

pub(super) fn constraint(constraint: &Constraint) -> TokenStream {
    let name = &constraint.name;
    let definition = match &constraint.definition {
        Definition::Check(sql) => format!("CHECK ({})", sql.value()),
        Definition::Exclude(sql) => format!("EXCLUDE {}", sql.value()),
    };
    let message = match &constraint.message {
        Some(message) => quote!(Some(#message)),
        None => quote!(None),
    };
    quote!(::hyperdjango::orm::model::Constraint { name: #name, definition: #definition, message: #message })
}

fn text(text: &str) -> TokenStream {
    quote!(::hyperdjango::orm::sql::Part::Text(#text),)
}

fn separated(columns: impl Iterator<Item = TokenStream>) -> TokenStream {
    let comma = text(", ");
    columns.enumerate().map(|(i, column)| if i > 0 { quote!(#comma #column) } else { column }).collect()
}

fn field<'a>(model: &'a Model, name: &FieldName) -> &'a Field {
    let written = name.written();
    model.fields.iter().find(|field| field.path() == written).expect("checked")
}

/// PostgreSQL cuts names at 63 bytes, which could make two of one: longer ones end in a hash instead.
pub(super) fn index_name(table: &str, fields: &str, suffix: &str) -> String {
    let name = format!("{table}_{fields}_{suffix}");
    if name.len() <= 63 {
        return name;
    }
    let hash = fnv1a(&name);
    let cut = (0..=40).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    format!("{}_{hash:016x}_{suffix}", &name[..cut])
}

/// `"posts"."a" DESC, "posts"."b"`
pub(super) fn ordering(model: &Model, directions: &[Direction]) -> TokenStream {
    let name = &model.name;
    separated(directions.iter().map(|direction| {
        let column = field(model, &direction.field).column();
        let desc = direction.descending.then(|| text(" DESC"));
        quote! {
            ::hyperdjango::orm::sql::Part::Column(
                <::hyperdjango::orm::model::Root<#name> as ::hyperdjango::orm::model::Path>::NODE,
                #column,
            ),
            #desc
        }
    }))
}
