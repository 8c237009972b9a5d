//! From PostgreSQL's name of a constraint to the fields of the model.

use std::borrow::Cow;

use hyper_core::db::{DatabaseError, ErrorKind, Violation};

use super::Error;
use super::names::{columns_of, is_made_of};
use crate::model::{ColumnMeta, Model, Table};
use crate::sql::{Part, Rope};

/// What a statement that writes rows of `M` failed with: of a constraint, with the fields of `M` it is about.
pub(crate) fn refused<M: Model>(error: DatabaseError) -> Error {
    Error::Database(match violation(&error, M::META, &label(short_name::<M>())) {
        Some(violation) => error.with_violation(violation),
        None => error,
    })
}

/// The same for a statement that writes the table between `M` and the model its relation `name` leads to.
pub(crate) fn refused_in<M: Model>(name: &'static str) -> impl Fn(DatabaseError) -> Error {
    move |error| match refused::<M>(error) {
        Error::Database(error) => Error::Database(match error.violation().cloned() {
            Some(known) => {
                let constraint = known.constraint().map(str::to_owned);
                let message = known.message().to_owned();
                error.with_violation(Violation::new(known.kind(), constraint, vec![name], message))
            }
            None => error,
        }),
        other => other,
    }
}

fn short_name<M>() -> &'static str {
    std::any::type_name::<M>().rsplit("::").next().unwrap_or_default()
}

/// As Django says a name to people: `BlogPost` and `blog_post` are `Blog post`.
fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c == '_' {
            label.push(' ');
        } else if label.is_empty() {
            label.extend(c.to_uppercase());
        } else {
            if c.is_uppercase() && !label.ends_with(' ') {
                label.push(' ');
            }
            label.extend(c.to_lowercase());
        }
    }
    label
}

/// `Title`, `Author and Title`, `A, B and C`.
fn labels(fields: &[&str]) -> String {
    let labels: Vec<_> = fields.iter().map(|field| label(field)).collect();
    match labels.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

fn violation(error: &DatabaseError, table: &'static Table, model: &str) -> Option<Violation> {
    let kind = error.kind();
    let constraint = error.constraint();
    let name = constraint.unwrap_or_default();
    let detail = columns_of(error.detail().unwrap_or_default());
    // What a trigger or a cascade does to other tables is not about this model's fields, but for those in between.
    let refused = match error.table() {
        Some(other) if other != table.name => table.junctions.iter().find(|junction| junction.name == other),
        _ => Some(table),
    };
    let (fields, message): (Vec<_>, Cow<'static, str>) = match kind {
        ErrorKind::Unique => {
            let fields = refused.map(|table| unique(table, name, &detail)).unwrap_or_default();
            let message = match fields[..] {
                [] => violated(name),
                _ => format!("{model} with this {} already exists.", labels(&fields)).into(),
            };
            (fields, message)
        }
        ErrorKind::ForeignKey => match refused.and_then(|table| foreign_key(table, name, &detail)) {
            Some(field) => (
                vec![field],
                "Select a valid choice. That choice is not one of the available choices.".into(),
            ),
            None => (vec![], format!("{model} cannot be changed or deleted: something refers to it.").into()),
        },
        ErrorKind::NotNull => {
            let column = error.column().and_then(|name| refused.and_then(|table| column(table, name)));
            (column.into_iter().collect(), "This field cannot be null.".into())
        }
        ErrorKind::Check => refused.map_or_else(|| (vec![], violated(name)), |table| check(table, name)),
        ErrorKind::Exclusion => {
            let fields = refused.map(|table| fields(table, &detail)).unwrap_or_default();
            (fields, message_of(table, name).unwrap_or_else(|| violated(name)))
        }
        _ => return None,
    };
    Some(Violation::new(kind, constraint.map(str::to_owned), fields, message))
}

fn violated(name: &str) -> Cow<'static, str> {
    format!("Constraint “{name}” is violated.").into()
}

/// What the model has to say of a constraint of its own.
fn message_of(table: &Table, name: &str) -> Option<Cow<'static, str>> {
    table.constraints.iter().find(|own| own.name == name)?.message.map(Cow::Borrowed)
}

fn column(table: &Table, name: &str) -> Option<&'static str> {
    table.columns.iter().find(|column| column.name == name).map(|column| column.field)
}

/// The fields of these columns; none unless all are known.
fn fields(table: &Table, columns: &[impl AsRef<str>]) -> Vec<&'static str> {
    let fields: Option<Vec<_>> = columns.iter().map(|name| column(table, name.as_ref())).collect();
    fields.unwrap_or_default()
}

fn unique(table: &Table, name: &str, detail: &[String]) -> Vec<&'static str> {
    if let Some(index) = table.indexes.iter().find(|index| index.name == name) {
        return fields(table, &names(index.columns));
    }
    if is_made_of(name, table.name, "", "pkey") {
        return table.key().map(|column| column.field).collect();
    }
    let own = |column: &&ColumnMeta| column.unique && is_made_of(name, table.name, column.name, "key");
    match table.columns.iter().find(own) {
        Some(column) => vec![column.field],
        // Made by hand, or by a migration.
        None => fields(table, detail),
    }
}

/// The columns of an index; of one with expressions those that stand by themselves, and then an unknown one.
fn names(rope: Rope) -> Vec<&'static str> {
    let mut all = Vec::new();
    for part in rope {
        match part {
            Part::Name(name) => all.push(*name),
            Part::Rope(inner) => all.extend(names(inner)),
            Part::Text(text) if text.contains('(') => all.push(""),
            _ => {}
        }
    }
    all
}

/// The foreign key to a row that is not there; none where the row itself is referred to.
fn foreign_key(table: &Table, name: &str, detail: &[String]) -> Option<&'static str> {
    let mut columns = table.columns.iter().filter(|column| column.references.is_some());
    let own = columns.clone().find(|column| is_made_of(name, table.name, column.name, "fkey"));
    match (own, detail) {
        // A row that its own table refers to: PostgreSQL names the column that is referred to.
        (Some(column), [named]) if column.name != named => None,
        (Some(column), _) => Some(column.field),
        (None, [named]) => columns.find(|column| column.name == named).map(|column| column.field),
        (None, _) => None,
    }
}

fn check(table: &Table, name: &str) -> (Vec<&'static str>, Cow<'static, str>) {
    for column in table.columns {
        if let Some(check) = column.checks.iter().find(|check| check.name == name) {
            return (vec![column.field], check.message.map_or_else(|| violated(name), Cow::Borrowed));
        }
        if !column.choices.is_empty() && is_made_of(name, table.name, column.name, "check") {
            return (vec![column.field], "Value is not a valid choice.".into());
        }
    }
    (vec![], message_of(table, name).unwrap_or_else(|| violated(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_people() {
        assert_eq!(label("BlogPost"), "Blog post");
        assert_eq!(label("first_name"), "First name");
        assert_eq!(labels(&["a"]), "A");
        assert_eq!(labels(&["author", "title"]), "Author and Title");
        assert_eq!(labels(&["a", "b", "c"]), "A, B and C");
    }
}
