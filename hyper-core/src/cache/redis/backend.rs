//! What a cache is asked, in Redis's words.

use std::time::Duration;

use bytes::Bytes;
use redis::{Cmd, FromRedisValue, Pipeline, from_redis_value};

use super::{Inner, RedisCache};
use crate::cache::backend::CacheBackend;
use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::remote::{Again, Wire, rounded_up};
use crate::cache::stats::{Count, LayerStats};
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;

/// The longest that is kept for a while and not for ever: a hundred years, in milliseconds. Redis refuses what is far beyond.
const LONGEST: u64 = 100 * 365 * 24 * 60 * 60 * 1000;

/// A Redis takes no larger value.
const LARGEST: usize = 512 * 1024 * 1024;

/// Adds to what is there. The sum is read as text, for Lua's numbers are not exact.
const INCR: &str = "if redis.call('EXISTS',KEYS[1])==0 then return false end \
                    redis.call('INCRBY',KEYS[1],ARGV[1]) return redis.call('GET',KEYS[1])";

/// How long a value is kept, in Redis's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expiry {
    AtOnce,
    After(u64),
    Never,
}

fn expiry(ttl: Ttl, default: Option<Duration>) -> Expiry {
    match ttl.or(default) {
        None => Expiry::Never,
        Some(Duration::ZERO) => Expiry::AtOnce,
        Some(time) => match rounded_up(time, Duration::from_millis(1)) {
            milliseconds @ 0..=LONGEST => Expiry::After(milliseconds),
            _ => Expiry::Never,
        },
    }
}

/// How long a value will be there, of what PTTL says: milliseconds, -1 for ever, -2 that it is gone by now.
fn left_of(said: i64) -> Ttl {
    if said == -1 { Ttl::Forever } else { Ttl::For(Duration::from_millis(u64::try_from(said).unwrap_or(0))) }
}

fn command(name: &str, key: &str) -> Cmd {
    let mut command = redis::cmd(name);
    command.arg(key);
    command
}

fn set(key: &str, value: &[u8], expiry: Expiry) -> Cmd {
    let mut set = command("SET", key);
    set.arg(value);
    if let Expiry::After(milliseconds) = expiry {
        set.arg("PX").arg(milliseconds);
    }
    set
}

impl Inner {
    fn expiry(&self, ttl: Ttl) -> Expiry {
        expiry(ttl, self.options.ttl)
    }

    pub(super) fn count_error<T>(&self, result: Result<T, CacheError>) -> Result<T, CacheError> {
        if result.is_err() {
            self.counters.count(Count::Error);
        }
        result
    }

    /// Asks commands about one key; the answer of the last of them.
    async fn ask<T: FromRedisValue>(
        &self,
        key: &str,
        again: Again,
        commands: &Pipeline,
    ) -> Result<T, CacheError> {
        let answers = self.cluster.ask(self.cluster.slot(key), again, commands).await;
        let answer = answers.and_then(|mut answers| {
            let last = answers.pop().ok_or_else(|| unexpected("nothing"))?;
            from_redis_value(last).map_err(unexpected)
        });
        match answer {
            Err(error) if is_no_number(&error) => Err(error),
            answer => self.count_error(answer),
        }
    }

    /// Writes a value, if Redis takes it.
    async fn wire(&self, key: &str, value: &Value) -> Result<Bytes, CacheError> {
        let wire = self.wire.write(value);
        if wire.len() <= LARGEST {
            return Ok(wire);
        }
        // What was there before is out of date.
        let _: Result<u64, _> = self.ask(key, Again::Yes, &one(command("UNLINK", key))).await;
        let message = format!("the value of `{key}` is larger than Redis takes: 512 MiB");
        self.count_error(Err(CacheError::new(CacheErrorKind::TooLarge, message)))
    }

