//! Reads the struct and its `#[app(..)]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Bracket;
use syn::{Data, DeriveInput, Error, Fields, Ident, Path, Result, Token, Type, bracketed};

use crate::diagnostic::nearest;
use crate::middleware::List;

const OPTIONS: [&str; 7] = ["routes", "models", "middleware", "fallback", "setup", "on_error", "benchmarks"];

/// An application that can be emitted.
pub(super) struct Application {
    pub(super) name: Ident,
    pub(super) fields: Vec<(Ident, Type)>,
    pub(super) routes: Path,
    pub(super) models: Vec<Path>,
    pub(super) middleware: List,
    pub(super) fallback: Option<Type>,
    pub(super) setup: Option<Path>,
    pub(super) on_error: Option<Path>,
    pub(super) benchmarks: Vec<Path>,
}

/// What `#[app(..)]` says.
#[derive(Default)]
struct Options {
    routes: Option<Path>,
    models: Vec<Path>,
    middleware: List,
    fallback: Option<Type>,
    setup: Option<Path>,
    on_error: Option<Path>,
    benchmarks: Vec<Path>,
    /// Those that were read.
    seen: Vec<String>,
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
    let mut options = Options::default();
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("app")) {
        attribute.parse_nested_meta(|meta| option(&meta, &mut options))?;
    }
    let Options { routes, models, middleware, fallback, setup, on_error, benchmarks, seen: _ } = options;
    let routes = routes.ok_or_else(|| {
        Error::new(input.ident.span(), "an application needs its routes\n  help: add `#[app(routes = Urls)]`")
    })?;
    named_apart(&benchmarks)?;
    Ok(Application {
        name: input.ident,
        fields,
        routes,
        models,
        middleware,
        fallback,
        setup,
        on_error,
        benchmarks,
    })
}

fn option(meta: &ParseNestedMeta<'_>, options: &mut Options) -> Result<()> {
    let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
    if options.seen.contains(&name) {
        return Err(meta.error(format!("`{name}` is there twice\n  help: leave one of them out")));
    }
    options.seen.push(name.clone());
    match name.as_str() {
        "routes" => {
            let value = meta.value()?;
            let path: Result<Path> = if value.peek(Ident::peek_any) || value.peek(Token![::]) {
                value.parse()
            } else {
                let help = "write `routes! { pub Urls: index, show }`, and here `routes = Urls`";
                Err(value.error(format!("the routes of an application are a set\n  help: {help}")))
            };
            options.routes = Some(path?);
        }
        "fallback" => options.fallback = Some(meta.value()?.parse()?),
        "setup" => options.setup = Some(meta.value()?.parse()?),
        "on_error" => options.on_error = Some(meta.value()?.parse()?),
        "middleware" => options.middleware = List::parse(meta.value()?)?,
        "models" => {
            let mistake = "the models are a list\n  help: write `models = [User, Post]`";
            options.models = paths(meta.value()?, mistake)?;
        }
        "benchmarks" => {
            let mistake = "the benchmarks are a list\n  help: write `benchmarks = [front_page, by_author]`";
            options.benchmarks = paths(meta.value()?, mistake)?;
        }
        other => {
            let help = match nearest(other, OPTIONS) {
                Some(name) => format!("did you mean `{name}`?"),
                None => {
                    "the options are `routes`, `models`, `middleware`, `fallback`, `setup`, `on_error` and `benchmarks`"
                        .to_owned()
                }
            };
            return Err(meta.error(format!("unknown option `{other}`\n  help: {help}")));
        }
    }
    Ok(())
}

/// A list of paths in brackets.
fn paths(value: ParseStream<'_>, mistake: &str) -> Result<Vec<Path>> {
    if !value.peek(Bracket) {
        return Err(value.error(mistake));
    }
    let list;
    bracketed!(list in value);
    Ok(Punctuated::<Path, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

/// What a benchmark is called: as its function.
pub(super) fn benchmark_name(path: &Path) -> String {
    path.segments.last().map(|segment| segment.ident.unraw().to_string()).unwrap_or_default()
}

/// A benchmark is found in a baseline by its name.
fn named_apart(benchmarks: &[Path]) -> Result<()> {
    for (i, path) in benchmarks.iter().enumerate() {
        let name = benchmark_name(path);
        if benchmarks[..i].iter().any(|other| benchmark_name(other) == name) {
            let help = "give one of the functions another name";
            return Err(Error::new(
                path.span(),
                format!("two benchmarks are called `{name}`\n  help: {help}"),
            ));
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
