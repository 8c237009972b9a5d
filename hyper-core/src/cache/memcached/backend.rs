//! What a cache is asked, in memcached's words.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::reply::Reply;
use super::{Inner, MemcachedCache};
use crate::cache::backend::CacheBackend;
use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::remote::{Again, Failure, Wire, rounded_up};
use crate::cache::stats::{Count, LayerStats};
use crate::cache::ttl::Ttl;
use crate::cache::value::{Content, Value};

/// Until how many seconds memcached counts from now; what is more is a time since 1970.
const RELATIVE: u64 = 30 * 24 * 60 * 60;

/// No value is sent that no memcached keeps.
const LARGEST: usize = 1 << 30;

/// When a value goes, in memcached's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expiry {
    AtOnce,
    /// What is after `T`; 0 is for ever.
    Token(u64),
}

fn expiry(ttl: Ttl, default: Option<Duration>, now: u64) -> Expiry {
    match ttl.or(default) {
        None => Expiry::Token(0),
        Some(Duration::ZERO) => Expiry::AtOnce,
        Some(time) => match rounded_up(time, Duration::from_secs(1)) {
            seconds @ 0..=RELATIVE => Expiry::Token(seconds),
            // It counts with 31 bits.
            seconds => Expiry::Token(now.saturating_add(seconds)).filter(i32::MAX as u64),
        },
    }
}

