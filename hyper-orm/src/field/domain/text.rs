//! What all texts with a meaning have in common.

/// Defines a text of at most so many characters that `$check` accepts, and what makes it a column.
macro_rules! text_of_a_kind {
    ($(#[$doc:meta])* $name:ident, $most:literal, $declaration:literal, $check:expr, $sentence:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Most characters.
            pub const MAX_LENGTH: usize = $most;

            /// Takes a text.
            ///
            /// # Errors
            /// In a sentence what it should be.
            pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
                let text = text.into();
                Self::valid(&text)?;
                Ok(Self(text))
            }

            fn valid(text: &str) -> Result<(), Invalid> {
                let check: fn(&str) -> bool = $check;
                // A text of megabytes is refused by its length, before anything is looked at.
                let fits = text.len() <= $most * 4 && text.chars().count() <= $most && !text.contains('\0');
                if fits && check(text) { Ok(()) } else { Err(Invalid::new($sentence)) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Invalid;

            fn try_from(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::field::text::parse(deserializer)
            }
        }

        impl $crate::validation::Check for $name {
            fn check(
                &self,
                rules: &$crate::validation::Rules,
                field: &'static str,
                errors: &mut hyper_core::ValidationErrors,
            ) {
                rules.text(&self.0, field, errors);
                if let Err(error) = Self::valid(&self.0) {
                    errors.add(field, error.0);
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::field::Field for $name {
            type Base = Self;
            type Kind = $crate::field::Single;
            type Nullable = Option<Self>;
            const TYPE: hyper_core::db::types::Type = hyper_core::db::types::Type::VARCHAR;
            const ARRAY: hyper_core::db::types::Type = hyper_core::db::types::Type::VARCHAR_ARRAY;
            const DECLARATION: &'static str = $declaration;

            fn accepts(ty: &hyper_core::db::types::Type) -> bool {
                <String as $crate::field::Field>::accepts(ty)
            }

            fn decode(raw: &[u8]) -> Result<Self, $crate::field::DecodeError> {
                <String as $crate::field::Field>::decode(raw).map(Self)
            }

            fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), $crate::field::DecodeError> {
                <String as $crate::field::Field>::write_json(raw, out)
            }
        }

        impl $crate::field::Textual for $name {}

        $crate::field::domain::text::sql_by!($name, |this| this.0);
    };
}

/// Goes into statements as what is inside.
macro_rules! sql_by {
    ($name:ident, |$this:ident| $inner:expr) => {
        impl hyper_core::db::types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &hyper_core::db::types::Type,
                out: &mut bytes::BytesMut,
            ) -> Result<hyper_core::db::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                let $this = self;
                $inner.to_sql(ty, out)
            }

            fn accepts(ty: &hyper_core::db::types::Type) -> bool {
                <Self as $crate::field::Field>::accepts(ty)
            }

            hyper_core::db::types::to_sql_checked!();
        }
    };
}

pub(crate) use {sql_by, text_of_a_kind};
