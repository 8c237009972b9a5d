//! Options of a field, against its type and each other.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Error, Expr, LitInt, Type};

use super::super::emit::name_span;
use super::super::parse::{Field, Literal, literal};
use super::{default, foreign_key, index, pattern};

/// What a column of a type the macro knows by name can have.
#[derive(PartialEq, Clone, Copy)]
pub(super) enum Family {
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

pub(super) fn check(field: &Field, errors: &mut Vec<Error>) {
    let family = family(field);
    if let Some(using) = &field.options.method {
        index::method(using, errors);
    }
    if let Some(text) = &field.options.pattern {
        pattern::check(text, errors);
    }
    let mut wrong = |span: Span, message: String| errors.push(Error::new(span, message));
    column_name(field, &mut wrong);
    text(field, family, &mut wrong);
    digits(field, family, &mut wrong);
    let ty = field.written();
    for (bound, name) in bounds(field) {
        let number = matches!(literal(bound), Some(Literal::Int(_) | Literal::Float(_)));
        if !number {
            wrong(bound.span(), format!("`{name}` is a number, such as `{name} = 0`"));
        } else if matches!(family, Family::Text | Family::Bool | Family::Instant) || field.target.is_some() {
            wrong(bound.span(), format!("`{name}` is for numbers, and `{}` is `{ty}`", field.name));
        }
    }
    let options = &field.options;
    for (span, name) in [(options.auto_now_add, "auto_now_add"), (options.auto_now, "auto_now")] {
        if let Some(span) = span
            && !matches!(family, Family::Instant | Family::Other)
        {
            wrong(span, format!("`{name}` is for `Timestamp`, and `{}` is `{ty}`", field.name));
        }
    }
    if let Some(span) = options.soft_delete
        && !(field.nullable && matches!(family, Family::Instant | Family::Other))
    {
        wrong(span, format!("`soft_delete` is for `Option<Timestamp>`, and `{}` is `{ty}`", field.name));
    }
    if let Some(span) = options.version
        && (field.nullable || !field.is_whole())
    {
        wrong(span, format!("`version` is for `i16`, `i32` or `i64`, and `{}` is `{ty}`", field.name));
    }
    if let (Some(prefix), None) = (&options.prefix, options.part) {
        wrong(
            prefix.span(),
            "`prefix` is for parts\n  help: a column's own name is `db_column = \"..\"`".into(),
        );
    }
    expressions(field, &mut wrong);
    foreign_key::check(field, &mut wrong);
    default::check(field, family, &mut wrong);
}

fn column_name(field: &Field, wrong: &mut impl FnMut(Span, String)) {
    let name = field.column();
    let span = field.options.column.as_ref().map_or_else(|| name_span(field), |column| column.span());
    if name.is_empty() || name.len() > 60 || name.contains(['"', '\0']) {
        wrong(
            span,
            "a column's name has 1 to 60 bytes and no quotes\n  help: `#[field(db_column = \"..\")]`".into(),
        );
    }
}

fn text(field: &Field, family: Family, wrong: &mut impl FnMut(Span, String)) {
    let options = &field.options;
    let ty = field.written();
    let is_text = matches!(family, Family::Text | Family::Other) && field.target.is_none();
    for (option, name) in [(&options.max_length, "max_length"), (&options.min_length, "min_length")] {
        let Some(option) = option else { continue };
        if !is_text {
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
    for (span, name) in [
        (options.email, "email"),
        (options.url, "url"),
        (options.slug, "slug"),
        (options.pattern.as_ref().map(syn::LitStr::span), "pattern"),
        (options.collation.as_ref().map(syn::LitStr::span), "collation"),
    ] {
        if let Some(span) = span
            && !is_text
        {
            wrong(span, format!("`{name}` is for text, and `{}` is `{ty}`", field.name));
        }
    }
}

/// `max_digits` and `decimal_places`.
fn digits(field: &Field, family: Family, wrong: &mut impl FnMut(Span, String)) {
    let options = &field.options;
    let number =
        |option: &Option<LitInt>| option.as_ref().and_then(|option| option.base10_parse::<u32>().ok());
    for (option, name) in [(&options.max_digits, "max_digits"), (&options.decimal_places, "decimal_places")] {
        let Some(option) = option else { continue };
        if family != Family::Other || field.target.is_some() {
            wrong(
                option.span(),
                format!("`{name}` is for decimal numbers, and `{}` is `{}`", field.name, field.written()),
            );
        }
        if option.base10_parse::<u32>().is_err() {
            wrong(option.span(), format!("`{name}` is a number of digits"));
        }
    }
    match (&options.max_digits, &options.decimal_places) {
        (None, Some(places)) => wrong(
            places.span(),
            "`decimal_places` needs `max_digits`\n  help: `max_digits = 12, decimal_places = 2`".into(),
        ),
        (Some(digits), places) => match (number(&options.max_digits), number(&options.decimal_places)) {
            (Some(0), _) => wrong(digits.span(), "no number has no digits".into()),
            (Some(most), _) if most > 1000 => wrong(
                digits.span(),
                "PostgreSQL's `numeric` has at most 1000 digits when it says how many".into(),
            ),
            (Some(most), Some(after)) if after > most => {
                wrong(
                    places.as_ref().map_or_else(|| digits.span(), LitInt::span),
                    format!("of {most} digits at most {most} are decimal places"),
                );
            }
            _ => {}
        },
        (None, None) => {}
    }
}

/// What the user wrote in SQL.
fn expressions(field: &Field, wrong: &mut impl FnMut(Span, String)) {
    let options = &field.options;
    for (text, name) in [
        (&options.generated, "generated"),
        (&options.check, "check"),
        (&options.db_type, "db_type"),
        (&options.collation, "collation"),
        (&options.pattern, "pattern"),
    ] {
        let Some(text) = text else { continue };
        if text.value().trim().is_empty() || text.value().contains('\0') {
            wrong(text.span(), format!("`{name}` is not empty"));
        }
    }
    if let Some(collation) = &options.collation
        && (collation.value().len() > 63 || collation.value().contains('"'))
    {
        wrong(
            collation.span(),
            "a collation's name has at most 63 bytes and no quotes, such as `C` or `de-x-icu`".into(),
        );
    }
    if let (Some(_), Some(ty)) = (&options.max_length, &options.db_type) {
        wrong(
            ty.span(),
            "`max_length` and `db_type` both say what the column's type is\n  help: keep one".into(),
        );
    }
    if let (Some(generated), Some(_)) = (&options.generated, options.primary_key) {
        wrong(generated.span(), "a primary key cannot be computed from the row".into());
    }
    if let (Some(generated), Some(_)) = (&options.generated, &field.target) {
        wrong(generated.span(), "a foreign key cannot be computed from the row".into());
    }
    if let (Some(span), Some(_)) = (options.index, options.unique)
        && options.method.is_none()
    {
        wrong(span, format!("`{}` is unique, which is an index\n  help: remove `index`", field.name));
    }
}

pub(super) fn bounds(field: &Field) -> impl Iterator<Item = (&Expr, &'static str)> {
    let options = &field.options;
    [(&options.ge, "ge"), (&options.le, "le"), (&options.gt, "gt"), (&options.lt, "lt")]
        .into_iter()
        .filter_map(|(bound, name)| Some((bound.as_ref()?, name)))
}