impl Expiry {
    fn filter(self, most: u64) -> Self {
        match self {
            Self::Token(token) if token > most => Self::Token(0),
            other => other,
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn checked(key: &str) -> Result<(), CacheError> {
    if (1..=250).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let message =
        format!("memcached takes keys of 1 to 250 bytes that can be seen in ASCII, and not {key:?}");
    Err(CacheError::new(CacheErrorKind::Other, message))
}

/// A negative number is its two's complement, which memcached adds to as it should.
fn written(wire: Wire, value: &Value) -> Bytes {
    match value.content() {
        Content::Integer(number) => number.cast_unsigned().to_string().into(),
        Content::Bytes(_) => wire.write(value),
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    let digits: u64 = std::str::from_utf8(digits).ok()?.trim_end().parse().ok()?;
    Some(digits.cast_signed())
}

fn read(found: Bytes) -> Option<Value> {
    match number(&found) {
        Some(number) => Some(Value::new(Content::Integer(number))),
        None => Wire::found(Some(found)),
    }
}

/// An answer that was none of those that there are to the question.
fn unexpected(reply: Reply) -> CacheError {
    let said = match reply {
        Reply::Error(said) => said,
        other => format!("{other:?}"),
    };
    CacheError::new(CacheErrorKind::Other, format!("memcached answers: {said}"))
}

/// A command that puts a value in.
fn store(text: &mut Vec<u8>, key: &str, value: &[u8], token: u64, mode: &str) {
    text.extend_from_slice(format!("ms {key} {} T{token}{mode}\r\n", value.len()).as_bytes());
    text.extend_from_slice(value);
    text.extend_from_slice(b"\r\n");
}

impl Inner {
    /// Asks questions, and returns their answers. What fails is counted.
    async fn ask(&self, again: Again, text: Vec<u8>, replies: usize) -> Result<Vec<Reply>, CacheError> {
        let question = |line: std::sync::Arc<super::Connection>| {
            let text = text.clone();
            async move { line.ask(text, replies).await.map_err(|error| Failure::Broken(error.into())) }
        };
        let answers = self.lines.ask(&self.gate, again, question).await;
        self.count_error(answers)
    }

    async fn ask_one(&self, again: Again, text: String) -> Result<Reply, CacheError> {
        let mut answers = self.ask(again, text.into_bytes(), 1).await?;
        Ok(answers.pop().unwrap_or(Reply::Nothing))
    }

    fn count_error<T>(&self, result: Result<T, CacheError>) -> Result<T, CacheError> {
        if result.is_err() {
            self.counters.count(Count::Error);
        }
        result
    }

    fn expiry(&self, ttl: Ttl) -> Expiry {
        expiry(ttl, self.options.ttl, now())
    }

    /// What memcached said to a value that was put in: whether it did.
    async fn stored(&self, key: &str, reply: Reply) -> Result<bool, CacheError> {
        match reply {
            Reply::Done => {
                self.counters.count(Count::Set);
                Ok(true)
            }
            Reply::NotStored => Ok(false),
            Reply::Error(said) if said.contains("too large") => self.too_large(key).await,
            other => self.count_error(Err(unexpected(other))),
        }
    }

    /// What was there before is out of date.
    async fn too_large<T>(&self, key: &str) -> Result<T, CacheError> {
        let _ = self.ask_one(Again::Yes, format!("md {key}\r\n")).await;
        let message =
            format!("the value of `{key}` is larger than memcached takes: 1 MiB, or what its option -I says");
        self.count_error(Err(CacheError::new(CacheErrorKind::TooLarge, message)))
    }

    /// Asks for keys, with these flags.
    async fn get_many(&self, keys: &[&str], flags: &str) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        let mut text = Vec::with_capacity(keys.iter().map(|key| key.len() + 9).sum());
        for key in keys {
            checked(key)?;
            text.extend_from_slice(b"mg ");
            text.extend_from_slice(key.as_bytes());
            text.extend_from_slice(flags.as_bytes());
        }
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.ask(Again::Yes, text, keys.len()).await?;
        let mut values = Vec::with_capacity(keys.len());
        for answer in answers {
            let value = match answer {
                Reply::Value(found) => read(found).map(|value| (value, Ttl::Default)),
                Reply::Lasting(found, left) => {
                    // Of the last one it is not known how much of it is over.
                    let whole = |left: u64| Ttl::For(Duration::from_secs(left.saturating_sub(1)));
                    let left = left.map_or(Ttl::Forever, whole);
                    read(found).map(|value| (value, left))
                }
                Reply::Nothing => None,
                other => return self.count_error(Err(unexpected(other))),
            };
            self.counters.asked(value.is_some());
            values.push(value);
        }
        Ok(values)
    }

    async fn put(
        &self,
        key: &str,
        value: &Value,
        token: u64,
        again: Again,
        mode: &str,
    ) -> Result<bool, CacheError> {
        let value = written(self.wire, value);
        if value.len() > LARGEST {
            return self.too_large(key).await;
        }
        let mut text = Vec::with_capacity(key.len() + value.len() + 48);
        store(&mut text, key, &value, token, mode);
        let reply = self.ask(again, text, 1).await?.pop().unwrap_or(Reply::NotStored);
        self.stored(key, reply).await
    }
}

impl CacheBackend for MemcachedCache {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        Ok(self.get_many(&[key]).await?.pop().flatten())
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        checked(key)?;
        match self.0.expiry(ttl) {
            Expiry::AtOnce => self.delete(key).await.map(|_| ()),
            Expiry::Token(token) => self.0.put(key, &value, token, Again::Yes, "").await.map(|_| ()),
        }
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        checked(key)?;
        match self.0.expiry(ttl) {
            Expiry::AtOnce => Ok(!self.has(key).await?),
            // Asked again it would find its own.
            Expiry::Token(token) => self.0.put(key, &value, token, Again::No, " ME").await,
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.delete_many(&[key]).await? > 0)
    }

    async fn clear(&self) -> Result<(), CacheError> {
        match self.0.ask_one(Again::Yes, "flush_all\r\n".to_owned()).await? {
            Reply::Done => Ok(()),
            other => self.0.count_error(Err(unexpected(other))),
        }
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        checked(key)?;
        match self.0.ask_one(Again::Yes, format!("mg {key}\r\n")).await? {
            Reply::Done => Ok(true),
            Reply::Nothing => Ok(false),
            other => self.0.count_error(Err(unexpected(other))),
        }
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        checked(key)?;
        // It counts modulo 2^64, so that to add a negative number's complement is to subtract.
        let ask = |by: i64| self.0.ask_one(Again::No, format!("ma {key} v D{}\r\n", by.cast_unsigned()));
        match ask(by).await? {
            Reply::Value(digits) => {
                let Some(sum) = number(&digits) else { return Err(CacheError::not_a_number(key)) };
                if sum.wrapping_sub(by).checked_add(by).is_none() {
                    // Out of the range: as it was.
                    ask(by.wrapping_neg()).await?;
                    return Err(CacheError::not_a_number(key));
                }
                Ok(Some(sum))
            }
            Reply::Nothing => Ok(None),
            Reply::Error(said) if said.contains("non-numeric") => Err(CacheError::not_a_number(key)),
            other => self.0.count_error(Err(unexpected(other))),
        }
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        checked(key)?;
        let Expiry::Token(token) = self.0.expiry(ttl) else { return self.delete(key).await };
        match self.0.ask_one(Again::Yes, format!("mg {key} T{token}\r\n")).await? {
            Reply::Done => Ok(true),
            Reply::Nothing => Ok(false),
            other => self.0.count_error(Err(unexpected(other))),
        }
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        let found = self.0.get_many(keys, " v\r\n").await?;
        Ok(found.into_iter().map(|found| found.map(|(value, _)| value)).collect())
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        Ok(self.0.get_many(&[key], " v t\r\n").await?.pop().flatten())
    }

    /// In whole seconds that are left at least, so that of a last one nothing is.
    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        self.0.get_many(keys, " v t\r\n").await
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        let Expiry::Token(token) = self.0.expiry(ttl) else {
            let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
            return self.delete_many(&keys).await.map(|_| ());
        };
        if entries.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        for (key, value) in entries {
            checked(key)?;
            let value = written(self.0.wire, value);
            if value.len() > LARGEST {
                return self.0.too_large(key).await;
            }
            store(&mut text, key, &value, token, "");
        }
        let mut last = Ok(());
        for (reply, (key, _)) in self.0.ask(Again::Yes, text, entries.len()).await?.into_iter().zip(entries) {
            if let Err(error) = self.0.stored(key, reply).await {
                last = Err(error);
            }
        }
        last
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        let mut text = Vec::with_capacity(keys.iter().map(|key| key.len() + 5).sum());
        for key in keys {
            checked(key)?;
            text.extend_from_slice(b"md ");
            text.extend_from_slice(key.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        if keys.is_empty() {
            return Ok(0);
        }
        let mut deleted = 0;
        for answer in self.0.ask(Again::Yes, text, keys.len()).await? {
            match answer {
                Reply::Done => deleted += 1,
                Reply::Nothing => {}
                other => return self.0.count_error(Err(unexpected(other))),
            }
        }
        self.0.counters.add(Count::Delete, deleted);
        Ok(deleted)
    }

    fn stats(&self) -> Vec<LayerStats> {
        let stats = LayerStats::new("memcached", self.0.counters.stats());
        vec![
            stats
                .with("is_down", u64::from(!self.0.gate.is_open()))
                .with("times_down", self.0.gate.times_shut()),
        ]
    }

    async fn check(&self) -> Result<(), CacheError> {
        match self.0.ask_one(Again::Yes, "mn\r\n".to_owned()).await? {
            Reply::Done => Ok(()),
            other => self.0.count_error(Err(unexpected(other))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_and_long_ones_counted_from_1970() {
        let token = |ttl: Ttl| expiry(ttl, Some(Duration::from_secs(300)), 1_800_000_000);
        assert_eq!(token(Ttl::AT_ONCE), Expiry::AtOnce);
        assert_eq!(token(Ttl::FOREVER), Expiry::Token(0));
        assert_eq!(token(Ttl::Default), Expiry::Token(300));
        assert_eq!(token(Duration::from_nanos(1).into()), Expiry::Token(1));
        assert_eq!(token(Duration::from_millis(1001).into()), Expiry::Token(2));
        assert_eq!(token(2_592_000.into()), Expiry::Token(2_592_000));
        assert_eq!(token(2_592_001.into()), Expiry::Token(1_802_592_001));
        assert_eq!(token(u32::MAX.into()), Expiry::Token(0), "there is no later");
        assert_eq!(token(Duration::MAX.into()), Expiry::Token(0));
    }

    #[test]
    fn numbers_are_two_s_complements() {
        let wire = Wire { compress_from: Some(0) };
        for number in [0, 1, -1, i64::MIN, i64::MAX] {
            let value = Value::new(Content::Integer(number));
            let mut text = written(wire, &value).to_vec();
            assert!(text.iter().all(u8::is_ascii_digit));
            text.extend_from_slice(b"   ");
            assert_eq!(read(text.into()), Some(value));
        }
    }

    #[test]
    fn keys_that_would_be_commands_are_refused() {
        for key in ["", "a b", "a\r\nflush_all", "ü", &"x".repeat(251)] {
            assert_eq!(checked(key).unwrap_err().kind(), CacheErrorKind::Other);
        }
        assert!(checked(&"x".repeat(250)).is_ok());
    }
}
