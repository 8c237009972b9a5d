//! A field of the struct, or of a part.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Error, GenericArgument, Ident, PathArguments, Result, Type, Visibility};

use super::options::Options;

/// A column, with its `#[field(..)]`.
pub(in super::super) struct Field {
    /// Its name in the struct or part.
    pub name: Ident,
    pub vis: Visibility,
    /// Its type, as code around the model can name it.
    pub ty: Type,
    /// What stands between `Option<` and `>`, or the type itself, as it was written: for what is known by name.
    pub base: Type,
    pub nullable: bool,
    /// `M` of a `ForeignKey<M>` or `OneToOne<M>`.
    pub target: Option<Type>,
    pub one_to_one: bool,
    pub docs: Vec<syn::Attribute>,
    pub options: Options,
    pub part: Option<InPart>,
}

/// Where a field of a part is.
#[derive(Clone)]
pub(in super::super) struct InPart {
    /// The model's field that is the part.
    pub member: Ident,
    pub ty: Type,
    pub prefix: String,
    /// Which of the part's fields it is.
    pub number: usize,
}

impl Field {
    pub(in super::super) fn read(field: &syn::Field) -> (Self, Result<()>) {
        let mut errors: Option<Error> = None;
        let mut options = Options::default();
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
            if let Err(error) = options.read(attribute) {
                super::note(&mut errors, error);
            }
        }
        let (base, nullable) = match generic("Option", &field.ty) {
            Some(base) => (base, true),
            None => (field.ty.clone(), false),
        };
        let one_to_one = generic("OneToOne", &base);
        let field = Self {
            name: field.ident.clone().expect("named"),
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            one_to_one: one_to_one.is_some(),
            target: one_to_one.or_else(|| generic("ForeignKey", &base)),
            base,
            nullable,
            docs: field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect(),
            options,
            part: None,
        };
        (field, errors.map_or(Ok(()), Err))
    }

    /// The same field as one of a part in a model, whose types are reached by way of the part's.
    pub(super) fn within(mut self, part: InPart, vis: &Visibility) -> Self {
        let span = part.ty.span().resolved_at(Span::call_site());
        let (ty, number) = (&part.ty, part.number);
        let reached = quote_spanned!(span=> <#ty as ::hyperdjango::orm::model::PartField<#number>>::Type);
        if self.target.is_some() {
            self.target = Some(Type::Verbatim(
                quote_spanned!(span=> <#ty as ::hyperdjango::orm::model::PartKey<#number>>::Target),
            ));
        }
        self.ty = Type::Verbatim(reached);
        self.vis = vis.clone();
        self.part = Some(part);
        self
    }

    /// Its name in errors and JSON.
    pub(in super::super) fn text(&self) -> String {
        let prefix = self.part.as_ref().map_or("", |part| &part.prefix);
        format!("{prefix}{}", self.name.unraw())
    }

    /// Its name as it is written in lists of fields: `times.created`.
    pub(in super::super) fn path(&self) -> String {
        match &self.part {
            Some(part) => format!("{}.{}", part.member, self.name),
            None => self.name.to_string(),
        }
    }

    /// The column's name.
    pub(in super::super) fn column(&self) -> String {
        let prefix = self.part.as_ref().map_or("", |part| &part.prefix);
        match (&self.options.column, &self.target) {
            (Some(name), _) => format!("{prefix}{}", name.value()),
            (None, Some(_)) => format!("{}_id", self.text()),
            (None, None) => self.text(),
        }
    }

    /// A reference to its value in `self`.
    pub(in super::super) fn value(&self) -> TokenStream {
        let name = &self.name;
        match &self.part {
            None => quote!(&self.#name),
            Some(InPart { member, ty, number, .. }) => {
                quote!(<#ty as ::hyperdjango::orm::model::PartField<#number>>::value(&self.#member))
            }
        }
    }

    /// Whether the base type has this name, however it is reached.
    pub(in super::super) fn is_named(&self, name: &str) -> bool {
        matches!(&self.base, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
    }

    pub(in super::super) fn is_whole(&self) -> bool {
        matches!(&self.base, Type::Path(path) if ["i16", "i32", "i64"].iter().any(|int| path.path.is_ident(int)))
    }

    /// The type as it was written.
    pub(in super::super) fn written(&self) -> String {
        let base = self.base.to_token_stream();
        if self.nullable { format!("Option<{base}>") } else { base.to_string() }
    }
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
