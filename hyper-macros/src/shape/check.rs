//! What does not fit together, said at the token it is about.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Error, Ident, Type};

use super::parse::{Field, Shape};

/// Adds all mistakes.
pub(super) fn check(shape: &Shape, errors: &mut Vec<Error>) {
    for (i, field) in shape.fields.iter().enumerate() {
        to_many(field, errors);
        itself(shape, field, errors);
        if !field.hidden && shape.fields[..i].iter().any(|other| !other.hidden && other.json == field.json) {
            let span = field.options.rename.as_ref().map_or_else(|| field.name.span(), syn::LitStr::span);
            errors.push(Error::new(
                span,
                format!(
                    "two members of the JSON object are called `{}`\n  help: give one another name",
                    field.json
                ),
            ));
        }
    }
}

fn to_many(field: &Field, errors: &mut Vec<Error>) {
    let options = &field.options;
    let given = [
        ("order_by", options.order_by.as_ref().map(|(span, _)| *span)),
        ("filter", options.filter.as_ref().map(|(span, _)| *span)),
        ("limit", options.limit.as_ref().map(|(span, _)| *span)),
    ];
    for (option, span) in given {
        let Some(span) = span else { continue };
        if options.expr.is_some() {
            errors.push(Error::new(
                span,
                format!("`{option}` beside `expr`\n  help: say it in the expression: `expr = Post.tags.{option}(..)`"),
            ));
        } else if !is_vec(&field.ty) {
            errors.push(Error::new(
                span,
                format!("`{option}` is for a relation to many, and `{}` is no `Vec`", field.name),
            ));
        }
    }
}

/// Shapes are as deep as their types.
fn itself(shape: &Shape, field: &Field, errors: &mut Vec<Error>) {
    if names(field.ty.to_token_stream(), &shape.name) {
        errors.push(Error::new(
            field.ty.span(),
            format!(
                "`{}` would have no end\n  help: write a struct for each level; the last has no `{}`",
                shape.name, field.name
            ),
        ));
    }
}

fn names(ty: TokenStream, name: &Ident) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name || ident == "Self",
        TokenTree::Group(group) => names(group.stream(), name),
        _ => false,
    })
}

fn is_vec(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Vec"))
}
