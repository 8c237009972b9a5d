//! What `Shape`, `Input` and `Patch` have in common: structs with named fields that belong to a model.

mod names;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Field, Fields, Ident, Path, Result, Token, Type};

use crate::diagnostic::unknown;

pub(crate) use names::{Names, Side};

/// One of the three.
pub(crate) struct Kind {
    /// The attribute: `shape`.
    pub attribute: &'static str,
    /// What such structs are called.
    pub plural: &'static str,
    /// The derive: `Shape`.
    pub derive: &'static str,
}

/// The fields of a struct that has some, and no generics.
pub(crate) fn fields<'a>(input: &'a DeriveInput, kind: &Kind) -> Result<Vec<(&'a Ident, &'a Field)>> {
    let Kind { attribute, plural, derive } = kind;
    let named = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) if !named.named.is_empty() => Some(named),
            _ => None,
        },
        _ => None,
    };
    let Some(named) = named else {
        return Err(Error::new(
            input.ident.span(),
            format!(
                "{plural} are structs with named fields\n  help: #[derive({derive})] #[{attribute}(Post)] struct {} {{ title: .. }}",
                input.ident
            ),
        ));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.span(),
            format!("{plural} cannot be generic\n  help: write a struct for each type"),
        ));
    }
    Ok(named.named.iter().filter_map(|field| Some((field.ident.as_ref()?, field))).collect())
}

/// The model of `#[shape(Post)]`. What stands behind it, with a comma, is given to `option`.
pub(crate) fn model(
    input: &DeriveInput,
    kind: &Kind,
    errors: &mut Vec<Error>,
    mut option: impl FnMut(&str, &ParseNestedMeta<'_>, &mut Vec<Error>) -> Result<()>,
) -> Result<Path> {
    let Kind { attribute, derive, .. } = kind;
    let missing = |span: Span| {
        Error::new(
            span,
            format!(
                "of which model is `{}`?\n  help: write it below the derive: `#[derive({derive})] #[{attribute}(Post)]`",
                input.ident
            ),
        )
    };
    let mut model = None;
    for written in attributes(&input.attrs, attribute) {
        let list = written.meta.require_list().map_err(|_| missing(written.span()))?;
        syn::meta::parser(|meta| {
            let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            let is_option = meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren);
            if model.is_none() && !is_option && !meta.path.segments.is_empty() && !is_lower(&meta.path) {
                model = Some(meta.path.clone());
                return Ok(());
            }
            option(&name, &meta, errors)
        })
        .parse2(list.tokens.clone())?;
    }
    model.ok_or_else(|| missing(input.ident.span()))
}

/// Options are in lower case, and models are not.
fn is_lower(path: &Path) -> bool {
    let last = path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default();
    last.starts_with(|first: char| first.is_ascii_lowercase())
}

/// The attributes of a name.
pub(crate) fn attributes<'a>(
    attributes: &'a [Attribute],
    name: &'a str,
) -> impl Iterator<Item = &'a Attribute> {
    attributes.iter().filter(move |attribute| attribute.path().is_ident(name))
}

/// Reads the options of a field; those `option` knows not are reported, all of them.
pub(crate) fn options(
    field: &Field,
    attribute: &str,
    known: &[&str],
    errors: &mut Vec<Error>,
    mut option: impl FnMut(&str, &ParseNestedMeta<'_>) -> Result<bool>,
) {
    for written in attributes(&field.attrs, attribute) {
        let read = written.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            if !option(&name, &meta)? {
                errors.push(meta.error(unknown(&format!("{attribute} option"), &name, known)));
                skip(&meta)?;
            }
            Ok(())
        });
        errors.extend(read.err());
    }
}

/// Passes over the value of an option nobody knows, so that those behind it are read.
pub(crate) fn skip(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in meta.input);
        content.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

/// All of them as one, or none.
pub(crate) fn together(errors: Vec<Error>) -> Result<()> {
    match errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        Some(all) => Err(all),
        None => Ok(()),
    }
}

/// Where a name the user wrote stands, in code that means what the rest of a macro's does.
pub(crate) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// The way to a column from its model: a field's name, or `home.street` in a part.
pub(crate) struct Column(Vec<Ident>);

impl Column {
    /// That of a field's own name.
    pub(crate) fn named(field: &Ident) -> Self {
        Self(vec![field.clone()])
    }

    /// A constant of this name: the column, as a field of this type fills it. What is wrong with the type is said where
    /// that stands, and once; a column the model has not is the compiler's own error at the name the user wrote.
    pub(crate) fn filled(&self, constant: &Ident, model: &Path, ty: &Type) -> TokenStream {
        let way = &self.0;
        quote_spanned! {ty.span()=>
            const #constant: ::hyperdjango::orm::input::Filled<#ty> =
                ::hyperdjango::orm::input::filled::<#ty, _>(&#model #(.#way)*);
        }
    }
}

impl syn::parse::Parse for Column {
    fn parse(input: syn::parse::ParseStream<'_>) -> Result<Self> {
        let way = Punctuated::<Ident, Token![.]>::parse_separated_nonempty(input)?;
        Ok(Self(way.into_iter().collect()))
    }
}
