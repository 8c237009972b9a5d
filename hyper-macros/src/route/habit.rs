//! Arguments as other frameworks have them, and what to write here.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Error, GenericArgument, Pat, PatType, PathArguments, Type};

use super::parse::{span, text};

/// The mistake of an argument that other frameworks have so.
pub(super) fn habit(argument: &PatType) -> Option<Error> {
    let ty = &*argument.ty;
    let error = |message: String| Some(Error::new(span(ty), message));
    let behind = match ty {
        Type::Reference(reference) => &*reference.elem,
        ty => ty,
    };
    if ["Request", "HttpRequest", "http::Request"].contains(&text(behind).as_str()) {
        let kinds = "`Query<T>`, `Form<T>`, `Json<T>`, `Cookies`, `Header<T>`, `HeaderMap`, `Method`, `Uri`";
        return error(format!(
            "a handler takes what it needs of the request, not the request itself\n  \
             help: take one of {kinds}, or a type of your own with `FromRequest`"
        ));
    }
    let unpacked = unpacked(&argument.pat);
    let name = unpacked.as_ref().and_then(|(_, name)| name.clone());
    let is_unpacked = |kind| unpacked.as_ref().is_some_and(|(of, _)| of == kind);
    if let Some(inner) = inside(ty, "Path").filter(|_| is_unpacked("Path")) {
        let help = match (name, inner) {
            (Some(name), inner) => format!("write `{name}: {}`", text(inner)),
            (None, _) => "write an argument for each, with the name it has in the path: `id: i64`".to_owned(),
        };
        return error(format!("a path parameter is an argument of its own\n  help: {help}"));
    }
    let part = [("State", inside(ty, "State")), ("Data", inside(ty, "Data"))];
    if let Some((_, Some(inner))) =
        part.into_iter().find(|(kind, inner)| inner.is_some() && is_unpacked(kind))
    {
        let help = format!("write `{}: &{}`", name.as_deref().unwrap_or("part"), text(inner));
        return error(format!("a part of the application is taken by reference\n  help: {help}"));
    }
    if !matches!(ty, Type::Reference(_)) && borrows(ty.to_token_stream()) {
        let help = "write `String` for `&str`, and no lifetimes";
        return error(format!("what is read from a request owns what it holds\n  help: {help}"));
    }
    None
}

/// The names in a pattern such as `Path((user, post))`.
pub(super) fn names(pattern: &Pat) -> Vec<String> {
    let all = |patterns: Vec<&Pat>| patterns.into_iter().flat_map(names).collect();
    match pattern {
        Pat::Ident(ident) => vec![ident.ident.to_string()],
        Pat::TupleStruct(pattern) => all(pattern.elems.iter().collect()),
        Pat::Tuple(pattern) => all(pattern.elems.iter().collect()),
        _ => Vec::new(),
    }
}

/// What stands in the angle brackets of a type of this name.
pub(super) fn inside<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// `State(db)`: the name of the type, and of what is inside if that is one thing.
fn unpacked(pattern: &Pat) -> Option<(String, Option<String>)> {
    let Pat::TupleStruct(pattern) = pattern else { return None };
    let of = pattern.path.segments.last()?.ident.to_string();
    let name = match pattern.elems.first() {
        Some(Pat::Ident(ident)) if pattern.elems.len() == 1 => Some(ident.ident.to_string()),
        _ => None,
    };
    Some((of, name))
}

/// Whether a type has a lifetime that is not `'static`.
fn borrows(ty: TokenStream) -> bool {
    let mut tokens = ty.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Group(group) => borrows(group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                tokens.peek().is_some_and(|name| name.to_string() != "static")
            }
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                tokens.peek().is_none_or(|next| next.to_string() != "'")
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}
