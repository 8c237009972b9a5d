//! What does not fit together, said at the token it is about.

use syn::{Error, Type};

use super::parse::{Field, Shape};

/// Adds all mistakes.
pub(super) fn check(shape: &Shape, errors: &mut Vec<Error>) {
    for (i, field) in shape.fields.iter().enumerate() {
        to_many(field, errors);
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

fn is_vec(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Vec"))
}
