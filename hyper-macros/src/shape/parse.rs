//! What the user wrote.

use proc_macro2::{Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Ident, LitStr, Path, Result, Token, Type, bracketed};

use crate::of_model::{Kind, Names, Side, fields, model, options, together};

pub(super) const KIND: Kind = Kind { attribute: "shape", plural: "shapes", derive: "Shape" };

/// A struct with `#[derive(Shape)]`.
pub(super) struct Shape {
    pub name: Ident,
    pub model: Path,
    pub fields: Vec<Field>,
}

/// A field with its `#[shape(..)]`.
pub(super) struct Field {
    pub name: Ident,
    pub ty: Type,
    /// What it is called in JSON.
    pub json: String,
    /// Whether it is in JSON at all.
    pub hidden: bool,
    pub options: Options,
}

/// `#[shape(..)]`, each option with the place it stands at.
#[derive(Default)]
pub(super) struct Options {
    pub expr: Option<TokenStream>,
    pub rename: Option<LitStr>,
    pub order_by: Option<(Span, Vec<Direction>)>,
    pub filter: Option<(Span, TokenStream)>,
    pub limit: Option<(Span, Expr)>,
}

/// A way to a column, with `-` for descending.
pub(super) struct Direction {
    pub descending: bool,
    pub path: Vec<Ident>,
}

impl syn::parse::Parse for Direction {
    fn parse(input: syn::parse::ParseStream<'_>) -> Result<Self> {
        let descending = input.parse::<Option<Token![-]>>()?.is_some();
        let path = Punctuated::<Ident, Token![.]>::parse_separated_nonempty(input)?;
        Ok(Self { descending, path: path.into_iter().collect() })
    }
}

const OPTIONS: &[&str] = &["expr", "rename", "order_by", "filter", "limit"];
/// What serde can do with a field that is written without becoming a value.
const REFUSED: &[&str] = &["flatten", "with", "serialize_with", "skip_serializing_if", "getter"];
const WHY: &str = "has no counterpart in `.json()`, which writes without making values\n  help: leave it away, or serialize what `.all()` returns from a struct that is no shape";

/// Reads the struct; all mistakes in attributes are reported together.
pub(super) fn shape(input: DeriveInput) -> Result<Shape> {
    let mut errors = Vec::new();
    let found = fields(&input, &KIND)?;
    let model =
        model(&input, &KIND, &mut errors, |name, meta, errors| {
            errors.push(meta.error(format!(
                "unknown shape option `{name}`\n  help: `#[shape(Post)]` names the model, once"
            )));
            crate::of_model::skip(meta)
        })?;
    let names = Names::of(&input.attrs, Side::Serialize, &mut errors);
    let mut shape = Shape { name: input.ident.clone(), model, fields: Vec::new() };
    for (name, field) in found {
        let mut read = Options::default();
        options(field, "shape", OPTIONS, &mut errors, |option, meta| {
            let span = meta.path.span();
            match option {
                "expr" => read.expr = Some(tokens(meta)?),
                "rename" => read.rename = Some(meta.value()?.parse()?),
                "filter" => read.filter = Some((span, tokens(meta)?)),
                "limit" => read.limit = Some((span, meta.value()?.parse()?)),
                "order_by" => {
                    let content;
                    let value = meta.value()?;
                    bracketed!(content in value);
                    let list = Punctuated::<Direction, Token![,]>::parse_terminated(&content)?;
                    if list.is_empty() {
                        return Err(content.error("expected columns, such as `[-created, id]`"));
                    }
                    read.order_by = Some((span, list.into_iter().collect()));
                }
                _ => return Ok(false),
            }
            Ok(true)
        });
        let serde = names.field(name, field, REFUSED, WHY, &mut errors);
        shape.fields.push(Field {
            name: name.clone(),
            ty: field.ty.clone(),
            json: read.rename.as_ref().map_or(serde.name, LitStr::value),
            hidden: serde.skipped,
            options: read,
        });
    }
    super::check::check(&shape, &mut errors);
    together(errors)?;
    Ok(shape)
}

/// An expression as it was written.
fn tokens(meta: &syn::meta::ParseNestedMeta<'_>) -> Result<TokenStream> {
    let expr: Expr = meta.value()?.parse()?;
    Ok(quote::ToTokens::into_token_stream(expr))
}
