//! Reads the struct and its `#[app(..)]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, Ident, Path, Result, Token, Type, bracketed};

use crate::diagnostic::nearest;

const OPTIONS: [&str; 3] = ["routes", "models", "setup"];

/// An application that can be emitted.
pub(super) struct Application {
    pub(super) name: Ident,
    pub(super) fields: Vec<(Ident, Type)>,
    pub(super) routes: Path,
    pub(super) models: Vec<Path>,
    pub(super) setup: Option<Path>,
}

pub(super) fn application(input: TokenStream) -> Result<Application> {
    let input: DeriveInput = syn::parse2(input)?;
    if !input.generics.params.is_empty() {
        return Err(Error::new(input.generics.span(), "an application is not generic"));
    }
    let shape = || Error::new(input.ident.span(), "an application is a struct with named fields");
    let Data::Struct(data) = &input.data else { return Err(shape()) };
    let fields: Vec<(Ident, Type)> = match &data.fields {
        Fields::Named(fields) => {
            fields.named.iter().filter_map(|field| Some((field.ident.clone()?, field.ty.clone()))).collect()
        }
        Fields::Unit => Vec::new(),
        Fields::Unnamed(_) => return Err(shape()),
    };
    distinct(&input.ident, &fields)?;
    let (mut routes, mut models, mut setup) = (None, Vec::new(), None);
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("app")) {
        attribute.parse_nested_meta(|meta| option(&meta, &mut routes, &mut models, &mut setup))?;
    }
    let routes = routes.ok_or_else(|| {
        Error::new(input.ident.span(), "an application needs its routes\n  help: add `#[app(routes = Urls)]`")
    })?;
    Ok(Application { name: input.ident, fields, routes, models, setup })
}

fn option(
    meta: &ParseNestedMeta<'_>,
    routes: &mut Option<Path>,
    models: &mut Vec<Path>,
    setup: &mut Option<Path>,
) -> Result<()> {
    let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
    match name.as_str() {
        "routes" => *routes = Some(meta.value()?.parse()?),
        "setup" => *setup = Some(meta.value()?.parse()?),
        "models" => {
            let list;
            let value = meta.value()?;
            bracketed!(list in value);
            models.extend(Punctuated::<Path, Token![,]>::parse_terminated(&list)?);
        }
        other => {
            let help = match nearest(other, OPTIONS) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "the options are `routes`, `models` and `setup`".to_owned(),
            };
            return Err(meta.error(format!("unknown option `{other}`\n  help: {help}")));
        }
    }
    Ok(())
}

/// `&T` means one field, so no two have the same type.
fn distinct(name: &Ident, fields: &[(Ident, Type)]) -> Result<()> {
    for (i, (_, ty)) in fields.iter().enumerate() {
        let shown = ty.to_token_stream().to_string();
        if fields[..i].iter().any(|(_, other)| other.to_token_stream().to_string() == shown) {
            let help = format!("give one a type of its own: `struct Replica({shown});`");
            let message =
                format!("`{name}` has two `{shown}` fields, so `&{shown}` is ambiguous\n  help: {help}");
            return Err(Error::new(ty.span(), message));
        }
    }
    Ok(())
}
