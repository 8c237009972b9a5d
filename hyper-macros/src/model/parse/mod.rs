//! What the user wrote.

mod field;
mod index;
mod literal;
mod model_options;
mod options;
mod relation;

use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{
    Data, DeriveInput, Error, Expr, Fields, FieldsNamed, Ident, Path, Result, Token, Type, Visibility,
};

pub(super) use field::{Field, InPart};
pub(super) use index::{Constraint, Definition, Direction, FieldName, Index};
pub(super) use literal::{Computed, Literal, computed, literal};
pub(super) use relation::{Many, ManyToMany, Reverse, Through, last};

/// A struct with `#[derive(Model)]`.
pub(super) struct Model {
    pub name: Ident,
    pub vis: Visibility,
    /// `#[model(table = "..")]`, or the struct's name in snake case.
    pub table: String,
    /// All columns, in order, those of parts among them.
    pub fields: Vec<Field>,
    /// The struct's own fields.
    pub members: Vec<Member>,
    /// `#[model(ordering = [-created])]`
    pub ordering: Vec<Direction>,
    /// `#[model(index(-score, created), unique_together(user, post))]`
    pub indexes: Vec<Index>,
    pub constraints: Vec<Constraint>,
    pub extensions: Vec<syn::LitStr>,
    pub comment: Option<syn::LitStr>,
    pub unlogged: bool,
    /// The type of the database that has its table, if it is not `Db`.
    pub database: Option<syn::Path>,
    /// For how many seconds results of its queries are kept.
    pub cache_ttl: Option<syn::LitInt>,
    /// Whether replicas are never asked for it.
    pub primary_reads: bool,
    /// `#[model(validate = path::to::function)]`
    pub validate: Option<Path>,
    /// `#[model(signals = Type)]`
    pub signals: Option<Path>,
    /// `#[model(reverse(posts = Post.author), many_to_many(tags = Tag))]`
    pub many: Vec<Many>,
    /// `#[model(reverse_one(profile = Profile.user))]`
    pub one: Vec<Reverse>,
}

/// A field of the struct: a column, or a part with several.
pub(super) enum Member {
    Column(usize),
    Part(Box<PartMember>),
}

/// A part in a model, and which of the model's columns are its own.
pub(super) struct PartMember {
    pub name: Ident,
    pub vis: Visibility,
    pub ty: Type,
    pub docs: Vec<syn::Attribute>,
    pub fields: Range<usize>,
}

/// Reads the struct, whose parts' fields are `parts`; all mistakes in attributes are reported together.
pub(super) fn model(input: DeriveInput, parts: &[FieldsNamed]) -> Result<Model> {
    let named = named_fields(&input)?;
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(
            &input.generics,
            "models cannot be generic: a table has fixed columns\n  help: write a struct for each table",
        ));
    }
    let mut errors: Option<Error> = None;
    let mut model = Model {
        table: snake_case(&input.ident.unraw().to_string()),
        name: input.ident.clone(),
        vis: input.vis.clone(),
        fields: Vec::new(),
        members: Vec::new(),
        ordering: Vec::new(),
        indexes: Vec::new(),
        constraints: Vec::new(),
        extensions: Vec::new(),
        comment: None,
        unlogged: false,
        database: None,
        cache_ttl: None,
        primary_reads: false,
        validate: None,
        signals: None,
        many: Vec::new(),
        one: Vec::new(),
    };
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("model")) {
        if let Err(error) = model_options::read(attribute, &mut model) {
            note(&mut errors, error);
        }
    }
    let mut parts = parts.iter();
    for written in &named.named {
        let (field, result) = Field::read(written);
        if let Err(error) = result {
            note(&mut errors, error);
        }
        if let Some(error) = field.options.check_part() {
            note(&mut errors, error);
        }
        let start = model.fields.len();
        if field.options.part.is_some()
            && let Some(part) = parts.next()
        {
            for (number, inner) in part.named.iter().enumerate() {
                let place = InPart {
                    member: field.name.clone(),
                    ty: field.ty.clone(),
                    prefix: field.options.prefix.as_ref().map(syn::LitStr::value).unwrap_or_default(),
                    number,
                };
                // Its own mistakes are said where it was derived.
                model.fields.push(Field::read(inner).0.within(place, &field.vis));
            }
            let Field { name, vis, ty, docs, .. } = field;
            let fields = start..model.fields.len();
            model.members.push(Member::Part(Box::new(PartMember { name, vis, ty, docs, fields })));
        } else {
            model.members.push(Member::Column(start));
            model.fields.push(field);
        }
    }
    match errors {
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

/// The fields of a struct that has names for them.
pub(super) fn named_fields(input: &DeriveInput) -> Result<&FieldsNamed> {
    if let Data::Struct(data) = &input.data
        && let Fields::Named(named) = &data.fields
    {
        return Ok(named);
    }
    Err(Error::new(
        input.ident.span(),
        format!(
            "models are structs with named fields\n  help: struct {} {{ #[field(primary_key)] id: i64, .. }}",
            input.ident
        ),
    ))
}

/// The types of the fields that are parts, in order.
pub(super) fn parts(input: &DeriveInput) -> Vec<Type> {
    let Ok(named) = named_fields(input) else { return Vec::new() };
    named.named.iter().filter(|field| is_part(field)).map(|field| field.ty.clone()).collect()
}

fn is_part(field: &syn::Field) -> bool {
    let attributes = field.attrs.iter().filter(|attribute| attribute.path().is_ident("field"));
    attributes.filter_map(|attribute| attribute.meta.require_list().ok()).any(|list| {
        let mut start = true;
        list.tokens.clone().into_iter().any(|token| {
            let found = start && matches!(&token, TokenTree::Ident(name) if name == "part");
            start = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
            found
        })
    })
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
        content.parse::<TokenStream>()?;
    }
    Ok(())
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
