//! JSON of columns whose types are known at run time only.

use hyper_core::db::types::Type;
use hyper_core::db::{Column, DatabaseError};

use super::RowReader;
use crate::field::{DecodeError, Field, write_json_str};

type Writer = fn(&[u8], &mut Vec<u8>) -> Result<(), DecodeError>;

/// How each column is written: decided once for all rows.
pub(crate) struct AnyJson(Vec<(String, Writer)>);

impl AnyJson {
    pub(crate) fn new(columns: &[Column]) -> Result<Self, String> {
        let members = columns.iter().map(|column| {
            let mut name = Vec::new();
            write_json_str(column.name(), &mut name);
            let writer = writer(column.type_()).ok_or_else(|| {
                let (name, ty) = (column.name(), column.type_());
                format!("column `{name}` is `{ty}`, which has no JSON of its own; cast it: `{name}::text`")
            })?;
            Ok((String::from_utf8_lossy(&name).into_owned(), writer))
        });
        members.collect::<Result<_, String>>().map(Self)
    }

    pub(crate) fn write(&self, row: &mut RowReader<'_>, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        out.push(b'{');
        for (i, (name, writer)) in self.0.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            row.write_json_by(*writer, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

fn writer(ty: &Type) -> Option<Writer> {
    macro_rules! first_of {
        ($($field:ty),+ $(,)?) => {
            $(if <$field as Field>::accepts(ty) {
                return Some(<$field as Field>::write_json);
            })+
        };
    }
    macro_rules! with_arrays {
        ($($field:ty),+ $(,)?) => {{
            first_of!($($field),+);
            first_of!($(Vec<Option<$field>>),+);
        }};
    }
    with_arrays!(
        i64,
        i32,
        String,
        bool,
        f64,
        jiff::Timestamp,
        jiff::civil::Date,
        uuid::Uuid,
        i16,
        f32,
        serde_json::Value,
        jiff::civil::DateTime,
        jiff::civil::Time,
        crate::field::Interval,
        std::net::IpAddr,
    );
    first_of!(Vec<u8>, crate::field::Cidr, crate::field::MacAddr, crate::field::TsVector);
    #[cfg(feature = "decimal")]
    with_arrays!(rust_decimal::Decimal);
    None
}
