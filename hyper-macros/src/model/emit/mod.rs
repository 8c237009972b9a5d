//! The code beside the struct: its columns, its table, what reads and writes its rows.

mod columns;
mod index;
mod numbered;
mod relations;
mod rows;
mod table;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::parse::{Field, Model};

pub(super) fn emit(model: &Model) -> TokenStream {
    let columns = columns::columns(model);
    let implementation = rows::implementation(model);
    let numbered = model.fields.iter().enumerate().map(|(i, field)| numbered::numbered(model, i, field));
    let relations = relations::relations(model);
    let serialize = rows::serialize(model);
    quote! {
        #columns
        #implementation
        #(#numbered)*
        #relations
        #serialize
    }
}

/// The type a column holds: that of the field, or for a foreign key that of the key.
///
/// All of it stands where the user wrote the type: what is wrong with that is then said there, and once, as the
/// compiler does not repeat itself at one place.
fn column_type(field: &Field) -> TokenStream {
    let span = place(field);
    match &field.target {
        None => located(&field.ty, span),
        Some(target) => {
            let target = located(target, span);
            let key = quote_spanned!(span=> <#target as ::hyperdjango::orm::model::SingleKey>::Column);
            if field.nullable { quote_spanned!(span=> ::std::option::Option<#key>) } else { key }
        }
    }
}

/// Where the field's type stands. Names written there mean what they mean in the rest of the macro's code, also when the
/// type came out of a `macro_rules!`.
fn place(field: &Field) -> Span {
    field.ty.span().resolved_at(Span::call_site())
}

/// Where the field's name stands, in the model.
pub(super) fn name_span(field: &Field) -> Span {
    field.part.as_ref().map_or_else(|| field.name.span(), |part| part.member.span())
}

fn located(tokens: &impl ToTokens, span: Span) -> TokenStream {
    fn move_all(tokens: TokenStream, span: Span) -> TokenStream {
        let moved = tokens.into_iter().map(|mut token| {
            if let TokenTree::Group(group) = &token {
                token = Group::new(group.delimiter(), move_all(group.stream(), span)).into();
            }
            // Only the place changes: names mean what they meant.
            token.set_span(token.span().located_at(span));
            token
        });
        moved.collect()
    }
    move_all(tokens.to_token_stream(), span)
}
