//! What the user wrote.

mod relation;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Error, Expr, ExprLit, ExprUnary, Fields, GenericArgument, Ident, Lit, LitInt, LitStr,
    PathArguments, Result, Token, Type, UnOp, Visibility,
};

use crate::diagnostic::unknown;

pub(super) use relation::{Many, ManyToMany, Reverse, Through, last};

/// A struct with `#[derive(Model)]`.
pub(super) struct Model {
    pub name: Ident,
    pub vis: Visibility,
    /// `#[model(table = "..")]`, or the struct's name in snake case.
    pub table: String,
    pub fields: Vec<Field>,
    /// `#[model(ordering = [-created])]`
    pub ordering: Vec<Direction>,
    /// `#[model(index(-score, created))]`
    pub indexes: Vec<Vec<Direction>>,
    /// `#[model(unique_together(user, post))]`
    pub unique_together: Vec<Vec<Direction>>,
    /// `#[model(reverse(posts = Post.author), many_to_many(tags = Tag))]`
    pub many: Vec<Many>,
    /// `#[model(reverse_one(profile = Profile.user))]`
    pub one: Vec<Reverse>,
}

/// A field's name, with `-` for descending.
pub(super) struct Direction {
    pub field: Ident,
    pub descending: bool,
}

impl Direction {
    pub(super) fn reversed(&self) -> Self {
        Self { field: self.field.clone(), descending: !self.descending }
    }
}

/// A field with its `#[field(..)]`.
pub(super) struct Field {
    pub name: Ident,
    pub vis: Visibility,
    pub ty: Type,
    /// What stands between `Option<` and `>`, or the type itself.
    pub base: Type,
    pub nullable: bool,
    /// `M` of a `ForeignKey<M>` or `OneToOne<M>`.
    pub target: Option<Type>,
    pub one_to_one: bool,
    pub docs: Vec<syn::Attribute>,
    pub options: Options,
}

/// `#[field(..)]`, each option with the place it stands at.
#[derive(Default)]
pub(super) struct Options {
    pub primary_key: Option<Span>,
    pub unique: Option<Span>,
    pub index: Option<Span>,
    pub secret: Option<Span>,
    pub auto_now_add: Option<Span>,
    pub column: Option<LitStr>,
    pub max_length: Option<LitInt>,
    pub min_length: Option<LitInt>,
    pub ge: Option<Expr>,
    pub le: Option<Expr>,
    pub gt: Option<Expr>,
    pub lt: Option<Expr>,
    pub email: Option<Span>,
    pub url: Option<Span>,
    pub slug: Option<Span>,
    pub default: Option<Expr>,
    pub on_delete: Option<Ident>,
}

const MODEL_OPTIONS: &[&str] =
    &["table", "ordering", "index", "unique_together", "reverse", "reverse_one", "many_to_many"];
const FIELD_OPTIONS: &[&str] = &[
    "primary_key",
    "unique",
    "index",
    "secret",
    "auto_now_add",
    "db_column",
    "max_length",
    "min_length",
    "ge",
    "le",
    "gt",
    "lt",
    "email",
    "url",
    "slug",
    "default",
    "on_delete",
];

/// Reads the struct; all mistakes in attributes are reported together.
pub(super) fn model(input: DeriveInput) -> Result<Model> {
    let Data::Struct(data) = &input.data else {
        return Err(shape(&input));
    };
    let Fields::Named(named) = &data.fields else {
        return Err(shape(&input));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.span(),
            "models cannot be generic: a table has fixed columns\n  help: write a struct for each table",
        ));
    }
    let mut errors = Vec::new();
    let mut model = Model {
        table: snake_case(&input.ident.unraw().to_string()),
        name: input.ident,
        vis: input.vis,
        fields: Vec::new(),
        ordering: Vec::new(),
        indexes: Vec::new(),
        unique_together: Vec::new(),
        many: Vec::new(),
        one: Vec::new(),
    };
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("model")) {
        errors.extend(model_options(attribute, &mut model).err());
    }
    for field in &named.named {
        let name = field.ident.clone().expect("named");
        let (base, nullable) = match generic("Option", &field.ty) {
            Some(base) => (base, true),
            None => (field.ty.clone(), false),
        };
        let mut options = Options::default();
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
            errors.extend(field_options(attribute, &mut options).err());
        }
        let one_to_one = generic("OneToOne", &base);
        model.fields.push(Field {
            one_to_one: one_to_one.is_some(),
            target: one_to_one.or_else(|| generic("ForeignKey", &base)),
            docs: field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect(),
            name,
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            base,
            nullable,
            options,
        });
    }
    match errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        // What is wrong beyond the attributes is said in the same go.
        Some(mut all) => {
            if let Err(more) = super::check::check(model) {
                all.combine(more);
            }
            Err(all)
        }
        None => Ok(model),
    }
}

fn shape(input: &DeriveInput) -> Error {
    Error::new(
        input.ident.span(),
        format!(
            "models are structs with named fields\n  help: struct {} {{ #[field(primary_key)] id: i64, .. }}",
            input.ident
        ),
    )
}

