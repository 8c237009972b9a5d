//! `#[field(..)]`.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, LitBool, LitInt, LitStr, Result, Token};

use super::{note, skip};
use crate::diagnostic::unknown;

/// Each option with the place it stands at.
#[derive(Default)]
pub(in super::super) struct Options {
    pub primary_key: Option<Span>,
    pub unique: Option<Span>,
    pub index: Option<Span>,
    /// `gin` of `index = gin`.
    pub method: Option<Ident>,
    pub secret: Option<Span>,
    pub auto_now_add: Option<Span>,
    pub auto_now: Option<Span>,
    pub column: Option<LitStr>,
    pub max_length: Option<LitInt>,
    pub min_length: Option<LitInt>,
    pub max_digits: Option<LitInt>,
    pub decimal_places: Option<LitInt>,
    pub ge: Option<Expr>,
    pub le: Option<Expr>,
    pub gt: Option<Expr>,
    pub lt: Option<Expr>,
    pub email: Option<Span>,
    pub url: Option<Span>,
    pub slug: Option<Span>,
    pub pattern: Option<LitStr>,
    pub default: Option<Expr>,
    pub db_default: Option<Expr>,
    pub generated: Option<LitStr>,
    pub check: Option<LitStr>,
    pub collation: Option<LitStr>,
    pub comment: Option<LitStr>,
    pub db_type: Option<LitStr>,
    pub on_delete: Option<Ident>,
    pub db_constraint: Option<LitBool>,
    pub deferrable: Option<Ident>,
    pub soft_delete: Option<Span>,
    pub version: Option<Span>,
    pub part: Option<Span>,
    pub prefix: Option<LitStr>,
    /// How many there are.
    pub count: usize,
}

const KNOWN: &[&str] = &[
    "primary_key",
    "unique",
    "index",
    "secret",
    "auto_now_add",
    "auto_now",
    "db_column",
    "db_type",
    "max_length",
    "min_length",
    "max_digits",
    "decimal_places",
    "ge",
    "le",
    "gt",
    "lt",
    "email",
    "url",
    "slug",
    "pattern",
    "default",
    "db_default",
    "generated",
    "check",
    "collation",
    "comment",
    "on_delete",
    "db_constraint",
    "deferrable",
    "soft_delete",
    "version",
    "part",
    "prefix",
];

impl Options {
    pub(super) fn read(&mut self, attribute: &syn::Attribute) -> Result<()> {
        let mut errors: Option<Error> = None;
        attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(|ident| ident.to_string()).unwrap_or_default();
            if !self.option(&name, &meta)? {
                note(&mut errors, meta.error(unknown("field option", &name, KNOWN)));
                skip(&meta)?;
            }
            Ok(())
        })?;
        errors.map_or(Ok(()), Err)
    }

    /// What is wrong with the options of a field that is a part.
    pub(super) fn check_part(&self) -> Option<Error> {
        let part = self.part?;
        if self.count > 1 + usize::from(self.prefix.is_some()) {
            return Some(Error::new(
                part,
                "a part has no options but `prefix`\n  help: the fields in it have their own, where it is declared",
            ));
        }
        let prefix = self.prefix.as_ref()?;
        let text = prefix.value();
        let is_name = |c: char| c == '_' || c.is_alphanumeric();
        (text.is_empty() || !text.chars().all(is_name)).then(|| {
            Error::new(prefix.span(), "a prefix is letters, digits and `_`, such as `prefix = \"home_\"`")
        })
    }

    /// Reads one option; false if there is none of that name.
    fn option(&mut self, name: &str, meta: &ParseNestedMeta<'_>) -> Result<bool> {
        let span = Some(meta.path.span());
        match name {
            "primary_key" => self.primary_key = span,
            "unique" => self.unique = span,
            "index" => {
                self.index = span;
                if meta.input.peek(Token![=]) {
                    self.method = Some(meta.value()?.parse()?);
                }
            }
            "secret" => self.secret = span,
            "auto_now_add" => self.auto_now_add = span,
            "auto_now" => self.auto_now = span,
            "email" => self.email = span,
            "url" => self.url = span,
            "slug" => self.slug = span,
            "soft_delete" => self.soft_delete = span,
            "version" => self.version = span,
            "part" => self.part = span,
            "db_column" => self.column = Some(meta.value()?.parse()?),
            "db_type" => self.db_type = Some(meta.value()?.parse()?),
            "max_length" => self.max_length = Some(meta.value()?.parse()?),
            "min_length" => self.min_length = Some(meta.value()?.parse()?),
            "max_digits" => self.max_digits = Some(meta.value()?.parse()?),
            "decimal_places" => self.decimal_places = Some(meta.value()?.parse()?),
            "ge" => self.ge = Some(meta.value()?.parse()?),
            "le" => self.le = Some(meta.value()?.parse()?),
            "gt" => self.gt = Some(meta.value()?.parse()?),
            "lt" => self.lt = Some(meta.value()?.parse()?),
            "pattern" => self.pattern = Some(meta.value()?.parse()?),
            "default" => self.default = Some(meta.value()?.parse()?),
            "db_default" => self.db_default = Some(meta.value()?.parse()?),
            "generated" => self.generated = Some(meta.value()?.parse()?),
            "check" => self.check = Some(meta.value()?.parse()?),
            "collation" => self.collation = Some(meta.value()?.parse()?),
            "comment" => self.comment = Some(meta.value()?.parse()?),
            "on_delete" => self.on_delete = Some(meta.value()?.parse()?),
            "db_constraint" => self.db_constraint = Some(meta.value()?.parse()?),
            "deferrable" => self.deferrable = Some(meta.value()?.parse()?),
            "prefix" => self.prefix = Some(meta.value()?.parse()?),
            _ => return Ok(false),
        }
        self.count += 1;
        Ok(true)
    }
}
