//! What does not fit together, said at the token it is about.

mod default;
mod field;
mod foreign_key;
mod index;
mod names;
mod pattern;

use syn::{Error, Result};

use super::parse::Model;

/// Reports all mistakes at once.
pub(super) fn check(model: Model) -> Result<Model> {
    let mut errors = Vec::new();
    primary_key(&model, &mut errors);
    for field in &model.fields {
        field::check(field, &mut errors);
    }
    special(&model, &mut errors);
    names::check(&model, &mut errors);
    index::check(&model, &mut errors);
    match errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        Some(all) => Err(all),
        None => Ok(model),
    }
}

/// What is wrong with a part's fields wherever it is used.
pub(super) fn part(fields: &[super::parse::Field]) -> Vec<Error> {
    let mut errors = Vec::new();
    for field in fields {
        field::check(field, &mut errors);
        if let Some(span) = field.options.part {
            errors.push(Error::new(span, "a part has no parts of its own\n  help: write its fields here, or have the models take both parts"));
        }
        if let Some(span) = field.options.primary_key {
            errors.push(Error::new(
                span,
                "a part has no primary key: models that have it could have no other\n  help: give each model its own",
            ));
        }
    }
    errors
}

fn primary_key(model: &Model, errors: &mut Vec<Error>) {
    let keys: Vec<_> = model.fields.iter().filter(|field| field.options.primary_key.is_some()).collect();
    if keys.is_empty() {
        errors.push(Error::new(
            model.name.span(),
            format!(
                "`{}` has no primary key\n  help: mark one field `#[field(primary_key)]`, such as `id: i64`",
                model.name
            ),
        ));
    }
    for key in &keys {
        if key.nullable {
            errors.push(Error::new_spanned(
                &key.ty,
                "a primary key cannot be NULL\n  help: remove the `Option`",
            ));
        }
    }
    if let Some(fifth) = keys.get(4) {
        errors.push(Error::new(
            fifth.name.span(),
            "a primary key has at most four columns\n  help: number the rows, `id: i64`, and make the others `unique_together`",
        ));
    }
}

/// Fields of which a model has one.
fn special(model: &Model, errors: &mut Vec<Error>) {
    for (name, which) in [
        ("soft_delete", (|field| field.options.soft_delete) as fn(&super::parse::Field) -> _),
        ("version", |field| field.options.version),
    ] {
        let mut marked = model.fields.iter().filter(|field| which(field).is_some());
        if let (Some(first), Some(second)) = (marked.next(), marked.next()) {
            errors.push(Error::new(
                super::emit::name_span(second),
                format!("`{}` and `{}` are both `{name}`: a model has one", first.path(), second.path()),
            ));
        }
    }
}
