//! The types a column can have, a file for each family: how a value is read from PostgreSQL's binary format,
//! written from there to JSON without becoming a value in between, and declared in a table.

mod array;
mod binary;
#[doc(hidden)]
pub mod choices;
mod civil;
mod date_time;
#[cfg(feature = "decimal")]
mod decimal;
mod domain;
mod interval;
mod jsonb;
mod network;
mod nullable;
mod number;
mod range;
mod text;
mod ts_vector;

pub use cidr::IpInet;
use hyper_core::db::types::Type;
#[cfg(feature = "decimal")]
pub use rust_decimal::Decimal;

use crate::validation::Check;

pub use binary::Binary;
pub use choices::{Choices, UnknownChoice};
pub use date_time::write_timestamp;
#[cfg(feature = "decimal")]
pub use domain::Percent;
pub use domain::{Color, Duration, Email, Invalid, Money, Phone, Slug, Url};
#[cfg(feature = "encrypted")]
pub use domain::{Encrypted, EncryptionKeys, configure_encryption};
pub use interval::Interval;
pub use jsonb::Jsonb;
pub use network::{Cidr, MacAddr};
pub use range::{Range, RangeBound};
pub(crate) use text::write_json_str;
pub use ts_vector::{Lexeme, TsVector};

/// Why a value from the database could not be read; the column's name is added by whoever reads rows.
pub type DecodeError = std::borrow::Cow<'static, str>;

/// A type that can be a column.
///
/// Implemented for `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, `String`, `Vec<u8>`, `uuid::Uuid`,
/// `jiff::Timestamp`, `jiff::civil::Date`, `serde_json::Value` (as `jsonb`), and `Option` of each.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "PostgreSQL has no column for this",
    note = "column types are bool, i16, i32, i64, f32, f64, String, Vec<u8>, Uuid, Timestamp, Date, serde_json::Value, Option<_> of these, and ForeignKey<Model>"
)]
pub trait Field: Check + Sized + Send + Sync + 'static {
    /// The type without `Option`: what values are compared with.
    type Base: Field<Base = Self::Base>;
    /// The type with `Option`: what it becomes beyond a foreign key that can be NULL.
    type Nullable: Field<Base = Self::Base>;
    /// Whether NULL is one of its values.
    const NULLABLE: bool = false;
    /// Whether it is an array, so a `Vec` of anything but bytes.
    const IS_ARRAY: bool = false;
    /// PostgreSQL's type; for a type that is made by [`CREATE`](Self::CREATE), and has no number before, `text`.
    const TYPE: Type;
    /// PostgreSQL's type of arrays of it.
    const ARRAY: Type = panic!("there are no arrays of this type; keep them as `Jsonb<Vec<_>>`");
    /// How a table declares it, without `NOT NULL`. An array of it is declared by the same with `[]` behind.
    const DECLARATION: &'static str;
    /// The statement that makes the type in a database that may have it, for tables to be made after it.
    const CREATE: Option<&'static str> = None;
    /// The only values of the column, where they are few and it is text: what its table checks.
    const CHOICES: &'static [&'static str] = &[];
    /// Whether values can be compared in the database. What is encrypted differently each time cannot.
    const COMPARABLE: bool = true;

    /// Whether a column of this type can be read as this.
    fn accepts(ty: &Type) -> bool {
        *ty == Self::TYPE
    }

    /// Reads PostgreSQL's binary format.
    ///
    /// # Errors
    /// The bytes are not a value of this type.
    fn decode(raw: &[u8]) -> Result<Self, DecodeError>;

    /// The value for NULL.
    ///
    /// # Errors
    /// There is none, unless it is an `Option`.
    fn null() -> Result<Self, DecodeError> {
        Err("it is NULL in the database, and the field is not an `Option`".into())
    }

    /// Writes PostgreSQL's binary format as JSON.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError>;
}

/// Reads a fixed number of bytes.
pub(crate) fn fixed<const N: usize>(raw: &[u8]) -> Result<[u8; N], DecodeError> {
    raw.try_into().map_err(|_| DecodeError::from(format!("expected {N} bytes, got {}", raw.len())))
}

/// Writes a value's text as a JSON string; for texts in which nothing needs an escape.
pub(crate) fn write_quoted(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    use std::io::Write;
    // Writing to memory does not fail.
    let _ = write!(out, "\"{value}\"");
}

/// serde by `Display` and `FromStr`, and no rules.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::field::text::parse(deserializer)
            }
        }

        impl $crate::validation::Check for $type {}
    };
}
pub(crate) use serde_as_text;
