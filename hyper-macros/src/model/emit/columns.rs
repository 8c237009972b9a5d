//! The struct of columns, and the constant of the model's name that holds one.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Visibility};

use super::super::parse::{Field, Many, ManyToMany, Member, Model, PartMember, Reverse, last};
use super::table::table;
use super::{column_type, place};

/// Fields of a struct of columns, and their values.
#[derive(Default)]
struct Fields {
    declared: Vec<TokenStream>,
    values: Vec<TokenStream>,
}

impl Fields {
    fn column(&mut self, model: &Model, i: usize, field: &Field) {
        let (name, ident, vis, docs) = (&model.name, &field.name, &field.vis, &field.docs);
        // The constant can only be used where the field can, so undocumented fields say what they are.
        let own_doc = docs.is_empty().then(|| {
            let doc = format!("The column `{}`.", field.column());
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
        self.declared.push(quote!(#(#docs)* #own_doc #vis #ident: #ty));
        self.values.push(quote!(#ident: #value));
    }

    fn many(&mut self, model: &Model, i: usize, many: &Many) {
        let (name, vis, ident, target) = (&model.name, &model.vis, many.name(), last(many.target()));
        let doc = match many {
            Many::Reverse(Reverse { field, .. }) => format!("The rows of `{target}` whose `{field}` it is."),
            Many::ManyToMany(ManyToMany { through: None, .. }) => {
                format!("The rows of `{target}` that belong to it, many to many.")
            }
            Many::ManyToMany(ManyToMany { through: Some(through), .. }) => {
                format!("The rows of `{target}` that belong to it by way of `{}`.", last(&through.model))
            }
        };
        self.declared
            .push(quote!(#[doc = #doc] #vis #ident: ::hyperdjango::orm::model::ToMany<R, P, #name, #i>));
        self.values.push(quote!(#ident: ::hyperdjango::orm::model::ToMany::NEW));
    }

    fn one(&mut self, model: &Model, i: usize, one: &Reverse) {
        let (name, vis, ident) = (&model.name, &model.vis, &one.name);
        let doc = format!("The row of `{}` whose `{}` it is, if there is one.", last(&one.target), one.field);
        self.declared
            .push(quote!(#[doc = #doc] #vis #ident: ::hyperdjango::orm::model::ToOne<R, P, #name, #i>));
        self.values.push(quote!(#ident: ::hyperdjango::orm::model::ToOne::NEW));
    }

    /// The struct of these fields, which can be copied.
    fn declare(&self, set: &Ident, vis: &Visibility, doc: &str) -> TokenStream {
        let fields = &self.declared;
        quote! {
            #[doc = #doc]
            #[allow(missing_debug_implementations, dead_code)]
            #vis struct #set<R, P: ::hyperdjango::orm::model::Path> {
                #(#fields),*
            }

            impl<R, P: ::hyperdjango::orm::model::Path> ::std::clone::Clone for #set<R, P> {
                fn clone(&self) -> Self {
                    *self
                }
            }

            impl<R, P: ::hyperdjango::orm::model::Path> ::std::marker::Copy for #set<R, P> {}
        }
    }
}

/// The struct of columns, and the constant of the model's name that holds one.
pub(super) fn columns(model: &Model) -> TokenStream {
    let (name, vis) = (&model.name, &model.vis);
    let set = format_ident!("{}Columns", model.name);
    let doc = format!(
        "The columns of [`struct@{name}`]: `{name}.{}`.",
        model.fields.first().map_or("id".into(), Field::path)
    );
    let mut fields = Fields::default();
    let mut parts = Vec::new();
    for member in &model.members {
        match member {
            Member::Column(i) => fields.column(model, *i, &model.fields[*i]),
            Member::Part(part) => {
                let PartMember { name: ident, vis, docs, fields: range, .. } = &**part;
                let mut inner = Fields::default();
                for i in range.clone() {
                    inner.column(model, i, &model.fields[i]);
                }
                let part = format_ident!("{name}{}Columns", camel_case(&ident.unraw().to_string()));
                let doc = format!("The columns of the part `{ident}` of [`struct@{name}`].");
                parts.push(inner.declare(&part, vis, &doc));
                let own_doc = docs.is_empty().then(|| quote!(#[doc = #doc]));
                fields.declared.push(quote!(#(#docs)* #own_doc #vis #ident: #part<R, P>));
                let values = inner.values;
                fields.values.push(quote!(#ident: #part { #(#values),* }));
            }
        }
    }
    for (i, many) in model.many.iter().enumerate() {
        fields.many(model, i, many);
    }
    for (i, one) in model.one.iter().enumerate() {
        fields.one(model, i, one);
    }
    let declared = fields.declare(
        &set,
        vis,
        &format!("The columns of [`struct@{name}`], in a query on `R`, at the end of path `P`."),
    );
    let values = &fields.values;
    let table = table(model);
    quote! {
        #[doc = #doc]
        #[allow(non_upper_case_globals)]
        #vis const #name: #set<#name, ::hyperdjango::orm::model::Root<#name>> =
            #set { #(#values),* };

        #declared
        #(#parts)*

        impl<R: 'static, P: ::hyperdjango::orm::model::Path> ::hyperdjango::orm::model::ColumnSet for #set<R, P> {
            const ALL: &'static Self = &#set { #(#values),* };
            const META: &'static ::hyperdjango::orm::model::Table = &#table;
        }
    }
}

/// `created_at` -> `CreatedAt`
fn camel_case(name: &str) -> String {
    let words = name.split('_').filter_map(|word| {
        let first = word.chars().next()?;
        Some(first.to_uppercase().chain(word[first.len_utf8()..].chars()).collect::<String>())
    });
    words.collect()
}
