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
mod digits;
mod domain;
mod escape;
mod interval;
mod jsonb;
mod kind;
mod network;
mod nullable;
mod number;
mod range;
mod range_json;
mod text;
mod ts_vector;

pub use cidr::IpInet;
use hyper_core::db::types::Type;
#[cfg(feature = "decimal")]
pub use rust_decimal::Decimal;

use crate::expr::function::Carries;
use crate::validation::Check;

pub use binary::Binary;
pub use choices::{Choices, UnknownChoice};
pub use date_time::write_timestamp;
#[cfg(feature = "decimal")]
pub use domain::Percent;
pub use domain::{Color, Duration, Email, Invalid, Money, Phone, Slug, Url};
#[cfg(feature = "encrypted")]
pub use domain::{Encrypted, EncryptionKeys, configure_encryption};
pub(crate) use escape::write_json_str;
pub use interval::Interval;
pub use jsonb::Jsonb;
pub use kind::{Array, Comparable, Element, Sealed, Single};
pub use network::{Cidr, MacAddr};
pub use range::{Range, RangeBound};
pub use ts_vector::{Lexeme, TsVector};

/// Why a value from the database could not be read; the column's name is added by whoever reads rows.
pub type DecodeError = std::borrow::Cow<'static, str>;

/// A type that can be a column.
///
/// | type | column |
/// |---|---|
/// | `bool` | `boolean` |
/// | `i16`, `i32`, `i64` | `smallint`, `integer`, `bigint` |
/// | `f32`, `f64` | `real`, `double precision` |
/// | `rust_decimal::Decimal`, with the feature `decimal` | `numeric` |
/// | `String` | `text` |
/// | `Vec<u8>`, [`Binary`] | `bytea` |
/// | `uuid::Uuid` | `uuid` |
/// | `jiff::Timestamp` | `timestamptz` |
/// | `jiff::civil::{DateTime, Date, Time}` | `timestamp`, `date`, `time` |
/// | [`Interval`], [`Duration`] | `interval` |
/// | `serde_json::Value`, [`Jsonb<T>`](Jsonb) | `jsonb`; `json` is read as well |
/// | `std::net::IpAddr`, [`IpInet`], [`Cidr`], [`MacAddr`] | `inet`, `inet` with a network, `cidr`, `macaddr` |
/// | [`Range<T>`](Range) | `int4range`, `int8range`, `numrange`, `tsrange`, `tstzrange`, `daterange` |
/// | [`TsVector`] | `tsvector` |
/// | `Vec<T>`, `Vec<Option<T>>` of each but `Vec` | arrays |
/// | [`Money`], [`Email`], [`Url`], [`Slug`], [`Phone`], [`Color`], [`Percent`], [`Encrypted`] | what each says |
/// | enums by `#[derive(Choices)]` | [`Choices`] |
/// | structs around one of them, by `#[derive(Field)]` | that one's |
/// | `Option` of each | the same, can be NULL |
///
/// `#[derive(Field)]` makes a type of its own out of another: it is compared with itself only, and a check that it names
/// holds for what comes in by serde and for what is written.
///
/// ```
/// use hyperdjango::prelude::*;
///
/// #[derive(Field, Debug, Clone, PartialEq)]
/// #[field(validate = check)]
/// pub struct Isbn(String);
///
/// fn check(text: &str) -> std::result::Result<(), &'static str> {
///     if text.len() == 13 { Ok(()) } else { Err("An ISBN has 13 digits.") }
/// }
///
/// #[derive(Model)]
/// #[model(table = "books")]
/// pub struct Book {
///     #[field(primary_key)]
///     pub isbn: Isbn,
///     pub tags: Vec<String>,
/// }
///
/// let query = Book::objects().filter(Book.isbn.eq(Isbn("9780131103627".into())));
/// assert!(query.sql().ends_with(r#" FROM "books" WHERE "books"."isbn" = $1"#));
/// ```
///
/// A type that implements this by hand also implements `ToSql`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "PostgreSQL has no column for this",
    note = "column types are bool, i16, i32, i64, f32, f64, Decimal, String, Binary, Uuid, Timestamp, DateTime, Date, Time, Interval, Jsonb<_>, IpAddr, Range<_>, Option<_> and Vec<_> of these, and ForeignKey<Model>",
    note = "an enum becomes one by `#[derive(Choices)]`, a struct around one of these by `#[derive(Field)]`; anything else, arrays of arrays too, is kept as `Jsonb<_>`"
)]
pub trait Field: Check + Sized + Send + Sync + 'static {
    /// The type without `Option`: what values are compared with.
    type Base: Field<Base = Self::Base>;
    /// Whether it is a [`Single`] value, an [`Array`] of them, or [`Sealed`].
    type Kind;
    /// The type with `Option`: what it becomes beyond a foreign key that can be NULL.
    type Nullable: Carries<Base = Self::Base>;
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

/// A column type that is text, in which there is something to look for: `icontains` and its kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text: `icontains`, `startswith` and their kind are for text columns",
    label = "called on a column that is no text",
    note = "a number, date or uuid is made a text by `.cast::<String>()` before: `Post.score.cast::<String>().startswith(\"5\")`"
)]
pub trait Textual: Field {}

impl Textual for String {}

/// Reads a fixed number of bytes.
pub(crate) fn fixed<const N: usize>(raw: &[u8]) -> Result<[u8; N], DecodeError> {
    raw.try_into().map_err(|_| length_problem(N, raw.len()))
}

#[cold]
fn length_problem(expected: usize, got: usize) -> DecodeError {
    format!("expected {expected} bytes, got {got}").into()
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
