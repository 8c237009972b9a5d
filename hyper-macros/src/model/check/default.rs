//! Defaults: that they are of the field's type, and keep its rules.

use proc_macro2::Span;
use syn::Expr;
use syn::spanned::Spanned;

use super::super::parse::{Computed, Field, Literal, computed, literal};
use super::field::{Family, bounds};
use crate::diagnostic::nearest;

pub(super) fn check(field: &Field, family: Family, wrong: &mut impl FnMut(Span, String)) {
    let options = &field.options;
    let given: Vec<_> = [
        ("default", options.default.as_ref().map(Spanned::span)),
        ("db_default", options.db_default.as_ref().map(Spanned::span)),
        ("auto_now_add", options.auto_now_add),
        ("auto_now", options.auto_now),
        ("generated", options.generated.as_ref().map(syn::LitStr::span)),
    ]
    .into_iter()
    .filter_map(|(name, span)| Some((name, span?)))
    .collect();
    if let [(first, _), (second, span), ..] = given.as_slice() {
        wrong(
            *span,
            format!("`{first}` and `{second}` both say what the column is without a value\n  help: keep one"),
        );
    }
    if let Some(default) = &options.db_default {
        match literal(default) {
            Some(Literal::Text(text)) if text.value().trim().is_empty() => {
                wrong(default.span(), "`db_default` is an SQL expression; the empty text is `\"''\"`".into());
            }
            Some(_) => {}
            None => wrong(
                default.span(),
                "`db_default` is an SQL expression as text, such as `\"now()\"`, or a literal".into(),
            ),
        }
    }
    if let Some(default) = &options.default {
        literal_or_computed(field, family, default, wrong);
    }
}

fn literal_or_computed(field: &Field, family: Family, default: &Expr, wrong: &mut impl FnMut(Span, String)) {
    if let Some(computed) = computed(default) {
        let (name, _, ty) =
            Computed::ALL.into_iter().find(|known| known.1 == computed).expect("all are listed");
        let known = ["String", "bool", "i16", "i32", "i64", "f32", "f64", "Timestamp", "Date", "Uuid"];
        if known.iter().any(|other| other != &ty && field.is_named(other)) || field.target.is_some() {
            wrong(
                default.span(),
                format!("`{name}` is a `{ty}`, and `{}` is `{}`", field.name, field.written()),
            );
        }
        return;
    }
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
        let names = Computed::ALL.map(|known| known.0);
        let named = match default {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
            _ => None,
        };
        let help = match named.and_then(|named| nearest(&named, names)) {
            Some(name) => format!("\n  help: did you mean `{name}`?"),
            None if family == Family::Instant => {
                "\n  help: for the time of creation write `auto_now_add`".into()
            }
            None if literal(default).is_none() => {
                "\n  help: what PostgreSQL computes is `db_default = \"an SQL expression\"`".into()
            }
            None => String::new(),
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