    /// Asks a command about keys, one for all of a slot.
    async fn ask_each<T: FromRedisValue>(
        &self,
        name: &str,
        keys: &[String],
    ) -> Result<Vec<(Vec<usize>, T)>, CacheError> {
        let answers = self.cluster.ask_many(keys, |group, commands| {
            let command = commands.cmd(name);
            group.iter().for_each(|key| {
                command.arg(&keys[*key]);
            });
        });
        let answers = self.count_error(answers.await)?.into_iter().map(|(group, mut answers)| {
            let answer = answers.pop().ok_or_else(|| unexpected("nothing"))?;
            Ok((group, from_redis_value(answer).map_err(unexpected)?))
        });
        answers.collect()
    }
}

fn one(command: Cmd) -> Pipeline {
    let mut one = Pipeline::with_capacity(1);
    one.add_command(command);
    one
}

/// An answer that was none of those that there are to the question.
pub(super) fn unexpected(answer: impl std::fmt::Display) -> CacheError {
    CacheError::new(
        CacheErrorKind::Other,
        format!("Redis answers something else than it was asked: {answer}"),
    )
}

impl CacheBackend for RedisCache {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        let full = self.key(key);
        // As for many: what is there and no text at all is nothing to MGET, and an error to GET.
        let get = one(command("MGET", &full));
        let mut found: Vec<Option<Vec<u8>>> = self.inner.ask(&full, Again::Yes, &get).await?;
        let value = Wire::found(found.pop().flatten().map(Bytes::from));
        self.inner.counters.asked(value.is_some());
        Ok(value)
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        let full = self.key(key);
        let expiry = self.inner.expiry(ttl);
        if expiry == Expiry::AtOnce {
            return self.delete(key).await.map(|_| ());
        }
        let wire = self.inner.wire(&full, &value).await?;
        let () = self.inner.ask(&full, Again::Yes, &one(set(&full, &wire, expiry))).await?;
        self.inner.counters.count(Count::Set);
        Ok(())
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        let full = self.key(key);
        let expiry = self.inner.expiry(ttl);
        if expiry == Expiry::AtOnce {
            return Ok(!self.has(key).await?);
        }
        let wire = self.inner.wire(&full, &value).await?;
        let mut add = set(&full, &wire, expiry);
        add.arg("NX");
        // Asked again it would find its own.
        let added: Option<String> = self.inner.ask(&full, Again::No, &one(add)).await?;
        if added.is_some() {
            self.inner.counters.count(Count::Set);
        }
        Ok(added.is_some())
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.delete_many(&[key]).await? > 0)
    }

    async fn clear(&self) -> Result<(), CacheError> {
        let done = self.clear_prefix().await;
        self.inner.count_error(done)
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key);
        self.inner.ask(&key, Again::Yes, &one(command("EXISTS", &key))).await
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        let full = self.key(key);
        let mut incr = redis::cmd("EVAL");
        incr.arg(INCR).arg(1).arg(&full).arg(by);
        let sum = self.inner.ask(&full, Again::No, &one(incr)).await;
        sum.map_err(|error| if is_no_number(&error) { CacheError::not_a_number(key) } else { error })
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        let full = self.key(key);
        let mut commands = Pipeline::new();
        match self.inner.expiry(ttl) {
            Expiry::AtOnce => return self.delete(key).await,
            Expiry::After(milliseconds) => commands.cmd("PEXPIRE").arg(&full).arg(milliseconds),
            // PERSIST says whether there was a time, and not whether there is a value.
            Expiry::Never => commands.cmd("PERSIST").arg(&full).cmd("EXISTS").arg(&full),
        };
        self.inner.ask(&full, Again::Yes, &commands).await
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        let keys: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
        let mut values = vec![None; keys.len()];
        for (group, found) in self.inner.ask_each::<Vec<Option<Vec<u8>>>>("MGET", &keys).await? {
            for (key, found) in group.into_iter().zip(found) {
                values[key] = Wire::found(found.map(Bytes::from));
            }
        }
        let hits = values.iter().flatten().count() as u64;
        self.inner.counters.add(Count::Hit, hits);
        self.inner.counters.add(Count::Miss, values.len() as u64 - hits);
        Ok(values)
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        Ok(self.get_many_with_ttl(&[key]).await?.pop().flatten())
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        let keys: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
        let asked = self.inner.cluster.ask_many(&keys, |group, commands| {
            let get = commands.cmd("MGET");
            group.iter().for_each(|key| {
                get.arg(&keys[*key]);
            });
            group.iter().for_each(|key| {
                commands.cmd("PTTL").arg(&keys[*key]);
            });
        });
        let mut values = vec![None; keys.len()];
        for (group, answers) in self.inner.count_error(asked.await)? {
            let mut answers = answers.into_iter();
            let found = answers.next().ok_or_else(|| unexpected("nothing"))?;
            let found: Vec<Option<Vec<u8>>> = from_redis_value(found).map_err(unexpected)?;
            for ((key, found), left) in group.into_iter().zip(found).zip(answers) {
                let left = left_of(from_redis_value(left).map_err(unexpected)?);
                values[key] = Wire::found(found.map(Bytes::from)).map(|value| (value, left));
            }
        }
        let hits = values.iter().flatten().count() as u64;
        self.inner.counters.add(Count::Hit, hits);
        self.inner.counters.add(Count::Miss, values.len() as u64 - hits);
        Ok(values)
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        let keys: Vec<String> = entries.iter().map(|(key, _)| self.key(key)).collect();
        let expiry = self.inner.expiry(ttl);
        if expiry == Expiry::AtOnce {
            return self.inner.ask_each::<u64>("UNLINK", &keys).await.map(|_| ());
        }
        let mut sets = Vec::with_capacity(entries.len());
        for (key, (_, value)) in keys.iter().zip(entries) {
            sets.push(set(key, &self.inner.wire(key, value).await?, expiry));
        }
        let done = self.inner.cluster.ask_many(&keys, |group, commands| {
            group.iter().for_each(|entry| {
                commands.add_command(sets[*entry].clone());
            });
        });
        self.inner.count_error(done.await)?;
        self.inner.counters.add(Count::Set, entries.len() as u64);
        Ok(())
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        let keys: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
        let deleted = self.inner.ask_each::<u64>("UNLINK", &keys).await?;
        let deleted = deleted.into_iter().map(|(_, deleted)| deleted).sum();
        self.inner.counters.add(Count::Delete, deleted);
        Ok(deleted)
    }

    fn stats(&self) -> Vec<LayerStats> {
        let (down, times) = self.inner.cluster.down();
        let name = if self.inner.cluster.is_alone() { "redis" } else { "redis_cluster" };
        let stats = LayerStats::new(name, self.inner.counters.stats());
        vec![stats.with("is_down", down).with("times_down", times)]
    }

    /// In a cluster, that all nodes are there which have slots.
    async fn check(&self) -> Result<(), CacheError> {
        let check = async {
            for node in self.inner.cluster.nodes().await? {
                node.ask(Again::Yes, &one(redis::cmd("PING"))).await?;
            }
            Ok(())
        };
        let checked = check.await;
        self.inner.count_error(checked)
    }
}

/// Whether INCRBY has refused what is there, or the sum.
fn is_no_number(error: &CacheError) -> bool {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    error.kind() == CacheErrorKind::Other
        && ["not an integer", "would overflow", "WRONGTYPE"].iter().any(|why| source.contains(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_to_milliseconds() {
        let expiry = |ttl: Ttl| expiry(ttl, Some(Duration::from_secs(300)));
        assert_eq!(expiry(Ttl::AT_ONCE), Expiry::AtOnce);
        assert_eq!(expiry(Ttl::FOREVER), Expiry::Never);
        assert_eq!(expiry(Ttl::Default), Expiry::After(300_000));
        assert_eq!(expiry(Duration::from_nanos(1).into()), Expiry::After(1));
        assert_eq!(expiry(Duration::from_micros(1500).into()), Expiry::After(2));
        assert_eq!(expiry(u32::MAX.into()), Expiry::Never);
        assert_eq!(expiry(Duration::MAX.into()), Expiry::Never);
    }
}
