//! What fields are called outside the program: their names, or what serde's attributes say.

use syn::ext::IdentExt;
use syn::{Attribute, Error, Expr, Field, Ident, LitStr, Token};

use super::{attributes, skip};

/// Whether values go out or come in: serde can name a field differently.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    Serialize,
    Deserialize,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Serialize => "serialize",
            Self::Deserialize => "deserialize",
        }
    }
}

/// `rename_all` of the struct, for a side.
pub(crate) struct Names {
    side: Side,
    all: Option<String>,
}

/// What serde's attributes make of a field.
pub(crate) struct Named {
    pub name: String,
    pub skipped: bool,
}

impl Names {
    pub(crate) fn of(attrs: &[Attribute], side: Side, errors: &mut Vec<Error>) -> Self {
        let mut all = None;
        for attribute in attributes(attrs, "serde") {
            let read = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename_all") {
                    all = renamed(&meta, side)?.map(|rule| rule.value()).or(all.take());
                    Ok(())
                } else {
                    skip(&meta)
                }
            });
            errors.extend(read.err());
        }
        Self { side, all }
    }

    /// The name of a field. Attributes in `refused` are errors, which say why.
    pub(crate) fn field(
        &self,
        ident: &Ident,
        field: &Field,
        refused: &[&str],
        why: &str,
        errors: &mut Vec<Error>,
    ) -> Named {
        let plain = ident.unraw().to_string();
        let name = self.all.as_deref().map_or_else(|| plain.clone(), |rule| cased(&plain, rule));
        let mut named = Named { name, skipped: false };
        let one_sided = format!(
            "skip_{}",
            match self.side {
                Side::Serialize => "serializing",
                Side::Deserialize => "deserializing",
            }
        );
        for attribute in attributes(&field.attrs, "serde") {
            let read = attribute.parse_nested_meta(|meta| {
                let option = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
                if option == "rename" {
                    if let Some(name) = renamed(&meta, self.side)? {
                        named.name = name.value();
                    }
                    return Ok(());
                }
                if refused.contains(&option.as_str()) {
                    errors.push(meta.error(format!("`#[serde({option})]` {why}")));
                }
                named.skipped |= option == "skip" || option == one_sided;
                skip(&meta)
            });
            errors.extend(read.err());
        }
        named
    }
}

/// `rename = ".."`, or the side's own in `rename(serialize = "..", deserialize = "..")`.
fn renamed(meta: &syn::meta::ParseNestedMeta<'_>, side: Side) -> syn::Result<Option<LitStr>> {
    if meta.input.peek(Token![=]) {
        return meta.value()?.parse().map(Some);
    }
    let mut own = None;
    meta.parse_nested_meta(|meta| {
        let value: Expr = meta.value()?.parse()?;
        if meta.path.is_ident(side.word()) {
            own = Some(syn::parse2(quote::ToTokens::into_token_stream(value))?);
        }
        Ok(())
    })?;
    Ok(own)
}

/// serde's rules for fields.
fn cased(name: &str, rule: &str) -> String {
    let pascal = || {
        let words = name.split('_').filter(|word| !word.is_empty());
        words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect::<String>()
    };
    match rule {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_ascii_uppercase(),
        "PascalCase" => pascal(),
        "camelCase" => {
            let pascal = pascal();
            pascal.get(..1).unwrap_or_default().to_ascii_lowercase() + pascal.get(1..).unwrap_or_default()
        }
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde() {
        for (rule, expected) in [
            ("lowercase", "created_at"),
            ("UPPERCASE", "CREATED_AT"),
            ("PascalCase", "CreatedAt"),
            ("camelCase", "createdAt"),
            ("snake_case", "created_at"),
            ("SCREAMING_SNAKE_CASE", "CREATED_AT"),
            ("kebab-case", "created-at"),
            ("SCREAMING-KEBAB-CASE", "CREATED-AT"),
        ] {
            assert_eq!(cased("created_at", rule), expected);
        }
    }
}
