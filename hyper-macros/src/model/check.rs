//! What does not fit together, said at the token it is about.

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Error, Expr, Result, Type};

use super::parse::{Direction, Field, Literal, Many, Model, literal};
use crate::diagnostic::nearest;

/// What a column of a type the macro knows by name can have.
#[derive(PartialEq, Clone, Copy)]
enum Family {
    Text,
    Int,
    Float,
    Bool,
    Instant,
    /// Anything else, which the compiler judges.
    Other,
}

fn family(field: &Field) -> Family {
    if field.target.is_some() {
        return Family::Other;
    }
    let Type::Path(path) = &field.base else { return Family::Other };
    match path.path.segments.last().map(|last| last.ident.to_string()).as_deref() {
        Some("String") => Family::Text,
        Some("i16" | "i32" | "i64") => Family::Int,
        Some("f32" | "f64") => Family::Float,
        Some("bool") => Family::Bool,
        Some("Timestamp") => Family::Instant,
        _ => Family::Other,
    }
}

/// Reports all mistakes at once.
pub(super) fn check(model: Model) -> Result<Model> {
    let mut errors = Vec::new();
    primary_key(&model, &mut errors);
    for field in &model.fields {
        check_field(field, &mut errors);
    }
    relation_names(&model, &mut errors);
    let lists = model.indexes.iter().chain(&model.unique_together).chain([&model.ordering]);
    for direction in lists.flatten() {
        known_field(&model, direction, &mut errors);
    }
    match errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        Some(all) => Err(all),
        None => Ok(model),
    }
}

fn primary_key(model: &Model, errors: &mut Vec<Error>) {
    let keys: Vec<_> = model.fields.iter().filter(|field| field.options.primary_key.is_some()).collect();
    match keys.as_slice() {
        [] => errors.push(Error::new(
            model.name.span(),
            format!("`{}` has no primary key\n  help: mark one field `#[field(primary_key)]`, such as `id: i64`", model.name),
        )),
        [key] if key.nullable => {
            errors.push(Error::new(key.ty.span(), "a primary key cannot be NULL\n  help: remove the `Option`"));
        }
        [_] => {}
        [first, second, ..] => errors.push(Error::new(
            second.options.primary_key.unwrap_or_else(|| second.name.span()),
            format!("`{}` has two primary keys: `{}` and `{}`\n  help: keep one; make the pair unique with `#[model(unique_together({}, {}))]`",
                model.name, first.name, second.name, first.name, second.name),
        )),
    }
}

fn check_field(field: &Field, errors: &mut Vec<Error>) {
    let family = family(field);
    let options = &field.options;
    let mut wrong = |span, message: String| errors.push(Error::new(span, message));
    let ty = quote::ToTokens::to_token_stream(&field.ty);

    let name =
        options.column.as_ref().map_or_else(|| field.name.unraw().to_string(), |column| column.value());
    let span = options.column.as_ref().map_or_else(|| field.name.span(), |column| column.span());
    if name.is_empty() || name.len() > 60 || name.contains(['"', '\0']) {
        wrong(
            span,
            "a column's name has 1 to 60 bytes and no quotes\n  help: `#[field(db_column = \"..\")]`".into(),
        );
    }
    for (option, name) in [(&options.max_length, "max_length"), (&options.min_length, "min_length")] {
        let Some(option) = option else { continue };
        if !matches!(family, Family::Text | Family::Other) || field.target.is_some() {
            wrong(
                option.span(),
                format!(
                    "`{name}` is for text, and `{}` is `{ty}`\n  help: bounds of numbers are `ge`, `le`, `gt` and `lt`",
                    field.name
                ),
            );
        }
        match option.base10_parse::<u64>() {
            Ok(0) if name == "max_length" => wrong(option.span(), "no text is that short".into()),
            Ok(n) if n > 10_485_760 => {
                wrong(option.span(), "PostgreSQL's `varchar` has at most 10485760 characters".into())
            }
            Ok(_) => {}
            Err(_) => wrong(option.span(), format!("`{name}` is a number of characters")),
        }
    }
    if let (Some(min), Some(max)) = (&options.min_length, &options.max_length)
        && let (Ok(least), Ok(most)) = (min.base10_parse::<u64>(), max.base10_parse::<u64>())
        && least > most
    {
        wrong(min.span(), format!("no text has at least {least} and at most {most} characters"));
    }
    for (option, name) in [(&options.email, "email"), (&options.url, "url"), (&options.slug, "slug")] {
        if let Some(span) = option
            && (!matches!(family, Family::Text | Family::Other) || field.target.is_some())
        {
            wrong(*span, format!("`{name}` is for text, and `{}` is `{ty}`", field.name));
        }
    }
    for (bound, name) in bounds(field) {
        let number = matches!(literal(bound), Some(Literal::Int(_) | Literal::Float(_)));
        if !number {
            wrong(bound.span(), format!("`{name}` is a number, such as `{name} = 0`"));
        } else if matches!(family, Family::Text | Family::Bool | Family::Instant) || field.target.is_some() {
            wrong(bound.span(), format!("`{name}` is for numbers, and `{}` is `{ty}`", field.name));
        }
    }
    if let Some(span) = options.auto_now_add
        && !matches!(family, Family::Instant | Family::Other)
    {
        wrong(span, format!("`auto_now_add` is for `Timestamp`, and `{}` is `{ty}`", field.name));
    }
    if let Some(on_delete) = &options.on_delete {
        let written = on_delete.to_string();
        const KNOWN: &[&str] = &["cascade", "protect", "set_null", "do_nothing"];
        if field.target.is_none() {
            wrong(
                on_delete.span(),
                format!("`on_delete` is for foreign keys, and `{}` is `{ty}`", field.name),
            );
        } else if !KNOWN.contains(&written.as_str()) {
            wrong(on_delete.span(), crate::diagnostic::unknown("`on_delete`", &written, KNOWN));
        } else if written == "set_null" && !field.nullable {
            wrong(
                on_delete.span(),
                format!("`set_null` needs a field that can be NULL\n  help: `{}: Option<{ty}>`", field.name),
            );
        }
    }
    if let Some(default) = &options.default {
        check_default(field, family, default, &mut wrong);
    }
}

