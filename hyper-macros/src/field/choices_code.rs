//! The code beside an enum of choices.

use proc_macro2::TokenStream;
use quote::quote;

use super::choices::Choices;

pub(super) fn emit(choices: &Choices) -> TokenStream {
    let Choices { name, native, variants } = choices;
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let values: Vec<_> = variants.iter().map(|variant| &variant.value).collect();
    let labels = variants.iter().map(|variant| &variant.label);
    let index = 0..variants.len();
    let column = match native {
        None => quote! {
            const DECLARATION: &'static str = "text";
            const CHOICES: &'static [&'static str] = <Self as ::hyperdjango::orm::field::Choices>::VALUES;

            fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
                <::std::string::String as ::hyperdjango::orm::field::Field>::accepts(ty)
            }
        },
        Some(native) => {
            let (declaration, create) = (format!("\"{native}\""), create(native, &values));
            quote! {
                const DECLARATION: &'static str = #declaration;
                const CREATE: ::std::option::Option<&'static str> = ::std::option::Option::Some(#create);

                fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
                    ty.name() == #native
                }
            }
        }
    };
    quote! {
        impl ::hyperdjango::orm::field::Choices for #name {
            const ALL: &'static [Self] = &[#(Self::#names),*];
            const VALUES: &'static [&'static str] = &[#(#values),*];
            const LABELS: &'static [&'static str] = &[#(#labels),*];

            fn index(&self) -> usize {
                match self {
                    #(Self::#names => #index,)*
                }
            }

            fn from_value(value: &str) -> ::std::option::Option<Self> {
                match value {
                    #(#values => ::std::option::Option::Some(Self::#names),)*
                    _ => ::std::option::Option::None,
                }
            }
        }

        impl ::hyperdjango::orm::field::Field for #name {
            type Base = Self;
            type Kind = ::hyperdjango::orm::field::Single;
            type Nullable = ::std::option::Option<Self>;
            const TYPE: ::hyperdjango::db::types::Type = ::hyperdjango::db::types::Type::TEXT;
            const ARRAY: ::hyperdjango::db::types::Type = ::hyperdjango::db::types::Type::TEXT_ARRAY;
            #column

            fn decode(raw: &[u8]) -> ::std::result::Result<Self, ::hyperdjango::orm::field::DecodeError> {
                ::hyperdjango::orm::field::choices::decode(raw)
            }

            fn write_json(
                raw: &[u8],
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::std::result::Result<(), ::hyperdjango::orm::field::DecodeError> {
                ::hyperdjango::orm::field::choices::write_json::<Self>(raw, out)
            }
        }

        impl ::hyperdjango::db::types::ToSql for #name {
            fn to_sql(
                &self,
                _: &::hyperdjango::db::types::Type,
                out: &mut ::hyperdjango::db::types::private::BytesMut,
            ) -> ::std::result::Result<
                ::hyperdjango::db::types::IsNull,
                ::std::boxed::Box<dyn ::std::error::Error + ::std::marker::Sync + ::std::marker::Send>,
            > {
                ::hyperdjango::orm::field::choices::encode(self, out);
                ::std::result::Result::Ok(::hyperdjango::db::types::IsNull::No)
            }

            fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
                <Self as ::hyperdjango::orm::field::Field>::accepts(ty)
            }

            ::hyperdjango::db::types::to_sql_checked!();
        }

        impl ::hyperdjango::orm::validation::Check for #name {}

        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(::hyperdjango::orm::field::Choices::value(self))
            }
        }

        impl ::std::str::FromStr for #name {
            type Err = ::hyperdjango::orm::field::UnknownChoice;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::hyperdjango::orm::field::choices::parse(text)
            }
        }

        impl ::hyperdjango::http::PathParam for #name {
            fn parse(text: &str) -> ::std::option::Option<Self> {
                ::hyperdjango::orm::field::Choices::from_value(text)
            }

            fn text(&self) -> ::std::string::String {
                ::std::string::ToString::to_string(self)
            }
        }

        impl ::hyperdjango::serde::Serialize for #name {
            fn serialize<S: ::hyperdjango::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(::hyperdjango::orm::field::Choices::value(self))
            }
        }

        impl<'de> ::hyperdjango::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::hyperdjango::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::hyperdjango::orm::field::choices::deserialize(deserializer)
            }
        }
    }
}

/// Makes the type where it is missing. `CREATE TYPE` has no `IF NOT EXISTS`.
fn create(native: &str, values: &[&String]) -> String {
    let labels: Vec<_> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    format!(
        "DO $choices$ BEGIN CREATE TYPE \"{native}\" AS ENUM ({}); EXCEPTION WHEN duplicate_object THEN NULL; END $choices$;\n",
        labels.join(", ")
    )
}
