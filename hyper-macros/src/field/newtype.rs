//! `#[derive(Field)]`: a struct around a column's type is one of its own, which is not mistaken for another.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, Ident, Path, Result, Type};

use super::note;
use crate::diagnostic::unknown;

/// A struct with `#[derive(Field)]`.
pub(super) struct Newtype {
    name: Ident,
    inner: Type,
    /// `#[field(validate = path)]`
    validate: Option<Path>,
}

pub(super) fn read(input: DeriveInput) -> Result<Newtype> {
    let name = input.ident;
    let inner = match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.into_iter().next(),
            _ => None,
        },
        _ => None,
    };
    let Some(inner) = inner else {
        let message = format!(
            "a column's type is a struct around one value\n  help: struct {name}(String);\n  help: for an enum write `#[derive(Choices)]`"
        );
        return Err(Error::new(name.span(), message));
    };
    let mut errors = None;
    if !input.generics.params.is_empty() {
        note(&mut errors, Error::new(input.generics.span(), "a column's type cannot be generic"));
    }
    if let Type::Path(path) = &inner.ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Option"
    {
        let base = match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => {
                quote!(#arguments).to_string().replace(['<', '>', ' '], "")
            }
            _ => "i64".to_owned(),
        };
        let message = format!(
            "whether a column can be NULL is said by the field\n  help: struct {name}({base}); and a field of type `Option<{name}>`"
        );
        note(&mut errors, Error::new(inner.ty.span(), message));
    }
    let mut validate = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("validate") {
                validate = Some(meta.value()?.parse()?);
                return Ok(());
            }
            let written = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            Err(meta.error(unknown("option of a column's type", &written, &["validate"])))
        });
        if let Err(error) = read {
            note(&mut errors, error);
        }
    }
    errors.map_or(Ok(Newtype { name, inner: inner.ty, validate }), Err)
}

pub(super) fn emit(newtype: &Newtype) -> TokenStream {
    let Newtype { name, inner, validate } = newtype;
    // What the inner type has not is said where it stands.
    let field = quote_spanned!(inner.span()=> <#inner as ::hyperdjango::orm::field::Field>);
    let sql = quote_spanned!(inner.span()=> <#inner as ::hyperdjango::db::types::ToSql>);
    let checks = validate.as_ref().map(|validate| {
        quote_spanned! {validate.span()=>
            if let ::std::result::Result::Err(error) = #validate(&self.0) {
                errors.add(field, ::std::string::ToString::to_string(&error));
            }
        }
    });
    let refuses = validate.as_ref().map(|validate| {
        quote_spanned! {validate.span()=>
            if let ::std::result::Result::Err(error) = #validate(&inner) {
                let error = ::std::string::ToString::to_string(&error);
                return ::std::result::Result::Err(::hyperdjango::serde::de::Error::custom(error.trim_end_matches('.')));
            }
        }
    });
    let textual = matches!(inner, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "String"));
    let textual = textual.then(|| quote!(impl ::hyperdjango::orm::field::Textual for #name {}));
    quote! {
        #textual

        impl ::hyperdjango::orm::field::Field for #name {
            type Base = Self;
            type Kind = #field::Kind;
            type Nullable = ::std::option::Option<Self>;
            const IS_ARRAY: bool = #field::IS_ARRAY;
            const TYPE: ::hyperdjango::db::types::Type = #field::TYPE;
            const ARRAY: ::hyperdjango::db::types::Type = #field::ARRAY;
            const DECLARATION: &'static str = #field::DECLARATION;
            const CREATE: ::std::option::Option<&'static str> = #field::CREATE;
            const CHOICES: &'static [&'static str] = #field::CHOICES;

            fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
                #field::accepts(ty)
            }

            fn decode(raw: &[u8]) -> ::std::result::Result<Self, ::hyperdjango::orm::field::DecodeError> {
                #field::decode(raw).map(Self)
            }

            fn write_json(
                raw: &[u8],
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::std::result::Result<(), ::hyperdjango::orm::field::DecodeError> {
                #field::write_json(raw, out)
            }
        }

        impl ::hyperdjango::db::types::ToSql for #name {
            fn to_sql(
                &self,
                ty: &::hyperdjango::db::types::Type,
                out: &mut ::hyperdjango::db::types::private::BytesMut,
            ) -> ::std::result::Result<
                ::hyperdjango::db::types::IsNull,
                ::std::boxed::Box<dyn ::std::error::Error + ::std::marker::Sync + ::std::marker::Send>,
            > {
                #sql::to_sql(&self.0, ty, out)
            }

            fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
                #sql::accepts(ty)
            }

            ::hyperdjango::db::types::to_sql_checked!();
        }

        impl ::hyperdjango::orm::validation::Check for #name {
            fn check(
                &self,
                rules: &::hyperdjango::orm::validation::Rules,
                field: &'static str,
                errors: &mut ::hyperdjango::ValidationErrors,
            ) {
                ::hyperdjango::orm::validation::Check::check(&self.0, rules, field, errors);
                #checks
            }
        }

        impl ::hyperdjango::serde::Serialize for #name {
            fn serialize<S: ::hyperdjango::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                ::hyperdjango::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> ::hyperdjango::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::hyperdjango::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let inner = <#inner as ::hyperdjango::serde::Deserialize<'de>>::deserialize(deserializer)?;
                #refuses
                ::std::result::Result::Ok(Self(inner))
            }
        }
    }
}
