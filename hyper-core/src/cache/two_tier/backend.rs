//! What both layers are asked, and in which order.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use super::TwoTierCache;
use super::layer::{MANY, is_failure};
use crate::cache::backend::{Ask, CacheBackend};
use crate::cache::error::CacheError;
use crate::cache::stats::{CacheStats, Count, LayerStats};
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;

impl<L1: CacheBackend, L2: CacheBackend> TwoTierCache<L1, L2> {
    fn l1(&self) -> &L1 {
        &self.near.layer.backend
    }

    fn l2(&self) -> &L2 {
        &self.far.backend
    }

    /// Whether what `L1` has is what there is, as far as others say what they change.
    fn trusts_l1(&self) -> bool {
        self.bus.as_ref().is_none_or(|(bus, _)| bus.is_trusted())
    }

    /// Others have to know that a key was changed, or with none all of them.
    fn say(&self, key: Option<&str>) {
        if let Some(voice) = self.far.voice.get() {
            voice(key);
        }
    }

    /// What a layer answered; none where it failed and the other one does.
    fn quiet<T>(&self, outcome: Result<T, CacheError>) -> Result<Option<T>, CacheError> {
        match outcome {
            Err(error) if self.fail_silently && is_failure(&error) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// For how long `L2` is told to keep a value, and `L1`.
    pub(super) fn lives(&self, ttl: Ttl) -> (Ttl, Ttl) {
        let far = if ttl == Ttl::Default { self.ttl } else { ttl };
        (far, far.at_most(self.l1_ttl, None))
    }

    /// Has `L2` change keys. Where it fails, it may have done it or not, and if that is an error, `L1` has nothing either.
    async fn tell<T>(
        &self,
        keys: &[&str],
        times: u32,
        change: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<Option<T>, CacheError> {
        let outcome = self.far.ask(times, change).await;
        if let Err(error) = &outcome {
            self.far.make_good(keys, error).await;
            if is_failure(error) && !self.fail_silently {
                let _ = self.forget(keys).await;
            }
        }
        self.quiet(outcome)
    }

    /// Takes keys out of `L1`, here and elsewhere. Returns how many there were here.
    async fn forget(&self, keys: &[&str]) -> Result<u64, CacheError> {
        let forgotten = match keys {
            [key] => self.near.forget(key).await.map(u64::from),
            keys => self.near.forget_many(keys).await,
        };
        keys.iter().for_each(|key| self.say(Some(key)));
        Ok(self.quiet(forgotten)?.unwrap_or(0))
    }

    /// For how long `L1` keeps what `L2` has for so long, as it said after it was asked at this moment.
    fn promoted(&self, left: Ttl, asked: Instant) -> Ttl {
        match left {
            Ttl::For(left) => Ttl::For(left.saturating_sub(asked.elapsed()).min(self.l1_ttl)),
            Ttl::Default | Ttl::Forever => Ttl::For(self.l1_ttl),
        }
    }

    /// Asks `L2`, after `L1` was.
    async fn get_far(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        let (token, asked) = (self.near.generations.now(key), Instant::now());
        let mut found = self.quiet(self.far.ask(1, self.l2().get_with_ttl(key)).await)?;
        if let Some(Some((value, left))) = &found {
            let life = self.promoted(*left, asked);
            self.quiet(self.near.promote(key, value.clone(), token, life).await)?;
        } else if found.is_none() && !self.trusts_l1() {
            // Perhaps it was changed. It is better than none.
            found = self.quiet(self.near.layer.ask(1, self.l1().get_with_ttl(key)).await)?;
        }
        let found = found.flatten();
        self.l2.asked(found.is_some());
        Ok(found)
    }
}

impl<L1: CacheBackend, L2: CacheBackend> CacheBackend for TwoTierCache<L1, L2> {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        if self.trusts_l1() {
            let found = self.quiet(self.near.layer.ask(1, self.l1().get(key)).await)?;
            if let Some(value) = found.flatten() {
                self.l1.count(Count::Hit);
                return Ok(Some(value));
            }
        }
        Ok(self.get_far(key).await?.map(|(value, _)| value))
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        if self.trusts_l1() {
            let found = self.quiet(self.near.layer.ask(1, self.l1().get_with_ttl(key)).await)?;
            if let Some(found) = found.flatten() {
                self.l1.count(Count::Hit);
                return Ok(Some(found));
            }
        }
        self.get_far(key).await
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        let (far, near) = self.lives(ttl);
        let token = self.near.generations.now(key);
        self.tell(&[key], 1, self.l2().set(key, value.clone(), far)).await?;
        self.quiet(self.near.put(key, value, token, near).await)?;
        self.say(Some(key));
        self.l2.count(Count::Set);
        Ok(())
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        let (far, near) = self.lives(ttl);
        let token = self.near.generations.now(key);
        let added = match self.tell(&[key], 1, self.l2().add(key, value.clone(), far)).await? {
            Some(false) => return Ok(false),
            Some(true) => {
                self.quiet(self.near.put(key, value, token, near).await)?;
                true
            }
            None => {
                let added = self.near.change(key, self.l1().add(key, value, near)).await;
                // With neither there is nothing that it could be in the way of.
                self.quiet(added)?.unwrap_or(true)
            }
        };
        if added {
            self.say(Some(key));
            self.l2.count(Count::Set);
        }
        Ok(added)
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let far = self.tell(&[key], 1, self.l2().delete(key)).await?;
        let near = self.forget(&[key]).await? > 0;
        let deleted = far.unwrap_or(near);
        self.l2.add(Count::Delete, deleted.into());
        Ok(deleted)
    }

    async fn clear(&self) -> Result<(), CacheError> {
        let outcome = self.far.ask(MANY, self.l2().clear()).await;
        if outcome.as_ref().is_err_and(is_failure) {
            self.far.owe_all();
        }
        let near = self.near.forget_all().await;
        self.say(None);
        self.quiet(outcome)?;
        self.quiet(near).map(drop)
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        let near = async || Ok(self.quiet(self.near.layer.ask(1, self.l1().has(key)).await)? == Some(true));
        let trusts = self.trusts_l1();
        if trusts && near().await? {
            return Ok(true);
        }
        match self.quiet(self.far.ask(1, self.l2().has(key)).await)? {
            Some(has) => Ok(has),
            None => Ok(!trusts && near().await?),
        }
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        match self.tell(&[key], 1, self.l2().incr(key, by)).await? {
            Some(sum) => {
                self.forget(&[key]).await?;
                Ok(sum)
            }
            None => {
                let sum = self.near.change(key, self.l1().incr(key, by)).await;
                self.say(Some(key));
                Ok(self.quiet(sum)?.flatten())
            }
        }
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        let (far, near) = self.lives(ttl);
        match self.tell(&[key], 1, self.l2().touch(key, far)).await? {
            // What is in any first layer ends before this does.
            Some(true) if near == Ttl::For(self.l1_ttl) => Ok(true),
            Some(touched) => {
                self.forget(&[key]).await?;
                Ok(touched)
            }
            None => {
                let touched = self.near.change(key, self.l1().touch(key, near)).await;
                Ok(self.quiet(touched)?.unwrap_or(false))
            }
        }
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        let found = self.get_many_with_ttl(keys).await?;
        Ok(found.into_iter().map(|found| found.map(|(value, _)| value)).collect())
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        let near = async || {
            let found = self.quiet(self.near.layer.ask(MANY, self.l1().get_many_with_ttl(keys)).await)?;
            Ok::<_, CacheError>(found.unwrap_or_else(|| vec![None; keys.len()]))
        };
        let trusts = self.trusts_l1();
        let mut values = if trusts { near().await? } else { vec![None; keys.len()] };
        let missing: Vec<usize> = (0..keys.len()).filter(|n| values[*n].is_none()).collect();
        self.l1.add(Count::Hit, (keys.len() - missing.len()) as u64);
        if missing.is_empty() {
            return Ok(values);
        }
        let keys: Vec<&str> = missing.iter().map(|n| keys[*n]).collect();
        let tokens: Vec<_> = keys.iter().map(|key| self.near.generations.now(key)).collect();
        let asked = Instant::now();
        match self.quiet(self.far.ask(MANY, self.l2().get_many_with_ttl(&keys)).await)? {
            Some(found) => {
                let all = keys.iter().zip(&tokens).zip(&found);
                let promoted = all.filter_map(|((key, token), found)| {
                    let (value, left) = found.clone()?;
                    Some((*key, value, *token, self.promoted(left, asked)))
                });
                self.quiet(self.near.promote_many(promoted.collect(), self.l1_ttl.into()).await)?;
                missing.iter().zip(found).for_each(|(n, value)| values[*n] = value);
            }
            None if trusts => {}
            None => values = near().await?,
        }
        let misses = values.iter().filter(|value| value.is_none()).count();
        self.l2.add(Count::Hit, (missing.len() - misses) as u64);
        self.l2.add(Count::Miss, misses as u64);
        Ok(values)
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        let (far, near) = self.lives(ttl);
        let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
        let tokens: Vec<_> = keys.iter().map(|key| self.near.generations.now(key)).collect();
        self.tell(&keys, MANY, self.l2().set_many(entries, far)).await?;
        self.quiet(self.near.put_many(entries, &tokens, near).await)?;
        keys.iter().for_each(|key| self.say(Some(key)));
        self.l2.add(Count::Set, entries.len() as u64);
        Ok(())
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let far = self.tell(keys, MANY, self.l2().delete_many(keys)).await?;
        let near = self.forget(keys).await?;
        let deleted = far.unwrap_or(near);
        self.l2.add(Count::Delete, deleted);
        Ok(deleted)
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        if !self.near.layer.is_open() || !self.trusts_l1() {
            return Err(Ask);
        }
        match self.l1().peek(key)? {
            Some(value) => {
                self.l1.count(Count::Hit);
                Ok(Some(value))
            }
            None => {
                self.l1_knows.store(true, Relaxed);
                Err(Ask)
            }
        }
    }

    async fn get_unseen(&self, key: &str) -> Result<Option<Value>, CacheError> {
        // It was asked just now.
        if !self.l1_knows.load(Relaxed) {
            return self.get(key).await;
        }
        Ok(self.get_far(key).await?.map(|(value, _)| value))
    }

    fn decoded(&self, key: &str, value: &Value) {
        self.l1().decoded(key, value);
        self.l2().decoded(key, value);
    }

    fn stats(&self) -> Vec<LayerStats> {
        let (l1, l2) = (self.l1.stats(), self.l2.stats());
        let (l1_errors, l2_errors) = (self.near.layer.errors(), self.far.errors());
        let stats = CacheStats { hits: l1.hits + l2.hits, errors: l1_errors + l2_errors, ..l2 };
        let own = LayerStats::new("two_tier", stats)
            .with("l1_hits", l1.hits)
            .with("l2_hits", l2.hits)
            .with("misses", l2.misses)
            .with("l1_errors", l1_errors)
            .with("l2_errors", l2_errors);
        let inside = |layers: Vec<LayerStats>, name: &'static str| {
            layers.into_iter().map(move |layer| layer.inside(name).inside("two_tier"))
        };
        let mut all = vec![own];
        all.extend(inside(self.l1().stats(), "l1"));
        all.extend(inside(self.l2().stats(), "l2"));
        all
    }

    async fn check(&self) -> Result<(), CacheError> {
        self.far.in_time(1, self.l2().check()).await?;
        self.near.layer.in_time(1, self.l1().check()).await
    }
}
