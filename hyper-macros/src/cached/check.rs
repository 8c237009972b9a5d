//! Finds what does not fit: arguments that can be no part of a key, and functions whose results cannot be kept.

use syn::ext::IdentExt;
use syn::{
    Error, FnArg, GenericArgument, GenericParam, Ident, ItemFn, Pat, PatType, PathArguments, Result,
    ReturnType, Type,
};

use super::parse::Attribute;
use crate::diagnostic::unknown;
use crate::route::span;

/// A function that can be emitted.
pub(super) struct Cached {
    pub(super) attribute: Attribute,
    pub(super) cache: Argument,
    /// Those that are part of the key, in their order.
    pub(super) keys: Vec<Argument>,
    /// All, in their order.
    pub(super) arguments: Vec<Argument>,
    pub(super) kept: Kept,
}

/// What is kept of what is returned.
pub(super) enum Kept {
    /// This.
    Value(Type),
    /// What is in a `Result`.
    Ok(Type),
    /// The compiler knows: this may be a `Result` of another name.
    Either(Type),
}

#[derive(Clone)]
pub(super) struct Argument {
    pub(super) name: Ident,
    pub(super) ty: Type,
}

pub(super) fn cached(attribute: Attribute, function: &ItemFn) -> Result<Cached> {
    signature(function)?;
    let mut all = Vec::new();
    for argument in &function.sig.inputs {
        if let FnArg::Typed(argument) = argument {
            all.push(named(argument)?);
        }
    }
    let arguments = all.clone();
    let (mut caches, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|argument| is_cache(&argument.ty));
    skipped(&attribute, &caches, &others)?;
    let is_skipped = |argument: &Argument| attribute.skip.contains(&argument.name);
    let keys: Vec<Argument> = others.into_iter().filter(|argument| !is_skipped(argument)).collect();
    parts(&attribute, &keys)?;
    if let Some(second) = caches.get(1) {
        return Err(Error::new(span(&second.ty), "a cached function is kept in one cache"));
    }
    let Some(cache) = caches.pop() else {
        let message = "a cached function takes the cache that it is kept in\n  help: add `cache: &Cache` to its arguments";
        return Err(Error::new(span(&function.sig.ident), message));
    };
    let kept = kept(function)?;
    Ok(Cached { attribute, cache, keys, arguments, kept })
}

fn signature(function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    let verbs = ["get", "post", "put", "patch", "delete"];
    for attribute in &function.attrs {
        if verbs.iter().any(|verb| attribute.path().is_ident(verb)) {
            let message = "a handler's answer is nothing that is kept under its arguments\n  help: put `#[cached]` on \
                           a function that the handler calls";
            return Err(Error::new(span(attribute.path()), message));
        }
    }
    if let Some(receiver) = signature.receiver() {
        let message = "a cached function is a free function, without `self`\n  help: take what it needs of `self` as \
                       arguments: they are the key";
        return Err(Error::new(span(receiver), message));
    }
    if signature.asyncness.is_none() {
        return Err(Error::new(
            span(&signature.fn_token),
            "a cached function is an `async fn`\n  help: add `async`",
        ));
    }
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    if let Some(param) = signature.generics.params.iter().find(|param| !is_lifetime(param)) {
        let message = "a cached function is not generic, as one key would stand for values of several types\n  help: \
                       name the type";
        return Err(Error::new(span(param), message));
    }
    Ok(())
}

fn named(argument: &PatType) -> Result<Argument> {
    match &*argument.pat {
        Pat::Ident(name) if name.subpat.is_none() => {
            Ok(Argument { name: name.ident.clone(), ty: (*argument.ty).clone() })
        }
        pattern => {
            let message =
                "an argument of a cached function has a name\n  help: take it apart inside, by `let`";
            Err(Error::new(span(pattern), message))
        }
    }
}

fn last(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.unraw().to_string()),
        Type::Reference(reference) => last(&reference.elem),
        _ => None,
    }
}

