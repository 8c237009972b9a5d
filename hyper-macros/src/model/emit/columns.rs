//! The struct of columns, and the constant of the model's name that holds one.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use super::super::parse::{Many, ManyToMany, Model, Reverse, last};
use super::{column_name, column_type, place};

/// The struct of columns, and the constant of the model's name that holds one.
pub(super) fn columns(model: &Model) -> TokenStream {
    let (name, vis) = (&model.name, &model.vis);
    let set = format_ident!("{}Columns", model.name);
    let doc = format!(
        "The columns of [`struct@{name}`]: `{name}.{}`.",
        model.fields.first().map_or("id".into(), |f| f.name.to_string())
    );
    let set_doc = format!("The columns of [`struct@{name}`], in a query on `R`, at the end of path `P`.");
    let mut fields = Vec::new();
    let mut values = Vec::new();
    for (i, field) in model.fields.iter().enumerate() {
        let (ident, vis, docs) = (&field.name, &field.vis, &field.docs);
        // The constant can only be used where the field can, so undocumented fields say what they are.
        let own_doc = docs.is_empty().then(|| {
            let doc = format!("The column `{}`.", column_name(field));
            quote!(#[doc = #doc])
        });
        let (ty, value) = match &field.target {
            Some(_) => (
                quote!(::hyperdjango::orm::model::Relation<R, P, #name, #i>),
                quote!(::hyperdjango::orm::model::Relation::NEW),
            ),
            None => {
                let column = column_type(field);
                (
                    quote_spanned!(place(field)=> ::hyperdjango::orm::expr::Expr<R, P::Reached<#column>, ::hyperdjango::orm::expr::Column<P, #name, #i>>),
                    quote!(::hyperdjango::orm::expr::Expr::column()),
                )
            }
        };
        fields.push(quote!(#(#docs)* #own_doc #vis #ident: #ty));
        values.push(quote!(#ident: #value));
    }
    for (i, many) in model.many.iter().enumerate() {
        let (ident, target) = (many.name(), last(many.target()));
        let doc = match many {
            Many::Reverse(Reverse { field, .. }) => format!("The rows of `{target}` whose `{field}` it is."),
            Many::ManyToMany(ManyToMany { through: None, .. }) => {
                format!("The rows of `{target}` that belong to it, many to many.")
            }
            Many::ManyToMany(ManyToMany { through: Some(through), .. }) => {
                format!("The rows of `{target}` that belong to it by way of `{}`.", last(&through.model))
            }
        };
        fields.push(quote!(#[doc = #doc] #vis #ident: ::hyperdjango::orm::model::ToMany<R, P, #name, #i>));
        values.push(quote!(#ident: ::hyperdjango::orm::model::ToMany::NEW));
    }
    for (i, Reverse { name: ident, target, field }) in model.one.iter().enumerate() {
        let doc = format!("The row of `{}` whose `{field}` it is, if there is one.", last(target));
        fields.push(quote!(#[doc = #doc] #vis #ident: ::hyperdjango::orm::model::ToOne<R, P, #name, #i>));
        values.push(quote!(#ident: ::hyperdjango::orm::model::ToOne::NEW));
    }
    quote! {
        #[doc = #doc]
        #[allow(non_upper_case_globals)]
        #vis const #name: #set<#name, ::hyperdjango::orm::model::Root<#name>> = #set { #(#values),* };

        #[doc = #set_doc]
        #[allow(missing_debug_implementations)]
        #vis struct #set<R, P: ::hyperdjango::orm::model::Path> {
            #(#fields),*
        }

        impl<R, P: ::hyperdjango::orm::model::Path> ::std::clone::Clone for #set<R, P> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<R, P: ::hyperdjango::orm::model::Path> ::std::marker::Copy for #set<R, P> {}

        impl<R: 'static, P: ::hyperdjango::orm::model::Path> ::hyperdjango::orm::model::ColumnSet for #set<R, P> {
            const ALL: &'static Self = &#set { #(#values),* };
        }
    }
}
