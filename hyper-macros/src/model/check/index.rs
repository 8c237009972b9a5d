//! Ordering, indexes and constraints.

use syn::{Error, Ident, LitStr};

use super::super::parse::{Definition, FieldName, Index, Model};
use crate::diagnostic::{nearest, unknown};

/// PostgreSQL's own, which need no extension.
pub(super) const METHODS: &[&str] = &["btree", "hash", "gin", "gist", "spgist", "brin"];

pub(super) fn check(model: &Model, errors: &mut Vec<Error>) {
    for direction in &model.ordering {
        known_field(model, &direction.field, errors);
    }
    for (i, index) in model.indexes.iter().enumerate() {
        if check_index(model, index, errors) {
            needless(model, i, index, errors);
        }
    }
    for constraint in &model.constraints {
        name(&constraint.name, errors);
        let sql = constraint.sql();
        let text = sql.value();
        let problem = match &constraint.definition {
            _ if text.contains('\0') => Some("SQL has no zero bytes"),
            Definition::Check(_) if text.trim().is_empty() => {
                Some("what must hold?\n  help: `check = \"score >= 0\"`")
            }
            Definition::Exclude(_) if !text.trim_start().to_ascii_uppercase().starts_with("USING") => Some(
                "an exclusion begins with the index it uses\n  help: `exclude = \"USING gist (room WITH =, during WITH &&)\"`",
            ),
            _ => None,
        };
        errors.extend(problem.map(|problem| Error::new(sql.span(), problem)));
    }
    let names = model.constraints.iter().map(|constraint| &constraint.name);
    let mut names: Vec<_> =
        names.chain(model.indexes.iter().filter_map(|index| index.name.as_ref())).collect();
    while let Some(last) = names.pop() {
        if names.iter().any(|name| name.value() == last.value()) {
            errors.push(Error::new(
                last.span(),
                format!("two indexes or constraints are called `{}`", last.value()),
            ));
        }
    }
    for extension in &model.extensions {
        name(extension, errors);
    }
}

fn name(name: &LitStr, errors: &mut Vec<Error>) {
    let text = name.value();
    if text.is_empty() || text.contains(['"', '\0']) {
        errors.push(Error::new(name.span(), "a name is not empty and has no quotes"));
    } else if text.len() > 63 {
        errors.push(Error::new(
            name.span(),
            format!(
                "PostgreSQL cuts names at 63 bytes, and this has {}\n  help: choose a shorter one",
                text.len()
            ),
        ));
    }
}

/// Whether its fields are there.
fn check_index(model: &Model, index: &Index, errors: &mut Vec<Error>) -> bool {
    let before = errors.len();
    let opclasses = index.opclasses.iter().map(|(field, _)| field);
    for field in index.columns.iter().map(|column| &column.field).chain(&index.include).chain(opclasses) {
        known_field(model, field, errors);
    }
    if errors.len() > before {
        return false;
    }
    if let Some(given) = &index.name {
        name(given, errors);
    } else if !index.exprs.is_empty() {
        errors.push(Error::new(
            index.exprs[0].span(),
            "an index of an expression needs a name\n  help: `index(expr = \"lower(title)\", name = \"posts_lower_title\")`",
        ));
    }
    for (field, _) in &index.opclasses {
        if !index.columns.iter().any(|column| column.field.written() == field.written()) {
            errors
                .push(Error::new(field.span(), format!("`{}` is no column of this index", field.written())));
        }
    }
    let Some(using) = &index.using else { return true };
    method(using, errors);
    let ordered = using == "btree" || !METHODS.iter().any(|known| using == known);
    if let Some(descending) = index.columns.iter().find(|column| column.descending && !ordered) {
        errors.push(Error::new(
            descending.field.span(),
            format!("an index by `{using}` has no order\n  help: remove the `-`"),
        ));
    }
    if index.unique && !ordered {
        errors.push(Error::new(using.span(), format!("an index by `{using}` cannot be unique; `btree` can")));
    }
    true
}

pub(super) fn method(using: &Ident, errors: &mut Vec<Error>) {
    let written = using.to_string();
    // Others come with extensions: `hnsw`, `bloom`.
    if !METHODS.contains(&written.as_str())
        && let Some(known) = nearest(&written, METHODS.iter().copied())
        && written != "hnsw"
    {
        errors.push(Error::new(using.span(), unknown("kind of index", &written, &[known])));
    }
}

/// An index that another, or a key, makes needless costs each write and serves no read.
fn needless(model: &Model, i: usize, index: &Index, errors: &mut Vec<Error>) {
    if !index.is_plain() {
        return;
    }
    let own = columns(index);
    let mut report = |with: String| {
        errors.push(Error::new(
            index.span,
            format!("this index is needless: {with}\n  help: remove it, or give it what makes it another"),
        ));
    };
    for (k, other) in model.indexes.iter().enumerate() {
        let theirs = columns(other);
        let same = own == theirs;
        // Read from its end, an index is one of the other directions.
        let covers = other.is_plain() && k != i && (begins(&theirs, &own) || begins(&flipped(&theirs), &own));
        if covers
            && (!index.unique || (other.unique && same))
            && (!same || k < i || other.unique && !index.unique)
        {
            let list: Vec<_> = theirs
                .iter()
                .map(|(name, descending)| format!("{}{name}", if *descending { "-" } else { "" }))
                .collect();
            return report(format!("`index({})` serves all it does", list.join(", ")));
        }
    }
    let keys: Vec<_> = model
        .fields
        .iter()
        .filter(|field| field.options.primary_key.is_some())
        .map(|field| (field.path(), false))
        .collect();
    if !index.unique && (begins(&keys, &own) || begins(&flipped(&keys), &own)) {
        return report("the primary key is an index that serves all it does".into());
    }
    if let [(only, _)] = own.as_slice()
        && let Some(field) = model.fields.iter().find(|field| field.path() == *only)
    {
        if field.options.unique.is_some() || field.one_to_one {
            report(format!("`{only}` is unique, which is an index"));
        } else if index.unique {
            report(format!("write `#[field(unique)]` at `{only}`"));
        } else if field.options.index.is_some() {
            report(format!("`{only}` has its `index` at the field"));
        }
    }
}

fn columns(index: &Index) -> Vec<(String, bool)> {
    index.columns.iter().map(|column| (column.field.written(), column.descending)).collect()
}

fn flipped(columns: &[(String, bool)]) -> Vec<(String, bool)> {
    columns.iter().map(|(name, descending)| (name.clone(), !descending)).collect()
}

fn begins(long: &[(String, bool)], short: &[(String, bool)]) -> bool {
    long.starts_with(short)
}

fn known_field(model: &Model, field: &FieldName, errors: &mut Vec<Error>) {
    let written = field.written();
    if model.fields.iter().any(|known| known.path() == written) {
        return;
    }
    let names: Vec<_> = model.fields.iter().map(|known| known.path()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let inside = names.iter().find(|name| name.ends_with(&format!(".{written}")));
    let help = match inside.copied().or_else(|| nearest(&written, names.iter().copied())) {
        Some(name) => format!("  help: did you mean `{name}`?"),
        None => format!("  help: its fields are {}", names.join(", ")),
    };
    errors.push(Error::new(field.span(), format!("`{}` has no field `{written}`\n{help}", model.name)));
}
