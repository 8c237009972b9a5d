//! Brings path and arguments together, and finds what does not fit.

use proc_macro2::Span;
use syn::{Attribute, Error, FnArg, GenericParam, ItemFn, Pat, Result, Safety, Type};

use super::parse::{RouteAttribute, span, text};
use super::{Converter, Verb, habit};
use crate::diagnostic::nearest;

/// A route that can be emitted.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) verb: Verb,
    pub(super) attribute: RouteAttribute,
    /// In the order of the function's arguments.
    pub(super) arguments: Vec<Argument>,
}

/// Where an argument comes from.
#[derive(Debug, Clone)]
pub(crate) enum Argument {
    /// The path: the name, and which parameter it is from the left.
    Path { name: String, index: usize, ty: Box<Type>, converter: Converter },
    /// The application; the type is the one behind the `&`.
    State { ty: Box<Type> },
    /// The request.
    Request { ty: Box<Type> },
}

pub(super) fn handler(verb: Verb, attribute: RouteAttribute, function: &ItemFn) -> Result<Route> {
    signature(function)?;
    let params: Vec<&str> = attribute.pattern.params().collect();
    let mut arguments = Vec::new();
    let mut names = Vec::new();
    let mut errors: Option<Error> = None;
    let mut note = |error: Error| match &mut errors {
        Some(all) => all.combine(error),
        None => errors = Some(error),
    };
    for argument in &function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let name = match &*argument.pat {
            Pat::Ident(ident) => {
                let name = ident.ident.to_string();
                Some(name.strip_prefix("r#").map_or(name.clone(), str::to_owned))
            }
            _ => None,
        };
        let index = name.as_deref().and_then(|name| params.iter().position(|param| *param == name));
        names.extend(name.clone());
        if let Some(error) = habit::habit(argument) {
            // The parameters inside count as taken.
            names.extend(habit::names(&argument.pat));
            note(error);
            continue;
        }
        match (&*argument.ty, name, index) {
            (Type::Reference(reference), Some(name), Some(_)) => {
                let owned = match text(&reference.elem) {
                    slice if slice == "str" => "String".to_owned(),
                    other => other,
                };
                note(Error::new(
                    span(&argument.ty),
                    format!("path parameters are owned\n  help: write `{name}: {owned}`"),
                ));
            }
            (ty, Some(name), Some(_)) if habit::inside(ty, "Option").is_some() => {
                let inner = habit::inside(ty, "Option").map(text).unwrap_or_default();
                note(Error::new(
                    span(&argument.ty),
                    format!(
                        "a path parameter is always there\n  help: write `{name}: {inner}`; a path without it has a handler of its own"
                    ),
                ));
            }
            (ty, Some(name), Some(index)) => {
                let converter = attribute.pattern.converter(&name);
                arguments.push(Argument::Path { name, index, ty: Box::new(ty.clone()), converter });
            }
            (Type::Reference(reference), ..) if reference.mutability.is_some() => note(Error::new(
                span(&argument.ty),
                "the parts of an application are shared by all requests\n  help: write `&` without `mut`",
            )),
            (ty, Some(name), None) if is_plain(behind(ty)) && !looks_like_a_param(&name, &params) => {
                let body = if !matches!(verb, Verb::Get) && ["String", "str"].contains(&&*text(behind(ty))) {
                    "\n  help: the body as text is a `Text<String>`"
                } else {
                    ""
                };
                note(Error::new(
                    span(&argument.pat),
                    format!(
                        "`{name}` is not in the path\n  help: add `{{{name}}}` to it, or take it from the query: `Query<..>`{body}"
                    ),
                ))
            }
            (Type::Reference(reference), ..) => {
                arguments.push(Argument::State { ty: reference.elem.clone() });
            }
            (ty, ..) => arguments.push(Argument::Request { ty: Box::new(ty.clone()) }),
        }
    }
    for param in &params {
        if !names.iter().any(|name| name == param) {
            let others = names.iter().map(String::as_str).filter(|name| !params.contains(name));
            let converter = attribute.pattern.converter(param);
            note(missing(param, nearest(param, others), converter, function, attribute.path.span()));
        }
    }
    match errors {
        Some(errors) => Err(errors),
        None => Ok(Route { verb, attribute, arguments }),
    }
}

fn missing(param: &str, near: Option<&str>, converter: Converter, function: &ItemFn, span: Span) -> Error {
    let handler = &function.sig.ident;
    let message = match near {
        Some(near) => format!(
            "path parameter `{{{param}}}` has no argument in `{handler}`\n  \
             help: the argument `{near}` looks like it: rename one of them"
        ),
        None if converter != Converter::Str => format!(
            "path parameter `{{{param}}}` has no argument in `{handler}`\n  help: add `{param}: {}`",
            converter.usual_type()
        ),
        None => format!(
            "path parameter `{{{param}}}` has no argument in `{handler}`\n  \
             help: add `{param}: i64`, or the type it has"
        ),
    };
    Error::new(span, message)
}

fn looks_like_a_param(name: &str, params: &[&str]) -> bool {
    nearest(name, params.iter().copied()).is_some()
}

/// The type without its `&`.
fn behind(ty: &Type) -> &Type {
    if let Type::Reference(reference) = ty { &reference.elem } else { ty }
}

/// What only makes sense as a path parameter.
fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 18] = [
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64",
        "bool", "char", "String", "str",
    ];
    let Type::Path(path) = ty else { return false };
    path.path.get_ident().is_some_and(|ident| PLAIN.iter().any(|plain| ident == plain))
}

const RECEIVER: &str = "route handlers are free functions, without `self`\n  \
     help: move it out of the `impl`; it takes the parts of the application as `&T`";
const GENERIC: &str = "route handlers are not generic\n  help: write one handler for each type";

const ATTRIBUTES: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Whether it makes a route of a function.
pub(super) fn is_route(attribute: &Attribute) -> bool {
    ATTRIBUTES.iter().any(|name| attribute.path().is_ident(name))
}

pub(super) fn signature(function: &ItemFn) -> Result<()> {
    if let Some(second) = function.attrs.iter().find(|attribute| is_route(attribute)) {
        let message = "a handler has one method and one path\n  \
                       help: write a function for each; what they share goes into one that both call";
        return Err(Error::new(span(second), message));
    }
    let signature = &function.sig;
    if let Some(receiver) = signature.receiver() {
        return Err(Error::new(span(receiver), RECEIVER));
    }
    if let Some(constness) = &signature.constness {
        return Err(Error::new(span(constness), "route handlers are not `const`"));
    }
    if !matches!(signature.safety, Safety::Default) {
        return Err(Error::new(span(&signature.safety), "route handlers are not `unsafe`"));
    }
    if signature.asyncness.is_none() {
        let message = "route handlers are `async fn`\n  help: add `async`";
        return Err(Error::new(span(&signature.fn_token), message));
    }
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    if !signature.generics.params.iter().all(is_lifetime) {
        return Err(Error::new(span(&signature.generics), GENERIC));
    }
    Ok(())
}