fn bounds(field: &Field) -> impl Iterator<Item = (&Expr, &'static str)> {
    let options = &field.options;
    [(&options.ge, "ge"), (&options.le, "le"), (&options.gt, "gt"), (&options.lt, "lt")]
        .into_iter()
        .filter_map(|(bound, name)| Some((bound.as_ref()?, name)))
}

fn check_default(
    field: &Field,
    family: Family,
    default: &Expr,
    wrong: &mut impl FnMut(proc_macro2::Span, String),
) {
    let value = literal(default);
    let fits = matches!(
        (&value, family),
        (Some(_), Family::Other)
            | (Some(Literal::Int(_)), Family::Int | Family::Float)
            | (Some(Literal::Float(_)), Family::Float)
            | (Some(Literal::Bool(_)), Family::Bool)
            | (Some(Literal::Text(_)), Family::Text)
    );
    if !fits {
        let ty = quote::ToTokens::to_token_stream(&field.base);
        let help = if family == Family::Instant {
            "\n  help: for the time of creation write `auto_now_add`"
        } else {
            ""
        };
        return wrong(default.span(), format!("`default` is a literal of the field's type `{ty}`{help}"));
    }
    let number = match value {
        Some(Literal::Int(int)) => int as f64,
        Some(Literal::Float(float)) => float,
        Some(Literal::Text(text)) => {
            let length = text.value().chars().count() as u64;
            let most = field.options.max_length.as_ref().and_then(|max| max.base10_parse().ok());
            if most.is_some_and(|most: u64| length > most) {
                wrong(default.span(), "the default is longer than the field's own `max_length`".into());
            }
            return;
        }
        _ => return,
    };
    for (bound, name) in bounds(field) {
        let limit = match literal(bound) {
            Some(Literal::Int(int)) => int as f64,
            Some(Literal::Float(float)) => float,
            _ => continue,
        };
        let holds = match name {
            "ge" => number >= limit,
            "le" => number <= limit,
            "gt" => number > limit,
            _ => number < limit,
        };
        if !holds {
            wrong(
                default.span(),
                format!("the default `{number}` breaks the field's own rule `{name} = {limit}`"),
            );
        }
    }
}

/// A relation is a field of the columns' struct, beside the struct's own.
fn relation_names(model: &Model, errors: &mut Vec<Error>) {
    let mut taken: Vec<&syn::Ident> = model.fields.iter().map(|field| &field.name).collect();
    for name in model.many.iter().map(Many::name).chain(model.one.iter().map(|one| &one.name)) {
        if taken.contains(&name) {
            errors.push(Error::new(
                name.span(),
                format!(
                    "`{}` has a field or relation `{name}` already\n  help: give this one another name",
                    model.name
                ),
            ));
        }
        taken.push(name);
    }
}

fn known_field(model: &Model, direction: &Direction, errors: &mut Vec<Error>) {
    if model.fields.iter().any(|field| field.name == direction.field) {
        return;
    }
    let names: Vec<_> = model.fields.iter().map(|field| field.name.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let written = direction.field.to_string();
    let help = match nearest(&written, names.iter().copied()) {
        Some(name) => format!("  help: did you mean `{name}`?"),
        None => format!("  help: its fields are {}", names.join(", ")),
    };
    errors.push(Error::new(
        direction.field.span(),
        format!("`{}` has no field `{written}`\n{help}", model.name),
    ));
}
