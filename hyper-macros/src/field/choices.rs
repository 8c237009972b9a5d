//! What stands in an enum with `#[derive(Choices)]`.

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Result};

use super::note;
use crate::diagnostic::unknown;

/// An enum with `#[derive(Choices)]`.
pub(super) struct Choices {
    pub name: Ident,
    /// `#[choices(native = "mood")]`
    pub native: Option<String>,
    pub variants: Vec<Variant>,
}

/// A variant, with what stands in the database and what people read.
pub(super) struct Variant {
    pub name: Ident,
    pub value: String,
    pub label: String,
}

/// Reads the enum; all mistakes are reported together.
pub(super) fn read(input: DeriveInput) -> Result<Choices> {
    let name = input.ident;
    let Data::Enum(data) = input.data else {
        let message = format!("choices are an enum\n  help: enum {name} {{ First, Second }}");
        return Err(Error::new(name.span(), message));
    };
    let mut errors = None;
    if !input.generics.params.is_empty() {
        note(
            &mut errors,
            Error::new(input.generics.span(), "choices cannot be generic: they are a column's values"),
        );
    }
    if data.variants.is_empty() {
        note(
            &mut errors,
            Error::new(name.span(), format!("`{name}` has no variants, and a column needs values")),
        );
    }
    let mut native = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("choices")) {
        let read = attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("native") {
                let written = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                return Err(meta.error(unknown("option of choices", &written, &["native"])));
            }
            let text: LitStr = meta.value()?.parse()?;
            if text.value().is_empty() || text.value().len() > 63 || text.value().contains(['"', '\0', '$']) {
                return Err(Error::new(text.span(), "a type's name has 1 to 63 bytes and no quotes"));
            }
            native = Some(text.value());
            Ok(())
        });
        if let Err(error) = read {
            note(&mut errors, error);
        }
    }
    let mut variants: Vec<Variant> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a choice holds no data\n  help: keep what belongs to it in another field";
            note(&mut errors, Error::new(variant.fields.span(), message));
        }
        let words = words(&variant.ident.unraw().to_string());
        let mut choice = Variant {
            name: variant.ident.clone(),
            value: words.join("_").to_lowercase(),
            label: words.join(" "),
        };
        let mut place = variant.ident.span();
        for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("choices")) {
            let read = attribute.parse_nested_meta(|meta| {
                let written = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match written.as_str() {
                    "value" => {
                        let text: LitStr = meta.value()?.parse()?;
                        (choice.value, place) = (text.value(), text.span());
                    }
                    "label" => choice.label = meta.value()?.parse::<LitStr>()?.value(),
                    _ => {
                        return Err(meta.error(unknown("option of a choice", &written, &["value", "label"])));
                    }
                }
                Ok(())
            });
            if let Err(error) = read {
                note(&mut errors, error);
            }
        }
        if choice.value.contains('\0') {
            note(&mut errors, Error::new(place, "PostgreSQL keeps no NUL characters in text"));
        }
        if native.is_some() && choice.value.len() > 63 {
            note(&mut errors, Error::new(place, "a label of an enum type has at most 63 bytes"));
        }
        if let Some(other) = variants.iter().find(|other| other.value == choice.value) {
            let message =
                format!("`{}` and `{}` both have the value `{}`", choice.name, other.name, choice.value);
            note(&mut errors, Error::new(place, message));
        }
        variants.push(choice);
    }
    errors.map_or(Ok(Choices { name, native, variants }), Err)
}

/// `InReview` -> `In`, `Review`
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for c in name.chars() {
        let begins = before == '_' || (c.is_uppercase() && !before.is_uppercase());
        match words.last_mut() {
            Some(word) if !begins => word.push(c),
            _ if c == '_' => {}
            _ => words.push(c.to_string()),
        }
        if c == '_'
            && let Some(word) = words.last_mut()
        {
            word.truncate(word.trim_end_matches('_').len());
        }
        before = c;
    }
    words
}
