//! What belongs to a column by its number: its type, its rules, and where a foreign key leads.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use super::super::parse::{Field, Literal, Model, literal};
use super::table::{number, option};
use super::{column_type, located, place};

/// What belongs to a column by its number.
pub(super) fn numbered(model: &Model, i: usize, field: &Field) -> TokenStream {
    let name = &model.name;
    let ty = column_type(field);
    // What the database computes is never written.
    let source = match &field.options.generated {
        Some(_) => quote!(::hyperdjango::orm::model::Computed),
        None => quote!(::hyperdjango::orm::model::Stored),
    };
    let column = quote_spanned! {place(field)=>
        impl ::hyperdjango::orm::model::HasColumn<#i> for #name {
            type Type = #ty;
            type Source = #source;
        }
    };
    let Some(target) = &field.target else { return column };
    let target = located(target, place(field));
    let (field_name, column_name, nullable) = (field.text(), field.column(), field.nullable);
    let (reached, loaded) = if nullable {
        (quote!(T::Nullable), quote!(::std::option::Option<T>))
    } else {
        (quote!(T), quote!(P::Loaded<T>))
    };
    quote! {
        #column

        impl ::hyperdjango::orm::model::HasForeignKey<#i> for #name {
            type Target = #target;
            const FIELD: &'static str = #field_name;
            const COLUMN: &'static str = #column_name;
            const NULLABLE: bool = #nullable;
            type Reached<T: ::hyperdjango::orm::expr::function::Carries> = #reached;
            type Loaded<
                P: ::hyperdjango::orm::model::Path,
                T: ::hyperdjango::orm::model::Model,
            > = #loaded;
        }
    }
}

/// The rules of all columns, if one has any.
pub(super) fn all_rules(model: &Model) -> Option<TokenStream> {
    let rules: Vec<_> = model.fields.iter().map(rules).collect();
    let last = rules.iter().rposition(Option::is_some)?;
    let rules = rules[..=last].iter().map(|rules| match rules {
        Some(rules) => quote!(#rules),
        None => quote!(::hyperdjango::orm::validation::Rules::NONE),
    });
    Some(quote! {
        const RULES_BY_COLUMN: &'static [::hyperdjango::orm::validation::Rules] = &[#(#rules),*];
    })
}

fn rules(field: &Field) -> Option<TokenStream> {
    let options = &field.options;
    let mut rules = Vec::new();
    for (name, length) in [("min_length", &options.min_length), ("max_length", &options.max_length)] {
        if length.is_some() {
            let (name, length) = (format_ident!("{name}"), option(number(length.as_ref())));
            rules.push(quote!(#name: #length));
        }
    }
    for (name, bound) in [("ge", &options.ge), ("le", &options.le), ("gt", &options.gt), ("lt", &options.lt)]
    {
        let Some(bound) = bound else { continue };
        let name = format_ident!("{name}");
        let variant = match literal(bound) {
            Some(Literal::Float(_)) => quote!(Float),
            _ => quote!(Int),
        };
        rules.push(quote!(#name: ::std::option::Option::Some(::hyperdjango::orm::validation::Limit::#variant(#bound))));
    }
    for (name, digits) in [("max_digits", &options.max_digits), ("decimal_places", &options.decimal_places)] {
        if let Some(digits) = digits {
            let name = format_ident!("{name}");
            rules.push(quote!(#name: ::std::option::Option::Some(#digits)));
        }
    }
    if let Some(pattern) = &options.pattern {
        rules.push(quote!(pattern: ::std::option::Option::Some(::hyperdjango::orm::pattern!(#pattern))));
    }
    for (name, given) in [("email", options.email), ("url", options.url), ("slug", options.slug)] {
        if given.is_some() {
            let name = format_ident!("{name}");
            rules.push(quote!(#name: true));
        }
    }
    (!rules.is_empty()).then(
        || quote!(::hyperdjango::orm::validation::Rules { #(#rules,)* ..::hyperdjango::orm::validation::Rules::NONE }),
    )
}
