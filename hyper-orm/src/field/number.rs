//! Whole numbers, floating-point numbers and `bool`.

use hyper_core::db::types::Type;

use super::digits::write_i64;
use super::{DecodeError, Field, Single, fixed};

macro_rules! integer {
    ($($rust:ty, $pg:ident, $array:ident, $declaration:literal;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $rust {
            type Base = Self;
            type Kind = Single;
            type Nullable = Option<Self>;
            const TYPE: Type = Type::$pg;
            const ARRAY: Type = Type::$array;
            const DECLARATION: &'static str = $declaration;

            fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
                Ok(Self::from_be_bytes(fixed(raw)?))
            }

            fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
                write_i64(Self::decode(raw)?.into(), out);
                Ok(())
            }
        }
    )+};
}

integer! {
    i16, INT2, INT2_ARRAY, "smallint";
    i32, INT4, INT4_ARRAY, "integer";
    i64, INT8, INT8_ARRAY, "bigint";
}

macro_rules! float {
    ($($rust:ty, $pg:ident, $array:ident, $declaration:literal;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $rust {
            type Base = Self;
            type Kind = Single;
            type Nullable = Option<Self>;
            const TYPE: Type = Type::$pg;
            const ARRAY: Type = Type::$array;
            const DECLARATION: &'static str = $declaration;

            fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
                Ok(Self::from_be_bytes(fixed(raw)?))
            }

            /// JSON has no infinities and no NaN: they become `null`, as serde_json has it.
            fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
                let value = Self::decode(raw)?;
                if value.is_finite() {
                    out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
                } else {
                    out.extend_from_slice(b"null");
                }
                Ok(())
            }
        }
    )+};
}

float! {
    f32, FLOAT4, FLOAT4_ARRAY, "real";
    f64, FLOAT8, FLOAT8_ARRAY, "double precision";
}

#[diagnostic::do_not_recommend]
impl Field for bool {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::BOOL;
    const ARRAY: Type = Type::BOOL_ARRAY;
    const DECLARATION: &'static str = "boolean";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(fixed::<1>(raw)?[0] != 0)
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.extend_from_slice(if Self::decode(raw)? { b"true" } else { b"false" });
        Ok(())
    }
}
