//! A value with when it expires and how long it took to compute, in one with it.
//!
//! It begins with a byte that no MessagePack begins with, so it is told from what was put in without one, and read as
//! what is in it by all who ask for the value.

use std::time::{Duration, SystemTime};

use crate::cache::value::{Content, Value};

/// Bytes that MessagePack never begins with, and the version of what follows.
const MARK: [u8; 4] = [0xc1, b'x', b'f', 1];

/// The mark, when it expires, and how long it took.
const LENGTH: usize = MARK.len() + 8 + 4;

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Envelope {
    /// In microseconds since 1970, by the clocks of the instances; `u64::MAX` is never.
    pub(super) expires: u64,
    /// How long it took to compute, in microseconds.
    pub(super) took: u32,
}

/// Microseconds since 1970.
pub(super) fn now() -> u64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX - 1)
}

impl Envelope {
    /// For what was computed just now. No time to live is for ever.
    pub(super) fn new(ttl: Option<Duration>, took: Duration) -> Self {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            expires: ttl.map_or(u64::MAX, |ttl| now().saturating_add(micros(ttl))),
            took: u32::try_from(took.as_micros()).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn is_fresh(self) -> bool {
        self.expires == u64::MAX || now() < self.expires
    }

    /// For how long it is fresh; none is for ever.
    pub(super) fn left(self) -> Option<Duration> {
        (self.expires != u64::MAX).then(|| Duration::from_micros(self.expires.saturating_sub(now())))
    }

    /// The value in it.
    pub(super) fn seal(self, value: &Value) -> Value {
        let number;
        let inner = match value.content() {
            Content::Bytes(bytes) => payload(bytes),
            Content::Integer(integer) => {
                number = rmp_serde::to_vec(integer).unwrap_or_default();
                &number
            }
        };
        let mut bytes = Vec::with_capacity(LENGTH + inner.len());
        bytes.extend_from_slice(&MARK);
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        bytes.extend_from_slice(&self.took.to_be_bytes());
        bytes.extend_from_slice(inner);
        Value::new(Content::Bytes(bytes.into()))
    }

    /// That of a value, if it has one.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let Content::Bytes(bytes) = value.content() else { return None };
        let (head, _) = bytes.split_at_checked(LENGTH)?;
        let rest = head.strip_prefix(&MARK)?;
        let (expires, took) = rest.split_first_chunk::<8>()?;
        let took = took.first_chunk::<4>()?;
        Some(Self { expires: u64::from_be_bytes(*expires), took: u32::from_be_bytes(*took) })
    }
}

/// What is in the envelope, or the bytes as they are where there is none.
#[inline]
pub(in crate::cache) fn payload(bytes: &[u8]) -> &[u8] {
    match bytes.split_at_checked(LENGTH) {
        Some((head, inner)) if head.starts_with(&MARK) => inner,
        _ => bytes,
    }
}

/// Whether it is only kept for those who would get nothing otherwise.
#[inline]
pub(in crate::cache) fn is_stale(value: &Value) -> bool {
    Envelope::of(value).is_some_and(|envelope| !envelope.is_fresh())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_in_it_comes_out(expires: u64, took: u32, text in ".*", number: i64, list: Vec<u8>) {
            let envelope = Envelope { expires, took };
            let sealed = envelope.seal(&Value::encode(&text).unwrap());
            prop_assert_eq!(Envelope::of(&sealed), Some(envelope));
            prop_assert_eq!(sealed.decode::<String>().unwrap(), text);
            let sealed = Value::from_wire(envelope.seal(&Value::encode(&number).unwrap()).to_wire()).unwrap();
            prop_assert_eq!(Envelope::of(&sealed), Some(envelope));
            prop_assert_eq!(sealed.decode::<i64>().unwrap(), number);
            // One in another is one.
            let other = Envelope { expires: 1, took };
            prop_assert_eq!(other.seal(&sealed).decode::<i64>().unwrap(), number);
            prop_assert_eq!(Envelope::of(&Value::encode(&list).unwrap()), None);
        }

        #[test]
        fn what_others_put_there_is_no_envelope(bytes: Vec<u8>) {
            let value = Value::new(Content::Bytes(bytes.into()));
            prop_assert_eq!(Envelope::of(&value), None);
            let _ = is_stale(&value);
        }
    }

    #[test]
    fn it_is_fresh_until_it_expires() {
        assert!(Envelope::new(None, Duration::ZERO).is_fresh());
        assert!(Envelope::new(Some(Duration::from_secs(1)), Duration::MAX).is_fresh());
        assert!(!Envelope::new(Some(Duration::ZERO), Duration::ZERO).is_fresh());
        assert_eq!(Envelope::new(Some(Duration::MAX), Duration::ZERO).expires, u64::MAX);
    }
}
