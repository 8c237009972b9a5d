//! The types a column can have, a file for each family: how a value is read from PostgreSQL's binary format,
//! written from there to JSON without becoming a value in between, and declared in a table.

mod binary;
mod date_time;
mod json_value;
mod nullable;
mod number;
mod text;

use hyper_core::db::types::Type;

pub use date_time::write_timestamp;
pub(crate) use text::write_json_str;

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
pub trait Field: Sized + Send + 'static {
    /// The type without `Option`: what values are compared with.
    type Base: Field<Base = Self::Base>;
    /// The type with `Option`: what it becomes beyond a foreign key that can be NULL.
    type Nullable: Field<Base = Self::Base>;
    /// Whether NULL is one of its values.
    const NULLABLE: bool = false;
    /// PostgreSQL's type.
    const TYPE: Type;
    /// How a table declares it, without `NOT NULL`.
    const DECLARATION: &'static str;

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
