//! What the user wrote.

use syn::{DeriveInput, Error, Ident, Path, Result, Type};

use crate::diagnostic::unknown;
use crate::of_model::{Column, Kind, Names, Side, fields, model, options, skip, together};

const KIND: Kind = Kind { attribute: "input", plural: "inputs", derive: "Input" };

/// A struct with `#[derive(Input)]`.
pub(super) struct Input {
    pub name: Ident,
    pub model: Path,
    /// `#[input(validate = path)]`
    pub validate: Option<Path>,
    /// The fields that are columns.
    pub fields: Vec<Field>,
}

/// A field that is a column.
pub(super) struct Field {
    pub name: Ident,
    /// `#[input(column = home.street)]`, or its name.
    pub column: Column,
    pub ty: Type,
    /// What whoever sends it calls it.
    pub sent_as: String,
}

/// Reads the struct; all mistakes in attributes are reported together.
pub(super) fn input(input: DeriveInput) -> Result<Input> {
    let mut errors = Vec::new();
    let found = fields(&input, &KIND)?;
    let mut validate = None;
    let model = model(&input, &KIND, &mut errors, |name, meta, errors| {
        if name == "validate" {
            validate = Some(meta.value()?.parse()?);
            return Ok(());
        }
        errors.push(meta.error(unknown("input option", name, &["validate"])));
        skip(meta)
    })?;
    let names = Names::of(&input.attrs, Side::Deserialize, &mut errors);
    let mut columns = Vec::new();
    for (name, field) in found {
        let mut skipped = false;
        let mut column = Column::named(name);
        options(field, "input", &["column", "skip"], &mut errors, |option, meta| {
            match option {
                "column" => column = meta.value()?.parse()?,
                "skip" => skipped = true,
                _ => return Ok(false),
            }
            Ok(true)
        });
        let sent_as = names.field(name, field, &[], "", &mut errors).name;
        if !skipped {
            columns.push(Field { name: name.clone(), column, ty: field.ty.clone(), sent_as });
        }
    }
    if columns.is_empty() {
        errors
            .push(Error::new(input.ident.span(), format!("`{}` has no field that is a column", input.ident)));
    }
    together(errors)?;
    Ok(Input { name: input.ident, model, validate, fields: columns })
}
