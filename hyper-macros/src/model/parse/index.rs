//! `index(..)`, `unique_together(..)` and `constraint(..)` of a model.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Result, Token, parenthesized};

use crate::diagnostic::unknown;

/// A field's name in a list of them, of the model or of a part: `created`, `times.created`.
#[derive(Clone)]
pub(in super::super) struct FieldName {
    pub part: Option<Ident>,
    pub name: Ident,
}

/// A field's name, with `-` for descending.
pub(in super::super) struct Direction {
    pub field: FieldName,
    pub descending: bool,
}

/// `index(-score, created, name = "..", where = "..")`
pub(in super::super) struct Index {
    pub span: Span,
    pub columns: Vec<Direction>,
    /// `expr = "lower(title)"`, behind the columns.
    pub exprs: Vec<LitStr>,
    pub name: Option<LitStr>,
    pub unique: bool,
    pub using: Option<Ident>,
    pub condition: Option<LitStr>,
    pub include: Vec<FieldName>,
    /// `opclass(title = gin_trgm_ops)`
    pub opclasses: Vec<(FieldName, Ident)>,
}

/// `constraint(check = "..", name = "..")`, `constraint(exclude = "..", name = "..")`
pub(in super::super) struct Constraint {
    pub name: LitStr,
    pub definition: Definition,
    /// What people are told whose row it refuses.
    pub message: Option<LitStr>,
}

const CONSTRAINT_OPTIONS: &[&str] = &["check", "exclude", "name", "message"];

pub(in super::super) enum Definition {
    Check(LitStr),
    Exclude(LitStr),
}

const INDEX_OPTIONS: &[&str] = &["name", "unique", "using", "where", "include", "opclass", "expr"];

impl FieldName {
    /// As it was written.
    pub(in super::super) fn written(&self) -> String {
        match &self.part {
            Some(part) => format!("{part}.{}", self.name),
            None => self.name.to_string(),
        }
    }

    pub(in super::super) fn span(&self) -> Span {
        self.name.span()
    }
}

impl Direction {
    pub(in super::super) fn reversed(&self) -> Self {
        Self { field: self.field.clone(), descending: !self.descending }
    }
}

impl Parse for FieldName {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name: Ident = input.parse()?;
        if input.parse::<Option<Token![.]>>()?.is_some() {
            return Ok(Self { part: Some(name), name: input.parse()? });
        }
        Ok(Self { part: None, name })
    }
}

impl Parse for Direction {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let descending = input.parse::<Option<Token![-]>>()?.is_some();
        Ok(Self { field: input.parse()?, descending })
    }
}

pub(super) fn directions(input: ParseStream<'_>) -> Result<Vec<Direction>> {
    let list = Punctuated::<Direction, Token![,]>::parse_terminated(input)?;
    if list.is_empty() {
        return Err(input.error("expected field names, such as `-created, id`"));
    }
    Ok(list.into_iter().collect())
}

impl Index {
    pub(super) fn new(span: Span, columns: Vec<Direction>, unique: bool) -> Self {
        Self {
            span,
            columns,
            exprs: Vec::new(),
            name: None,
            unique,
            using: None,
            condition: None,
            include: Vec::new(),
            opclasses: Vec::new(),
        }
    }

    /// Reads what stands in the parentheses of `index(..)`.
    pub(super) fn read(input: ParseStream<'_>, span: Span) -> Result<Self> {
        let mut index = Self::new(span, Vec::new(), false);
        loop {
            if input.is_empty() {
                break;
            }
            let is_option = input.peek2(Token![=])
                || input.peek2(syn::token::Paren)
                // A field of that name is written with its index on the field itself.
                || input.fork().parse::<Ident>().is_ok_and(|name| name == "unique");
            if input.peek(Token![where]) || is_option {
                index.option(input)?
            } else {
                index.columns.push(input.parse()?)
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if index.columns.is_empty() && index.exprs.is_empty() {
            return Err(input.error("expected field names, such as `-created, id`"));
        }
        Ok(index)
    }

    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        use syn::ext::IdentExt;
        let option = input.call(Ident::parse_any)?;
        let name = option.to_string();
        if !INDEX_OPTIONS.contains(&name.as_str()) {
            return Err(Error::new(option.span(), unknown("option of an index", &name, INDEX_OPTIONS)));
        }
        match name.as_str() {
            "unique" => self.unique = true,
            "include" | "opclass" => {
                let content;
                parenthesized!(content in input);
                if name == "include" {
                    let list = Punctuated::<FieldName, Token![,]>::parse_terminated(&content)?;
                    self.include.extend(list);
                } else {
                    let list = content.parse_terminated(
                        |input: ParseStream<'_>| {
                            let field: FieldName = input.parse()?;
                            input.parse::<Token![=]>()?;
                            Ok((field, input.parse::<Ident>()?))
                        },
                        Token![,],
                    )?;
                    self.opclasses.extend(list);
                }
            }
            _ => {
                input.parse::<Token![=]>()?;
                match name.as_str() {
                    "name" => self.name = Some(input.parse()?),
                    "using" => self.using = Some(input.parse()?),
                    "where" => self.condition = Some(input.parse()?),
                    _ => self.exprs.push(input.parse()?),
                }
            }
        }
        Ok(())
    }

    /// Whether it is a plain index of columns, which another that begins with the same makes needless.
    pub(in super::super) fn is_plain(&self) -> bool {
        self.exprs.is_empty()
            && self.condition.is_none()
            && self.include.is_empty()
            && self.opclasses.is_empty()
            && self.using.as_ref().is_none_or(|using| using == "btree")
    }
}

impl Constraint {
    pub(super) fn read(input: ParseStream<'_>, span: Span) -> Result<Self> {
        let (mut name, mut definition, mut message) = (None, None, None);
        while !input.is_empty() {
            let option: Ident = input.parse()?;
            let written = option.to_string();
            if !CONSTRAINT_OPTIONS.contains(&written.as_str()) {
                return Err(Error::new(
                    option.span(),
                    unknown("option of a constraint", &written, CONSTRAINT_OPTIONS),
                ));
            }
            input.parse::<Token![=]>()?;
            let value: LitStr = input.parse()?;
            match written.as_str() {
                "name" => name = Some(value),
                "message" => message = Some(value),
                _ if definition.is_some() => {
                    return Err(Error::new(option.span(), "a constraint has one `check` or one `exclude`"));
                }
                "check" => definition = Some(Definition::Check(value)),
                _ => definition = Some(Definition::Exclude(value)),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let help = "write `constraint(check = \"score >= 0\", name = \"score_not_negative\")`";
        match (name, definition) {
            (Some(name), Some(definition)) => Ok(Self { name, definition, message }),
            (None, _) => {
                Err(Error::new(span, format!("a constraint has a name, which errors give\n  help: {help}")))
            }
            (Some(name), None) => Err(Error::new(name.span(), format!("what must hold?\n  help: {help}"))),
        }
    }

    pub(in super::super) fn sql(&self) -> &LitStr {
        match &self.definition {
            Definition::Check(sql) | Definition::Exclude(sql) => sql,
        }
    }
}
