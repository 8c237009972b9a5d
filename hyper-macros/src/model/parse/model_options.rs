//! `#[model(..)]`.

use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Error, LitStr, Path, Result, bracketed, parenthesized};

use super::index::{Constraint, Index, directions};
use super::{Many, Model, note, relation, skip};
use crate::diagnostic::unknown;

const KNOWN: &[&str] = &[
    "table",
    "ordering",
    "index",
    "unique_together",
    "constraint",
    "unlogged",
    "primary_reads",
    "cache_ttl",
    "database",
    "comment",
    "extension",
    "validate",
    "signals",
    "reverse",
    "reverse_one",
    "many_to_many",
];

pub(super) fn read(attribute: &syn::Attribute, model: &mut Model) -> Result<()> {
    let mut errors: Option<Error> = None;
    attribute.parse_nested_meta(|meta| {
        let name = meta.path.get_ident().map(|ident| ident.to_string()).unwrap_or_default();
        if !option(&name, &meta, model)? {
            note(&mut errors, meta.error(unknown("model option", &name, KNOWN)));
            skip(&meta)?;
        }
        Ok(())
    })?;
    errors.map_or(Ok(()), Err)
}

/// Reads one option; false if there is none of that name.
fn option(name: &str, meta: &ParseNestedMeta<'_>, model: &mut Model) -> Result<bool> {
    let span = meta.path.span();
    match name {
        "table" => {
            let table: LitStr = meta.value()?.parse()?;
            if table.value().is_empty() || table.value().len() > 63 || table.value().contains(['"', '\0']) {
                return Err(Error::new(table.span(), "a table's name has 1 to 63 bytes and no quotes"));
            }
            model.table = table.value();
        }
        "ordering" => {
            let content;
            let value = meta.value()?;
            bracketed!(content in value);
            model.ordering = directions(&content)?;
        }
        "index" => {
            let content;
            parenthesized!(content in meta.input);
            model.indexes.push(Index::read(&content, span)?);
        }
        "unique_together" => {
            let content;
            parenthesized!(content in meta.input);
            model.indexes.push(Index::new(span, directions(&content)?, true));
        }
        "constraint" => {
            let content;
            parenthesized!(content in meta.input);
            model.constraints.push(Constraint::read(&content, span)?);
        }
        "unlogged" => model.unlogged = true,
        "primary_reads" => model.primary_reads = true,
        "cache_ttl" => model.cache_ttl = Some(meta.value()?.parse()?),
        "database" => model.database = Some(meta.value()?.call(Path::parse_mod_style)?),
        "comment" => model.comment = Some(meta.value()?.parse()?),
        "extension" => model.extensions.push(meta.value()?.parse()?),
        "validate" => model.validate = Some(meta.value()?.call(Path::parse_mod_style)?),
        "signals" => model.signals = Some(meta.value()?.parse()?),
        "reverse" => {
            let list = relation::list(meta.input, "posts = Post.author")?;
            model.many.extend(list.into_iter().map(Many::Reverse));
        }
        "reverse_one" => model.one.extend(relation::list(meta.input, "profile = Profile.user")?),
        "many_to_many" => {
            let list = relation::list(meta.input, "tags = Tag")?;
            model.many.extend(list.into_iter().map(Many::ManyToMany));
        }
        _ => return Ok(false),
    }
    Ok(true)
}
