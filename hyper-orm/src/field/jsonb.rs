//! JSON in a column: any, or what serde makes a type of the program's of.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytes::{BufMut, BytesMut};
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{DecodeError, Field, Single};
use crate::validation::Check;

#[diagnostic::do_not_recommend]
impl Field for Value {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::JSONB;
    const ARRAY: Type = Type::JSONB_ARRAY;
    const DECLARATION: &'static str = "jsonb";

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::JSONB | Type::JSON)
    }

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        serde_json::from_slice(text(raw)?).map_err(|error| error.to_string().into())
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.extend_from_slice(text(raw)?);
        Ok(())
    }
}

/// The text of `jsonb`, which stands behind its version, 1, or of `json`, in which no such byte can be.
fn text(raw: &[u8]) -> Result<&[u8], DecodeError> {
    match raw {
        [1, text @ ..] => Ok(text),
        [0 | 2..=8, ..] | [] => Err("it is not jsonb of version 1".into()),
        text => Ok(text),
    }
}

/// A `jsonb` column that holds a `T`, written and read by serde.
///
/// What does not fit `T` when it is read is an error that says so. In JSON it is what serde makes of the `T`.
///
/// ```
/// # use hyperdjango::prelude::*;
/// use hyperdjango::orm::field::Jsonb;
/// use hyperdjango::serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Serialize, Deserialize)]
/// #[serde(crate = "hyperdjango::serde")]
/// struct Address {
///     street: String,
///     city: String,
/// }
///
/// #[derive(Model)]
/// struct Customer {
///     #[field(primary_key)]
///     id: i64,
///     address: Jsonb<Address>,
/// }
///
/// fn city(customer: &Customer) -> &str {
///     &customer.address.city
/// }
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jsonb<T>(pub T);

impl<T> Deref for Jsonb<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Jsonb<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Jsonb<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: fmt::Debug> fmt::Debug for Jsonb<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Serialize> Serialize for Jsonb<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Jsonb<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T> Check for Jsonb<T> {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Field for Jsonb<T> {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::JSONB;
    const ARRAY: Type = Type::JSONB_ARRAY;
    const DECLARATION: &'static str = "jsonb";

    fn accepts(ty: &Type) -> bool {
        <Value as Field>::accepts(ty)
    }

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        serde_json::from_slice(text(raw)?)
            .map(Self)
            .map_err(|error| format!("it does not fit `{}`: {error}", std::any::type_name::<T>()).into())
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        serde_json::to_writer(out, &Self::decode(raw)?).map_err(|error| error.to_string().into())
    }
}

impl<T: Serialize + fmt::Debug> ToSql for Jsonb<T> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        if *ty == Type::JSONB {
            out.put_u8(1);
        }
        serde_json::to_writer(out.writer(), &self.0)?;
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::JSONB | Type::JSON)
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_postgresqls_types_are_read() {
        assert_eq!(Value::decode(b"\x01{\"a\":1}").unwrap(), serde_json::json!({"a": 1}));
        assert_eq!(Value::decode(b" [1]").unwrap(), serde_json::json!([1]));
        for broken in [&b""[..], b"\x02{}", b"\x01", b"\x01{"] {
            assert!(Value::decode(broken).is_err());
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let error = Jsonb::<Vec<u32>>::decode(b"\x01[-1]").unwrap_err();
        assert!(
            error.starts_with("it does not fit `alloc::vec::Vec<u32>`: invalid value: integer `-1`"),
            "{error}"
        );
    }
}
