//! What a cache holds: bytes, whatever they stand for.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::CacheError;
use super::stampede::payload;

/// A value as backends have it. Its clones share one memory.
///
/// A whole number is kept as one, so that [`incr`](super::CacheBackend::incr) finds it; everything else is MessagePack with
/// the names of its fields, so that a struct that has got a field more is read as well, or is a miss.
#[derive(Clone)]
pub struct Value(Arc<Inner>);

struct Inner {
    content: Content,
    /// What it was decoded to, by who asked first.
    decoded: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// What a [`Value`] is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A whole number.
    Integer(i64),
    /// Anything else.
    Bytes(Bytes),
}

impl Value {
    /// A value that has been encoded.
    #[must_use]
    pub fn new(content: Content) -> Self {
        Self(Arc::new(Inner { content, decoded: OnceLock::new() }))
    }

    /// Encodes a value.
    ///
    /// # Errors
    /// What serde reports.
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Self, CacheError> {
        let bytes = rmp_serde::to_vec_named(value).map_err(|error| CacheError::encode::<T>(error))?;
        Ok(Self::new(match integer(&bytes) {
            Some(number) => Content::Integer(number),
            None => Content::Bytes(bytes.into()),
        }))
    }

    /// Reads it as a type.
    ///
    /// # Errors
    /// That it is none of this type: as a rule it was put there by another version of the program.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, CacheError> {
        match &self.0.content {
            Content::Bytes(bytes) => {
                rmp_serde::from_slice(payload(bytes)).map_err(|error| CacheError::decode::<T>(error))
            }
            Content::Integer(number) => {
                // The longest number has a mark and eight bytes.
                let mut bytes = [0; 9];
                let mut rest = &mut bytes[..];
                rmp_serde::encode::write(&mut rest, number).map_err(CacheError::encode::<i64>)?;
                let length = 9 - rest.len();
                rmp_serde::from_slice(&bytes[..length]).map_err(|error| CacheError::decode::<T>(error))
            }
        }
    }

    /// Reads it as a type, once for all who share it.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn shared<T: DeserializeOwned + Send + Sync + 'static>(&self) -> Result<Arc<T>, CacheError> {
        if let Some(Ok(decoded)) = self.0.decoded.get().map(|decoded| Arc::downcast(Arc::clone(decoded))) {
            return Ok(decoded);
        }
        let decoded = Arc::new(self.decode::<T>()?);
        let _ = self.0.decoded.set(Arc::clone(&decoded) as Arc<dyn Any + Send + Sync>);
        Ok(decoded)
    }

    /// Whether somebody has read it as a type for all who share it, so that it is in memory twice.
    #[inline]
    pub(super) fn is_decoded(&self) -> bool {
        self.0.decoded.get().is_some()
    }

    /// Whether it is this one, and not another of the same bytes.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What it is made of.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.0.content
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0.content {
            Content::Integer(_) => size_of::<i64>(),
            Content::Bytes(bytes) => bytes.len(),
        }
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As bytes, for backends that hold nothing else: a whole number as decimal digits, which no other value begins with.
    #[must_use]
    pub fn to_wire(&self) -> Bytes {
        match &self.0.content {
            Content::Integer(number) => number.to_string().into(),
            Content::Bytes(bytes) => {
                let mut wire = Vec::with_capacity(bytes.len() + 1);
                wire.push(MARK);
                wire.extend_from_slice(bytes);
                wire.into()
            }
        }
    }

    /// From [`to_wire`](Self::to_wire).
    ///
    /// # Errors
    /// That it is nothing of this cache's.
    pub fn from_wire(wire: Bytes) -> Result<Self, CacheError> {
        if wire.first() == Some(&MARK) {
            return Ok(Self::new(Content::Bytes(wire.slice(1..))));
        }
        // memcached fills what it counts down with spaces.
        let number = std::str::from_utf8(&wire).ok().and_then(|text| text.trim_end().parse().ok());
        number.map(|number| Self::new(Content::Integer(number))).ok_or_else(CacheError::foreign)
    }
}

/// No number begins with it.
const MARK: u8 = b'm';

/// The whole number that these bytes are, all of them.
fn integer(bytes: &[u8]) -> Option<i64> {
    // Positive and negative in a byte, and what follows these marks.
    let is_number = matches!(bytes.first()?, 0x00..=0x7f | 0xe0..=0xff | 0xcc..=0xcf | 0xd0..=0xd3);
    if is_number { rmp_serde::from_slice(bytes).ok() } else { None }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.0.content == other.0.content
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.content {
            Content::Integer(number) => write!(f, "Value({number})"),
            Content::Bytes(bytes) => write!(f, "Value({} bytes)", bytes.len()),
        }
    }
}
