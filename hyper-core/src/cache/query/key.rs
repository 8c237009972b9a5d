//! What a cached result is found by: the statement and the values in it, as PostgreSQL would get them.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, Type};

use crate::db::{Param, Sql};

/// The types a value is tried as, one after the other. It is the bytes that tell values apart: whichever of them a
/// value can be written as does.
const TYPES: [Type; 36] = [
    Type::INT8,
    Type::INT4,
    Type::TEXT,
    Type::BOOL,
    Type::INT2,
    Type::UUID,
    Type::TIMESTAMPTZ,
    Type::FLOAT8,
    Type::DATE,
    Type::NUMERIC,
    Type::INT8_ARRAY,
    Type::INT4_ARRAY,
    Type::TEXT_ARRAY,
    Type::TIMESTAMP,
    Type::FLOAT4,
    Type::BYTEA,
    Type::JSONB,
    Type::JSON,
    Type::TIME,
    Type::INTERVAL,
    Type::INET,
    Type::CIDR,
    Type::MACADDR,
    Type::UUID_ARRAY,
    Type::BOOL_ARRAY,
    Type::INT2_ARRAY,
    Type::FLOAT8_ARRAY,
    Type::FLOAT4_ARRAY,
    Type::TIMESTAMPTZ_ARRAY,
    Type::DATE_ARRAY,
    Type::NUMERIC_ARRAY,
    Type::INT4_RANGE,
    Type::INT8_RANGE,
    Type::TS_RANGE,
    Type::TSTZ_RANGE,
    Type::DATE_RANGE,
];

/// A statement with its values. Two are equal only if all of both is.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct QueryKey {
    hash: u64,
    sql: Arc<str>,
    values: Box<[u8]>,
}

impl Hash for QueryKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl QueryKey {
    /// None if a value is of a type that is not known here.
    pub(super) fn new(sql: &Sql<'_>, text: &Arc<str>, params: &[Param<'_>]) -> Option<Self> {
        let mut values = BytesMut::with_capacity(params.len() * 16);
        for param in params {
            write(*param, &mut values)?;
        }
        let hash = sql.key ^ twox_hash::XxHash3_64::oneshot(&values);
        Some(Self { hash, sql: text.clone(), values: values.as_ref().into() })
    }

    /// How many bytes it takes.
    pub(super) fn weight(&self) -> u64 {
        64 + self.values.len() as u64
    }
}

/// Writes a value behind others, with its type and length.
fn write(param: Param<'_>, values: &mut BytesMut) -> Option<()> {
    let start = values.len();
    for (i, ty) in TYPES.iter().enumerate() {
        values.truncate(start);
        values.extend_from_slice(&[i as u8, 0, 0, 0, 0]);
        match param.to_sql_checked(ty, values) {
            Ok(IsNull::Yes) => values[start] = u8::MAX,
            Ok(IsNull::No) => {}
            Err(_) => continue,
        }
        let length = u32::try_from(values.len() - start - 5).ok()?;
        values[start + 1..start + 5].copy_from_slice(&length.to_le_bytes());
        return Some(());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(params: &[Param<'_>]) -> Option<QueryKey> {
        let sql = Sql::new("SELECT $1, $2");
        QueryKey::new(&sql, &sql.text.into(), params)
    }

    #[test]
    fn different_values_are_different_keys() {
        let none: Option<i64> = None;
        let all: [&[Param<'_>]; 9] = [
            &[&1_i64, &2_i64],
            &[&2_i64, &1_i64],
            &[&1_i32, &2_i32],
            &[&"1", &"2"],
            &[&"12", &""],
            &[&none, &1_i64],
            &[&1_i64, &none],
            &[&vec!["1", "2"], &""],
            &[&1.5_f64, &true],
        ];
        for (i, one) in all.iter().enumerate() {
            for (j, other) in all.iter().enumerate() {
                assert_eq!(key(one).unwrap() == key(other).unwrap(), i == j, "{one:?} {other:?}");
            }
        }
        assert!(key(&[&"a".to_owned(), &"b"]) == key(&[&"a", &"b"]), "by the bytes, not by the type in Rust");
        assert!(key(&[&std::time::SystemTime::UNIX_EPOCH, &1_i64]).is_some());
    }
}
