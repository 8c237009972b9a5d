//! Arrays: `Vec` of any column type, and of `Option` of one where elements can be NULL. Bytes are no array but `bytea`.

use std::marker::PhantomData;

use hyper_core::db::types::{Kind, Type};

use super::kind::Element;
use super::{DecodeError, Field, fixed};

#[diagnostic::do_not_recommend]
impl<T: Field<Kind: Element>> Field for Vec<T> {
    type Base = Self;
    type Kind = <T::Kind as Element>::Array;
    type Nullable = Option<Self>;
    const IS_ARRAY: bool = true;
    const TYPE: Type = T::ARRAY;
    const ARRAY: Type =
        panic!("PostgreSQL does not tell arrays of arrays from arrays: use `Jsonb<Vec<Vec<_>>>`");
    const DECLARATION: &'static str = Declared::<T>::TEXT;
    const CREATE: Option<&'static str> = T::CREATE;
    const CHOICES: &'static [&'static str] = T::CHOICES;

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Array(element) if T::accepts(element))
    }

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let elements = Elements::new(raw)?;
        let mut all = Self::with_capacity(elements.left);
        for element in elements {
            all.push(match element? {
                Some(raw) => T::decode(raw)?,
                None => T::null().map_err(|_| null())?,
            });
        }
        Ok(all)
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.push(b'[');
        for (i, element) in Elements::new(raw)?.enumerate() {
            if i > 0 {
                out.push(b',');
            }
            match element? {
                Some(raw) => T::write_json(raw, out)?,
                None if T::NULLABLE => out.extend_from_slice(b"null"),
                None => return Err(null()),
            }
        }
        out.push(b']');
        Ok(())
    }
}

fn null() -> DecodeError {
    "an element is NULL in the database, and the field is no `Vec<Option<_>>`".into()
}

/// The elements of an array in PostgreSQL's binary format: how many dimensions, whether there are NULLs, the type; for
/// each dimension its length and its first index; then each element behind its length, which is -1 for NULL.
struct Elements<'r> {
    raw: &'r [u8],
    left: usize,
}

impl<'r> Elements<'r> {
    fn new(raw: &'r [u8]) -> Result<Self, DecodeError> {
        let (head, raw) = raw.split_first_chunk::<12>().ok_or_else(short)?;
        match i32::from_be_bytes(fixed(&head[..4])?) {
            0 => Ok(Self { raw, left: 0 }),
            1 => {
                let (dimension, raw) = raw.split_first_chunk::<8>().ok_or_else(short)?;
                let length = i32::from_be_bytes(fixed(&dimension[..4])?);
                // Each has four bytes at least: a length that lies reserves no memory.
                let left = usize::try_from(length).ok().filter(|&length| length <= raw.len() / 4);
                Ok(Self { raw, left: left.ok_or_else(short)? })
            }
            dimensions => Err(format!(
                "it is an array of {dimensions} dimensions, and a `Vec` has one; unnest it in the database"
            )
            .into()),
        }
    }
}

impl<'r> Iterator for Elements<'r> {
    type Item = Result<Option<&'r [u8]>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(take(&mut self.raw))
    }
}

/// The next value behind its length, or `None` for NULL.
pub(super) fn take<'r>(raw: &mut &'r [u8]) -> Result<Option<&'r [u8]>, DecodeError> {
    let (length, rest) = raw.split_first_chunk::<4>().ok_or_else(short)?;
    let length = i32::from_be_bytes(*length);
    if length < 0 {
        *raw = rest;
        return Ok(None);
    }
    let (value, rest) = rest.split_at_checked(length.unsigned_abs() as usize).ok_or_else(short)?;
    *raw = rest;
    Ok(Some(value))
}

fn short() -> DecodeError {
    "it ends too early".into()
}

/// `T`'s declaration with `[]` behind.
struct Declared<T>(PhantomData<T>);

impl<T: Field> Declared<T> {
    const BYTES: [u8; 128] = {
        let (name, mut bytes) = (T::DECLARATION.as_bytes(), [0; 128]);
        assert!(name.len() <= 126, "no type's name is that long");
        let (text, rest) = bytes.split_at_mut(name.len());
        text.copy_from_slice(name);
        rest[0] = b'[';
        rest[1] = b']';
        bytes
    };
    const TEXT: &'static str = match std::str::from_utf8(Self::BYTES.split_at(T::DECLARATION.len() + 2).0) {
        Ok(text) => text,
        Err(_) => panic!("names are UTF-8"),
    };
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use hyper_core::db::types::ToSql;
    use proptest::prelude::*;

    use super::*;

    fn wire<T: Field<Kind: Element> + ToSql>(values: &Vec<T>) -> BytesMut {
        let mut out = BytesMut::new();
        values.to_sql(&<Vec<T>>::TYPE, &mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn arrays_read_back(values in proptest::collection::vec(any::<Option<i32>>(), 0..9), texts: Vec<String>) {
            prop_assert_eq!(&<Vec<Option<i32>>>::decode(&wire(&values)).unwrap(), &values);
            let mut out = Vec::new();
            <Vec<Option<i32>>>::write_json(&wire(&values), &mut out).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&values).unwrap());
            prop_assert_eq!(&<Vec<String>>::decode(&wire(&texts)).unwrap(), &texts);
        }

        #[test]
        fn broken_arrays_are_refused_not_trusted(raw: Vec<u8>, cut in 0_usize..40, values: Vec<i64>) {
            let _ = <Vec<i64>>::decode(&raw);
            let whole = wire(&values);
            if cut < whole.len() && !values.is_empty() {
                prop_assert!(<Vec<i64>>::decode(&whole[..whole.len() - cut - 1]).is_err());
            }
        }
    }

    #[test]
    fn declarations_and_nulls() {
        assert_eq!(<Vec<f64>>::DECLARATION, "double precision[]");
        assert_eq!(<Option<Vec<Option<i64>>>>::DECLARATION, "bigint[]");
        assert_eq!(<Vec<u8>>::DECLARATION, "bytea");
        assert_eq!(<Vec<Vec<u8>>>::DECLARATION, "bytea[]");
        assert!(<Vec<i32>>::decode(&wire(&vec![None::<i32>])).is_err());
        let lying = [&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23][..], &[127, 255, 255, 255, 0, 0, 0, 1]].concat();
        assert!(<Vec<i32>>::decode(&lying).is_err());
    }
}
