//! The ways between models: what a foreign key is seen as from the other side, and tables in between.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Path};

use super::super::parse::{Field, Many, ManyToMany, Model, Reverse, Through, last, snake_case};
use super::index::index_name;
use super::{located, place};
use crate::fnv1a::fnv1a;

/// What belongs to each foreign key and each relation of the model.
pub(super) fn relations(model: &Model) -> TokenStream {
    let keys = model.fields.iter().filter(|field| field.target.is_some()).map(|field| refers(model, field));
    let many = model.many.iter().enumerate().map(|(i, many)| has_many(model, i, many));
    let one = model.one.iter().enumerate().map(|(i, one)| has_one(model, i, one));
    quote!(#(#keys)* #(#many)* #(#one)*)
}

/// A name as it stands in a type.
fn hash(name: &Ident) -> u64 {
    fnv1a(&name.unraw().to_string())
}

/// A foreign key, for `reverse(posts = Post.author)` of the model it refers to.
///
/// One of a part is called by the column's own name in JSON, with the prefix.
fn refers(model: &Model, field: &Field) -> TokenStream {
    let (name, column, hash) = (&model.name, field.column(), fnv1a(&field.text()));
    let span = place(field);
    let target = located(&field.target, span);
    let same =
        quote_spanned!(span=> const _: () = ::hyperdjango::orm::model::same_database::<#name, #target>(););
    if field.one_to_one {
        quote! {
            #same
            impl ::hyperdjango::orm::model::RefersOne<#target, #hash> for #name {
                const COLUMN: &'static str = #column;
            }
        }
    } else {
        quote! {
            #same
            impl ::hyperdjango::orm::model::Refers<#target, #hash> for #name {
                const LINK: ::hyperdjango::orm::model::Link =
                    ::hyperdjango::orm::model::Link::ForeignKey { column: #column };
            }
        }
    }
}

/// Where a name the user wrote stands, in code that means what the rest of the macro's does.
fn at(name: &Ident) -> Span {
    name.span().resolved_at(Span::call_site())
}

fn has_many(model: &Model, i: usize, many: &Many) -> TokenStream {
    let (name, relation) = (&model.name, many.name());
    let text = relation.unraw().to_string();
    let (target, link, swapped) = match many {
        Many::Reverse(Reverse { target, field, .. }) => {
            let hash = hash(field);
            // By way of the associated type, so that a model there is not is said once.
            let link = quote_spanned! {at(field)=>
                <<#name as ::hyperdjango::orm::model::HasMany<#i>>::Target as ::hyperdjango::orm::model::Refers<#name, #hash>>::LINK
            };
            (target, link, None)
        }
        Many::ManyToMany(ManyToMany { target, through: None, .. }) => {
            let table = junction_table(model, relation);
            let (from, to) = junction_columns(model, target);
            let link = |from: &str, to: &str| quote!(::hyperdjango::orm::model::Link::Through { table: #table, from: #from, to: #to });
            (target, link(&from, &to), Some(link(&to, &from)))
        }
        Many::ManyToMany(ManyToMany {
            target, through: Some(Through { model: between, from, to }), ..
        }) => {
            let side = |field: &Ident, of: &dyn ToTokens| {
                let hash = hash(field);
                quote_spanned! {at(field)=>
                    <#between as ::hyperdjango::orm::model::Refers<#of, #hash>>::LINK
                }
            };
            let from = side(from, name);
            let to = side(to, target);
            let link = |from: &TokenStream, to: &TokenStream| {
                quote! {
                    ::hyperdjango::orm::model::Link::between(
                        <#between as ::hyperdjango::orm::model::Model>::TABLE,
                        #from,
                        #to,
                    )
                }
            };
            (target, link(&from, &to), Some(link(&to, &from)))
        }
    };
    // What the other model's `reverse(posts = Post.tags)` looks for.
    let refers = swapped.map(|link| {
        let hash = hash(relation);
        quote! {
            impl ::hyperdjango::orm::model::Refers<#target, #hash> for #name {
                const LINK: ::hyperdjango::orm::model::Link = #link;
            }
        }
    });
    quote! {
        impl ::hyperdjango::orm::model::HasMany<#i> for #name {
            type Target = #target;
            const NAME: &'static str = #text;
            const LINK: ::hyperdjango::orm::model::Link = #link;
        }
        #refers
    }
}

fn has_one(model: &Model, i: usize, one: &Reverse) -> TokenStream {
    let (name, target, text, hash) =
        (&model.name, &one.target, one.name.unraw().to_string(), hash(&one.field));
    let column = quote_spanned! {at(&one.field)=>
        <<#name as ::hyperdjango::orm::model::HasOne<#i>>::Target as ::hyperdjango::orm::model::RefersOne<#name, #hash>>::COLUMN
    };
    quote! {
        impl ::hyperdjango::orm::model::HasOne<#i> for #name {
            type Target = #target;
            const NAME: &'static str = #text;
            const COLUMN: &'static str = #column;
        }
    }
}

/// The tables of relations many to many that have no model in between.
pub(super) fn junctions(model: &Model) -> Vec<TokenStream> {
    let between = model.many.iter().filter_map(|many| match many {
        Many::ManyToMany(many) if many.through.is_none() => Some(many),
        _ => None,
    });
    between.map(|many| junction(model, many)).collect()
}

fn junction(model: &Model, many: &ManyToMany) -> TokenStream {
    let (name, target) = (&model.name, &many.target);
    let table = junction_table(model, &many.name);
    let (from, to) = junction_columns(model, target);
    let index = index_name(&table, &to, "idx");
    quote! {
        ::hyperdjango::orm::model::Table {
            columns: &[
                ::hyperdjango::orm::model::ColumnMeta::part_of_key::<#name>(#from),
                ::hyperdjango::orm::model::ColumnMeta::part_of_key::<#target>(#to),
            ],
            indexes: &[::hyperdjango::orm::model::Index {
                name: #index,
                columns: &[::hyperdjango::orm::sql::Part::Name(#to)],
                ..::hyperdjango::orm::model::Index::PLAIN
            }],
            ..::hyperdjango::orm::model::Table::named(#table)
        }
    }
}

fn junction_table(model: &Model, relation: &Ident) -> String {
    let name = format!("{}_{}", model.table, relation.unraw());
    if name.len() <= 63 { name } else { index_name(&model.table, &relation.unraw().to_string(), "m2m") }
}

/// `post_id` and `tag_id`; `from_post_id` and `to_post_id` within one table.
fn junction_columns(model: &Model, target: &Path) -> (String, String) {
    let own = snake_case(&model.name.unraw().to_string());
    let other = snake_case(&last(target).unraw().to_string());
    if last(target) == "Self" || own == other {
        (format!("from_{own}_id"), format!("to_{own}_id"))
    } else {
        (format!("{own}_id"), format!("{other}_id"))
    }
}
