//! Values as rows have them.

use std::time::Duration;

use bytes::Bytes;

use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::ttl::Ttl;
use crate::cache::value::{Content, Value};
use crate::db::{DatabaseError, Row};

/// How many bytes a value has at most. PostgreSQL has room for 1 GB in a row, and needs it several times meanwhile.
const MOST: usize = 256 * 1024 * 1024;

/// More than this is for ever: PostgreSQL's time ends in the year 294276.
const LONGEST: Duration = Duration::from_secs(200 * 366 * 24 * 60 * 60);

/// The columns `value` and `counter`.
pub(super) type Columns<'v> = (Option<&'v [u8]>, Option<i64>);

pub(super) fn columns(value: &Value) -> Columns<'_> {
    match value.content() {
        Content::Integer(number) => (None, Some(*number)),
        Content::Bytes(bytes) => (Some(bytes), None),
    }
}

/// Whether there is room for a value in a row.
///
/// # Errors
/// There is not.
pub(super) fn fits(key: &str, value: &Value) -> Result<(), CacheError> {
    if value.len() <= MOST {
        return Ok(());
    }
    let problem = format!("the value of `{key}` has {} bytes; a row takes {MOST}", value.len());
    Err(CacheError::new(CacheErrorKind::TooLarge, problem))
}

/// The value of a row, whose columns `value` and `counter` begin at this one.
pub(super) fn value(row: &Row, column: usize) -> Result<Value, DatabaseError> {
    Ok(Value::new(match row.try_get(column + 1)? {
        Some(number) => Content::Integer(number),
        None => {
            let bytes: Option<&[u8]> = row.try_get(column)?;
            Content::Bytes(Bytes::copy_from_slice(bytes.unwrap_or_default()))
        }
    }))
}

/// How long a value will be there, of the column with microseconds.
pub(super) fn left(row: &Row, column: usize) -> Result<Ttl, DatabaseError> {
    let microseconds: Option<i64> = row.try_get(column)?;
    Ok(microseconds.map_or(Ttl::Forever, |left| {
        Ttl::For(Duration::from_micros(u64::try_from(left).unwrap_or_default()))
    }))
}

/// How long a value is kept: not at all, or for so many microseconds, or for ever.
pub(super) enum Life {
    None,
    Microseconds(Option<i64>),
}

impl Life {
    pub(super) fn of(time: Option<Duration>) -> Self {
        match time {
            Some(Duration::ZERO) => Self::None,
            Some(time) if time < LONGEST => Self::Microseconds(i64::try_from(time.as_micros().max(1)).ok()),
            _ => Self::Microseconds(None),
        }
    }
}