/// `T` of `Option<T>`, by the name as written.
fn generic(name: &str, ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != name {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) if arguments.args.len() == 1 => Some(ty.clone()),
        _ => None,
    }
}

fn model_options(attribute: &syn::Attribute, model: &mut Model) -> Result<()> {
    let mut errors: Option<Error> = None;
    attribute.parse_nested_meta(|meta| {
        let name = meta.path.get_ident().map(|ident| ident.to_string()).unwrap_or_default();
        match name.as_str() {
            "table" => {
                let table: LitStr = meta.value()?.parse()?;
                if table.value().is_empty() || table.value().len() > 63 || table.value().contains(['"', '\0'])
                {
                    return Err(Error::new(table.span(), "a table's name has 1 to 63 bytes and no quotes"));
                }
                model.table = table.value();
            }
            "ordering" => {
                let content;
                let value = meta.value()?;
                syn::bracketed!(content in value);
                model.ordering = directions(&content)?;
            }
            "index" => {
                let content;
                syn::parenthesized!(content in meta.input);
                model.indexes.push(directions(&content)?);
            }
            "unique_together" => {
                let content;
                syn::parenthesized!(content in meta.input);
                model.unique_together.push(directions(&content)?);
            }
            "reverse" => {
                let list = relation::list(meta.input, "posts = Post.author")?;
                model.many.extend(list.into_iter().map(Many::Reverse));
            }
            "reverse_one" => model.one.extend(relation::list(meta.input, "profile = Profile.user")?),
            "many_to_many" => {
                let list = relation::list(meta.input, "tags = Tag")?;
                model.many.extend(list.into_iter().map(Many::ManyToMany));
            }
            _ => {
                let error = meta.error(unknown("model option", &name, MODEL_OPTIONS));
                note(&mut errors, error);
                skip(&meta)?;
            }
        }
        Ok(())
    })?;
    errors.map_or(Ok(()), Err)
}

fn note(errors: &mut Option<Error>, error: Error) {
    match errors {
        Some(all) => all.combine(error),
        None => *errors = Some(error),
    }
}

/// Passes over the value of an option nobody knows, so that those behind it are read.
fn skip(meta: &syn::meta::ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in meta.input);
        content.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

fn directions(input: syn::parse::ParseStream<'_>) -> Result<Vec<Direction>> {
    let list = Punctuated::<Direction, Token![,]>::parse_terminated(input)?;
    if list.is_empty() {
        return Err(input.error("expected field names, such as `-created, id`"));
    }
    Ok(list.into_iter().collect())
}

impl syn::parse::Parse for Direction {
    fn parse(input: syn::parse::ParseStream<'_>) -> Result<Self> {
        let descending = input.parse::<Option<Token![-]>>()?.is_some();
        Ok(Self { field: input.parse()?, descending })
    }
}

fn field_options(attribute: &syn::Attribute, options: &mut Options) -> Result<()> {
    let mut errors: Option<Error> = None;
    attribute.parse_nested_meta(|meta| {
        let span = meta.path.span();
        let name = meta.path.get_ident().map(|ident| ident.to_string()).unwrap_or_default();
        match name.as_str() {
            "primary_key" => options.primary_key = Some(span),
            "unique" => options.unique = Some(span),
            "index" => options.index = Some(span),
            "secret" => options.secret = Some(span),
            "auto_now_add" => options.auto_now_add = Some(span),
            "email" => options.email = Some(span),
            "url" => options.url = Some(span),
            "slug" => options.slug = Some(span),
            "db_column" => options.column = Some(meta.value()?.parse()?),
            "max_length" => options.max_length = Some(meta.value()?.parse()?),
            "min_length" => options.min_length = Some(meta.value()?.parse()?),
            "ge" => options.ge = Some(meta.value()?.parse()?),
            "le" => options.le = Some(meta.value()?.parse()?),
            "gt" => options.gt = Some(meta.value()?.parse()?),
            "lt" => options.lt = Some(meta.value()?.parse()?),
            "default" => options.default = Some(meta.value()?.parse()?),
            "on_delete" => options.on_delete = Some(meta.value()?.parse()?),
            _ => {
                let error = meta.error(unknown("field option", &name, FIELD_OPTIONS));
                note(&mut errors, error);
                skip(&meta)?;
            }
        }
        Ok(())
    })?;
    errors.map_or(Ok(()), Err)
}

/// A literal, with its sign.
pub(super) enum Literal<'a> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a LitStr),
}

pub(super) fn literal(expr: &Expr) -> Option<Literal<'_>> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(int) => int.base10_parse().ok().map(Literal::Int),
            Lit::Float(float) => float.base10_parse().ok().map(Literal::Float),
            Lit::Bool(value) => Some(Literal::Bool(value.value)),
            Lit::Str(text) => Some(Literal::Text(text)),
            _ => None,
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match literal(expr)? {
            Literal::Int(int) => Some(Literal::Int(-int)),
            Literal::Float(float) => Some(Literal::Float(-float)),
            _ => None,
        },
        _ => None,
    }
}

/// `BlogPost` -> `blog_post`
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_uppercase() && i > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
