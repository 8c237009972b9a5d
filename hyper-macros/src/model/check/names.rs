//! Names that two things have.

use syn::{Error, Ident};

use super::super::emit::name_span;
use super::super::parse::{Many, Member, Model};

pub(super) fn check(model: &Model, errors: &mut Vec<Error>) {
    relations(model, errors);
    for (i, field) in model.fields.iter().enumerate() {
        let before = &model.fields[..i];
        if let Some(other) = before.iter().find(|other| other.column() == field.column()) {
            errors.push(Error::new(
                name_span(field),
                format!(
                    "`{}` and `{}` are both the column `{}`\n  help: {}",
                    other.path(),
                    field.path(),
                    field.column(),
                    if field.part.is_some() {
                        "give the part's columns a prefix: `#[field(part, prefix = \"..\")]`"
                    } else {
                        "give one another name: `#[field(db_column = \"..\")]`"
                    },
                ),
            ));
        } else if let Some(other) = before.iter().find(|other| other.text() == field.text()) {
            errors.push(Error::new(
                name_span(field),
                format!(
                    "`{}` and `{}` are both `{}` in JSON and errors\n  help: give the part's columns a prefix: `#[field(part, prefix = \"..\")]`",
                    other.path(),
                    field.path(),
                    field.text(),
                ),
            ));
        }
    }
}

/// A relation is a field of the columns' struct, beside the struct's own.
fn relations(model: &Model, errors: &mut Vec<Error>) {
    let members = model.members.iter().map(|member| match member {
        Member::Column(i) => &model.fields[*i].name,
        Member::Part(part) => &part.name,
    });
    let mut taken: Vec<&Ident> = members.collect();
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
