//! `Option`: columns that can be NULL.

use hyper_core::db::types::Type;

use super::{DecodeError, Field};

#[diagnostic::do_not_recommend]
impl<T: Field<Base = T>> Field for Option<T> {
    type Base = T;
    type Kind = T::Kind;
    type Nullable = Self;
    const NULLABLE: bool = true;
    const IS_ARRAY: bool = T::IS_ARRAY;
    const TYPE: Type = T::TYPE;
    const ARRAY: Type = T::ARRAY;
    const DECLARATION: &'static str = T::DECLARATION;
    const CREATE: Option<&'static str> = T::CREATE;
    const CHOICES: &'static [&'static str] = T::CHOICES;

    fn accepts(ty: &Type) -> bool {
        T::accepts(ty)
    }

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        T::decode(raw).map(Some)
    }

    fn null() -> Result<Self, DecodeError> {
        Ok(None)
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        T::write_json(raw, out)
    }
}
