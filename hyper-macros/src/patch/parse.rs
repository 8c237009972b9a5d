//! What the user wrote.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Error, GenericArgument, Ident, Path, PathArguments, Result, Type};

use crate::diagnostic::unknown;
use crate::of_model::{Column, Kind, Names, Side, attributes, fields, model, options, skip, together};

const KIND: Kind = Kind { attribute: "patch", plural: "patches", derive: "Patch" };

/// A struct with `#[derive(Patch)]`.
pub(super) struct Patch {
    pub name: Ident,
    pub model: Path,
    /// `#[patch(validate = path)]`
    pub validate: Option<Path>,
    /// `#[patch(deny_unknown_fields)]`
    pub deny_unknown_fields: bool,
    /// serde's attributes of the struct.
    pub serde: Vec<Attribute>,
    /// Whether these say what it is read from.
    pub expecting: bool,
    pub fields: Vec<Field>,
}

/// A field that is a column, or skipped.
pub(super) struct Field {
    pub name: Ident,
    /// `#[patch(column = home.street)]`, or its name.
    pub column: Column,
    /// As it was written: `Patch<String>`.
    pub ty: Type,
    /// What stands in `Patch<..>`; nothing for a field that is skipped.
    pub value: Option<Type>,
    /// What whoever sends it calls it.
    pub sent_as: String,
    /// serde's attributes.
    pub serde: Vec<Attribute>,
}

const OPTIONS: &[&str] = &["deny_unknown_fields", "validate"];

/// Reads the struct; all mistakes in attributes are reported together.
pub(super) fn patch(input: DeriveInput) -> Result<Patch> {
    let mut errors = Vec::new();
    let found = fields(&input, &KIND)?;
    let (mut validate, mut deny_unknown_fields) = (None, false);
    let model = model(&input, &KIND, &mut errors, |name, meta, errors| {
        match name {
            "validate" => validate = Some(meta.value()?.parse()?),
            "deny_unknown_fields" => deny_unknown_fields = true,
            _ => {
                errors.push(meta.error(unknown("patch option", name, OPTIONS)));
                skip(meta)?;
            }
        }
        Ok(())
    })?;
    let names = Names::of(&input.attrs, Side::Deserialize, &mut errors);
    let mut read = Vec::new();
    for (name, field) in found {
        let mut skipped = false;
        let mut column = Column::named(name);
        options(field, "patch", &["column", "skip"], &mut errors, |option, meta| {
            match option {
                "column" => column = meta.value()?.parse()?,
                "skip" => skipped = true,
                _ => return Ok(false),
            }
            Ok(true)
        });
        let why = "cannot be told from what is missing\n  help: leave it away";
        let sent_as = names.field(name, field, &["flatten", "default"], why, &mut errors).name;
        let value = value(&field.ty);
        if !skipped && value.is_none() {
            errors.push(always_set(name, &field.ty));
        }
        read.push(Field {
            name: name.clone(),
            column,
            ty: field.ty.clone(),
            value: value.filter(|_| !skipped),
            sent_as,
            serde: attributes(&field.attrs, "serde").cloned().collect(),
        });
    }
    together(errors)?;
    let mut expecting = false;
    for attribute in attributes(&input.attrs, "serde") {
        attribute.parse_nested_meta(|meta| {
            expecting |= meta.path.is_ident("expecting");
            skip(&meta)
        })?;
    }
    Ok(Patch {
        expecting,
        model,
        validate,
        deny_unknown_fields,
        serde: attributes(&input.attrs, "serde").cloned().collect(),
        name: input.ident,
        fields: read,
    })
}

fn always_set(name: &Ident, ty: &Type) -> Error {
    let written: String = TokenStream::to_string(&ty.to_token_stream()).replace(' ', "");
    Error::new(
        ty.span(),
        format!("`{name}` is always set\n  help: `{name}: Patch<{written}>` can be left out"),
    )
}

/// `T` of `Patch<T>`, by the name as written.
fn value(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) if last.ident == "Patch" && arguments.args.len() == 1 => Some(ty.clone()),
        _ => None,
    }
}