fn is_cache(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_none())
        && last(ty).is_some_and(|name| name == "Cache")
}

/// Whether all that is left out of the key is there.
fn skipped(attribute: &Attribute, caches: &[Argument], others: &[Argument]) -> Result<()> {
    for skipped in &attribute.skip {
        if caches.iter().any(|cache| cache.name == *skipped) {
            let message = "the cache is no part of the key by itself\n  help: leave it out of `skip`";
            return Err(Error::new(skipped.span(), message));
        }
        if !others.iter().any(|argument| argument.name == *skipped) {
            let names: Vec<String> = others.iter().map(|argument| argument.name.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let message = unknown("argument", &skipped.to_string(), &names);
            return Err(Error::new(skipped.span(), message));
        }
    }
    Ok(())
}

/// Whether each of these can be a part of the key, as far as can be seen here; the compiler knows the rest.
fn parts(attribute: &Attribute, keys: &[Argument]) -> Result<()> {
    let is_none = |argument: &&Argument| {
        let by_name = matches!(
            last(&argument.ty).as_deref(),
            Some("Db" | "Databases" | "Settings" | "Request" | "Transaction" | "Reader" | "Executor")
        );
        by_name || has_impl(&argument.ty) || is_mut(&argument.ty)
    };
    if let Some(cache) = keys.iter().find(|argument| last(&argument.ty).is_some_and(|name| name == "Cache")) {
        return Err(Error::new(span(&cache.ty), "the cache is lent to the function\n  help: write `&Cache`"));
    }
    if let Some(first) = keys.iter().find(is_none) {
        let names = attribute.skip.iter().chain(keys.iter().filter(is_none).map(|argument| &argument.name));
        let names: Vec<String> = names.map(ToString::to_string).collect();
        let message = format!(
            "`{}` can be no part of the key\n  help: leave it out: `#[cached(.., skip = [{}])]`",
            first.name,
            names.join(", ")
        );
        return Err(Error::new(span(&first.ty), message));
    }
    let is_float = |argument: &&Argument| matches!(last(&argument.ty).as_deref(), Some("f32" | "f64"));
    if let Some(float) = keys.iter().find(is_float) {
        let message = format!(
            "`{}` can be no part of the key: floats that are equal may be different keys, and the other way round\n  \
             help: take a whole number, of cents for one",
            float.name
        );
        return Err(Error::new(span(&float.ty), message));
    }
    Ok(())
}

fn has_impl(ty: &Type) -> bool {
    match ty {
        Type::ImplTrait(_) | Type::TraitObject(_) => true,
        Type::Reference(reference) => has_impl(&reference.elem),
        Type::Paren(inner) => has_impl(&inner.elem),
        _ => false,
    }
}

fn is_mut(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_some())
}

fn kept(function: &ItemFn) -> Result<Kept> {
    let nothing = "a cached function returns what is to be kept\n  help: add `-> T` or `-> Result<T, E>`";
    let ty = match &function.sig.output {
        ReturnType::Default => return Err(Error::new(span(&function.sig.ident), nothing)),
        ReturnType::Type(_, ty) => &**ty,
    };
    let is_unit = |ty: &Type| matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    if is_unit(ty) {
        return Err(Error::new(span(ty), nothing));
    }
    if has_impl(ty) {
        let message = "what is kept is of a type that can be written\n  help: name it";
        return Err(Error::new(span(ty), message));
    }
    let Type::Path(path) = ty else { return Ok(Kept::Value(ty.clone())) };
    let Some(result) = path.path.segments.last().filter(|last| last.ident == "Result") else {
        return Ok(Kept::Either(ty.clone()));
    };
    let first = match &result.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    };
    match first {
        Some(ty) if !is_unit(ty) => Ok(Kept::Ok(ty.clone())),
        _ => Err(Error::new(span(ty), nothing)),
    }
}
