//! The code beside the struct: its plan, and the way between it and a tuple of its fields.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::parse::{Direction, Field, Shape};
use super::place::{here, outer_only};
use crate::of_model::at;

/// The model's columns at the place the shape is read from.
const COLUMNS: &str = "__columns";
/// Most fields of a tuple that is a plan; of more, tuples of tuples are made.
const WIDEST: usize = 12;

pub(super) fn emit(shape: &Shape) -> TokenStream {
    let (name, model) = (&shape.name, &shape.model);
    let shown = shape.fields.iter().filter(|field| !field.hidden).map(|field| &field.json);
    let columns = Ident::new(COLUMNS, Span::call_site());
    let names: Vec<_> = (0..shape.fields.len()).map(|i| format_ident!("field_{i}")).collect();
    let functions = shape.fields.iter().zip(&names).map(|(field, name)| plan(shape, field, name));
    let plans = nest(names.iter().map(|name| quote!(#name::<R, P>(#columns))).collect());
    let types = nest(shape.fields.iter().map(|field| field.ty.to_token_stream()).collect());
    let idents: Vec<_> = shape.fields.iter().map(|field| &field.name).collect();
    let values = nest(idents.iter().map(ToTokens::to_token_stream).collect());
    quote! {
        impl ::hyperdjango::orm::shape::Shape for #name {
            type Model = #model;
            const FIELDS: &'static [&'static str] = &[#(#shown),*];

            fn plan<R: ::hyperdjango::orm::model::Model, P: ::hyperdjango::orm::model::Path>()
            -> impl ::hyperdjango::orm::shape::Plan<Value = Self> {
                #(#functions)*
                let #columns = <<#model as ::hyperdjango::orm::model::Model>::Columns<
                    R,
                    ::hyperdjango::orm::shape::Here<P>,
                > as ::hyperdjango::orm::model::ColumnSet>::ALL;
                ::hyperdjango::orm::shape::object::<Self, _>(#plans)
            }
        }

        impl ::hyperdjango::orm::shape::Members<#types> for #name {
            fn from_members(#values: #types) -> Self {
                Self { #(#idents),* }
            }

            fn into_members(self) -> #types {
                let Self { #(#idents),* } = self;
                #values
            }
        }
    }
}

/// A function for each field. What is wrong with its type is said where that stands, and so all of it stands there; in
/// a function of its own it is said once.
fn plan(shape: &Shape, field: &Field, function: &Ident) -> TokenStream {
    let (model, ty, source) = (&shape.model, &field.ty, source(shape, field));
    // As if the user had written it, so that messages need not explain the macro.
    let place = ty.span();
    let columns = Ident::new(COLUMNS, at(place));
    let plan = if field.hidden {
        quote_spanned!(place=> ::hyperdjango::orm::shape::hidden::<#ty, _>(source))
    } else {
        let name = format!(",{}:", json_string(&field.json));
        quote_spanned!(place=> ::hyperdjango::orm::shape::member::<#ty, _>(#name, source))
    };
    quote_spanned! {place=>
        fn #function<R: ::hyperdjango::orm::model::Model, P: ::hyperdjango::orm::model::Path>(
            #columns: &'static <#model as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = #ty> {
            let source = #source;
            #plan
        }
    }
}

fn source(shape: &Shape, field: &Field) -> TokenStream {
    let last = shape.model.segments.last().map(|last| &last.ident);
    let model = last.expect("a path has a segment");
    let options = &field.options;
    if let Some(expr) = &options.expr {
        let expr = here(expr.clone(), model, COLUMNS);
        return quote_spanned!(field.ty.span()=> ::hyperdjango::orm::shape::about::<R, _>(#expr));
    }
    let columns = Ident::new(COLUMNS, at(field.ty.span()));
    let name = &field.name;
    let mut source = quote!(#columns.#name);
    if options.filter.is_none() && options.order_by.is_none() && options.limit.is_none() {
        return source;
    }
    source = quote!(#source.all_related());
    if let Some((_, condition)) = &options.filter {
        let condition = outer_only(condition.clone(), model, COLUMNS);
        source = quote!(#source.filter(#condition));
    }
    if let Some((_, limit)) = &options.limit {
        source = quote!(#source.limit(#limit));
    }
    if let Some((_, order)) = &options.order_by {
        let order = order.iter().map(|Direction { descending, path }| {
            let desc = descending.then(|| quote!(.desc()));
            quote!(related #(.#path)* #desc)
        });
        source = quote!(::hyperdjango::orm::shape::ordered(#source, |related| (#(#order,)*)));
    }
    source
}

/// A tuple, of tuples where it would be too wide.
fn nest(mut items: Vec<TokenStream>) -> TokenStream {
    while items.len() > WIDEST {
        items = items.chunks(WIDEST).map(|chunk| quote!((#(#chunk,)*))).collect();
    }
    quote!((#(#items,)*))
}

fn json_string(name: &str) -> String {
    let mut out = String::from('"');
    for c in name.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
