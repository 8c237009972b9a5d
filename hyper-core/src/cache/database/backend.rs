//! What a cache is asked, as statements.

use std::collections::{BTreeMap, HashMap};

use super::DatabaseCache;
use super::rows::{Columns, Life, columns, fits, left, value};
use crate::cache::backend::CacheBackend;
use crate::cache::error::CacheError;
use crate::cache::stats::{Count, LayerStats};
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;
use crate::db::{DatabaseError, Param, Row, Sql};

/// How many bytes of values a statement has at most, as a rule. More go in several.
const AT_ONCE: usize = 64 * 1024 * 1024;

/// PostgreSQL's code for a number that leaves the range of its type.
const OUT_OF_RANGE: &str = "22003";

impl DatabaseCache {
    fn life(&self, ttl: Ttl) -> Life {
        Life::of(ttl.or(self.ttl))
    }

    async fn ask(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, CacheError> {
        self.told(self.run(false, sql, params, each).await)
    }

    async fn tell(
        &self,
        sql: Sql<'_>,
        params: &[Param<'_>],
        each: impl FnMut(&Row) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, CacheError> {
        self.told(self.run(true, sql, params, each).await)
    }

    fn told(&self, outcome: Result<u64, DatabaseError>) -> Result<u64, CacheError> {
        outcome.map_err(|error| {
            self.shared.counters.count(Count::Error);
            self.failed(error)
        })
    }

    /// A value is too large.
    fn refused<T>(&self, error: CacheError) -> Result<T, CacheError> {
        self.shared.counters.count(Count::Error);
        Err(error)
    }

    /// Values were put in.
    fn put(&self, values: u64) {
        self.shared.counters.add(Count::Set, values);
        self.upkeep(values);
    }

    /// How many values there are that are not expired. PostgreSQL looks at all of them.
    ///
    /// # Errors
    /// As [`get`](CacheBackend::get).
    pub async fn count(&self) -> Result<u64, CacheError> {
        let mut count = 0_i64;
        self.ask(self.statements.count, &[], |row| {
            count = row.try_get(0)?;
            Ok(())
        })
        .await?;
        Ok(count.unsigned_abs())
    }
}

impl CacheBackend for DatabaseCache {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        let mut found = None;
        self.ask(self.statements.get, &[&key], |row| {
            found = Some(value(row, 0)?);
            Ok(())
        })
        .await?;
        self.shared.counters.asked(found.is_some());
        Ok(found)
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        let Life::Microseconds(life) = self.life(ttl) else { return self.delete(key).await.map(drop) };
        if let Err(error) = fits(key, &value) {
            // What was there before is out of date.
            self.delete(key).await?;
            return self.refused(error);
        }
        let (bytes, number) = columns(&value);
        self.tell(self.statements.set, &[&key, &bytes, &number, &life], |_| Ok(())).await?;
        self.put(1);
        Ok(())
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        let Life::Microseconds(life) = self.life(ttl) else { return Ok(!self.has(key).await?) };
        fits(key, &value).or_else(|error| self.refused(error))?;
        let (bytes, number) = columns(&value);
        let added = self.tell(self.statements.add, &[&key, &bytes, &number, &life], |_| Ok(())).await? == 1;
        self.put(added.into());
        Ok(added)
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let mut was_there = false;
        self.tell(self.statements.delete, &[&key], |row| {
            was_there = row.try_get(0)?;
            Ok(())
        })
        .await?;
        self.shared.counters.add(Count::Delete, was_there.into());
        Ok(was_there)
    }

    async fn clear(&self) -> Result<(), CacheError> {
        self.tell(self.statements.clear, &[], |_| Ok(())).await.map(drop)
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.ask(self.statements.has, &[&key], |_| Ok(())).await? > 0)
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        let mut sum: Option<Option<i64>> = None;
        let outcome = self
            .run(true, self.statements.incr, &[&key, &by], |row| {
                sum = Some(row.try_get(0)?);
                Ok(())
            })
            .await;
        match outcome {
            Err(error) if error.sqlstate() == Some(OUT_OF_RANGE) => {
                return Err(CacheError::not_a_number(key).with_source(error));
            }
            outcome => self.told(outcome)?,
        };
        match sum {
            None => Ok(None),
            Some(Some(sum)) => Ok(Some(sum)),
            // There is a value, and no number in it.
            Some(None) => Err(CacheError::not_a_number(key)),
        }
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        let Life::Microseconds(life) = self.life(ttl) else { return self.delete(key).await };
        Ok(self.tell(self.statements.touch, &[&key, &life], |_| Ok(())).await? > 0)
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = HashMap::with_capacity(keys.len());
        self.ask(self.statements.get_many, &[&keys], |row| {
            found.insert(row.try_get::<_, String>(0)?, value(row, 1)?);
            Ok(())
        })
        .await?;
        let values: Vec<Option<Value>> = keys.iter().map(|key| found.get(*key).cloned()).collect();
        let hits = values.iter().flatten().count() as u64;
        self.shared.counters.add(Count::Hit, hits);
        self.shared.counters.add(Count::Miss, keys.len() as u64 - hits);
        Ok(values)
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        let mut found = None;
        self.ask(self.statements.get_lasting, &[&key], |row| {
            found = Some((value(row, 0)?, left(row, 2)?));
            Ok(())
        })
        .await?;
        self.shared.counters.asked(found.is_some());
        Ok(found)
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = HashMap::with_capacity(keys.len());
        self.ask(self.statements.get_many_lasting, &[&keys], |row| {
            found.insert(row.try_get::<_, String>(0)?, (value(row, 1)?, left(row, 3)?));
            Ok(())
        })
        .await?;
        let values: Vec<_> = keys.iter().map(|key| found.get(*key).cloned()).collect();
        let hits = values.iter().flatten().count() as u64;
        self.shared.counters.add(Count::Hit, hits);
        self.shared.counters.add(Count::Miss, keys.len() as u64 - hits);
        Ok(values)
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        let Life::Microseconds(life) = self.life(ttl) else {
            let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
            return self.delete_many(&keys).await.map(drop);
        };
        // Of several for one key the last one. In order, as all lock them.
        let mut entries: BTreeMap<&str, &Value> = entries.iter().map(|(key, value)| (*key, value)).collect();
        let (mut too_large, mut refused) = (Vec::new(), Ok(()));
        entries.retain(|key, value| {
            let fits = fits(key, value);
            let is_kept = fits.is_ok();
            if !is_kept {
                too_large.push(*key);
                refused = fits;
            }
            is_kept
        });
        // What was there before is out of date, and the others are put in all the same.
        self.delete_many(&too_large).await?;
        let entries: Vec<(&str, Columns<'_>)> =
            entries.into_iter().map(|(key, value)| (key, columns(value))).collect();
        let mut rest = &entries[..];
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|(_, (value, _))| {
                bytes += value.map_or(0, <[u8]>::len);
                bytes <= AT_ONCE
            });
            let (part, more) = rest.split_at(fits.count().max(1));
            rest = more;
            let keys: Vec<&str> = part.iter().map(|(key, _)| *key).collect();
            let bytes: Vec<Option<&[u8]>> = part.iter().map(|(_, (bytes, _))| *bytes).collect();
            let numbers: Vec<Option<i64>> = part.iter().map(|(_, (_, number))| *number).collect();
            self.tell(self.statements.set_many, &[&keys, &bytes, &numbers, &life], |_| Ok(())).await?;
            self.put(part.len() as u64);
        }
        refused.or_else(|error| self.refused(error))
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut deleted = 0_i64;
        self.tell(self.statements.delete_many, &[&keys], |row| {
            deleted = row.try_get(0)?;
            Ok(())
        })
        .await?;
        let deleted = deleted.unsigned_abs();
        self.shared.counters.add(Count::Delete, deleted);
        Ok(deleted)
    }

    fn stats(&self) -> Vec<LayerStats> {
        vec![LayerStats::new("database", self.shared.counters.stats())]
    }

    async fn check(&self) -> Result<(), CacheError> {
        self.ask(self.statements.check, &[], |_| Ok(())).await.map(drop)
    }
}
