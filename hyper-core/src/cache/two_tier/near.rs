//! The first layer: what is kept in it, and what is not any more.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::generations::{Generations, Token};
use super::layer::{Layer, MANY};
use crate::cache::backend::CacheBackend;
use crate::cache::error::CacheError;
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;

pub(super) struct Near<L1> {
    pub(super) layer: Arc<Layer<L1>>,
    pub(super) generations: Generations,
}

impl<L1: CacheBackend> Near<L1> {
    /// Puts in what was read from the second layer, unless somebody has changed it since.
    pub(super) async fn promote(
        &self,
        key: &str,
        value: Value,
        token: Token<'_>,
        life: Ttl,
    ) -> Result<(), CacheError> {
        if !token.holds() {
            return Ok(());
        }
        self.tell(key, self.layer.backend.set(key, value, life)).await?;
        if token.holds() { Ok(()) } else { self.take_out(key).await.map(drop) }
    }

    /// Puts in what the second layer was told. Who else wrote meanwhile may have been there later, so then nobody's is kept.
    pub(super) async fn put(
        &self,
        key: &str,
        value: Value,
        token: Token<'_>,
        ttl: Ttl,
    ) -> Result<(), CacheError> {
        let Some(mine) = token.claim() else { return self.take_out(key).await.map(drop) };
        self.tell(key, self.layer.backend.set(key, value, ttl)).await?;
        if mine.holds() { Ok(()) } else { self.take_out(key).await.map(drop) }
    }

    /// Changes what is in it alone.
    pub(super) async fn change<T>(
        &self,
        key: &str,
        change: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let mine = self.generations.change(key);
        let changed = self.tell(key, change).await?;
        if !mine.holds() {
            self.take_out(key).await?;
        }
        Ok(changed)
    }

    /// The same as [`promote`](Self::promote) for several, each with its own time to live.
    pub(super) async fn promote_many(
        &self,
        values: Vec<(&str, Value, Token<'_>, Ttl)>,
        longest: Ttl,
    ) -> Result<(), CacheError> {
        let mut together = Vec::with_capacity(values.len());
        for (key, value, token, life) in values {
            if life != longest {
                self.promote(key, value, token, life).await?;
            } else if token.holds() {
                together.push((key, value, token));
            }
        }
        self.put_all(together, longest).await
    }

    /// The same as [`put`](Self::put) for several.
    pub(super) async fn put_many(
        &self,
        entries: &[(&str, Value)],
        tokens: &[Token<'_>],
        ttl: Ttl,
    ) -> Result<(), CacheError> {
        let (mut mine, mut lost) = (Vec::with_capacity(entries.len()), Vec::new());
        for ((key, value), token) in entries.iter().zip(tokens) {
            match token.claim() {
                Some(token) => mine.push((*key, value.clone(), token)),
                None => lost.push(*key),
            }
        }
        self.put_all(mine, ttl).await?;
        self.take_out_many(&lost).await.map(drop)
    }

    async fn put_all(&self, values: Vec<(&str, Value, Token<'_>)>, ttl: Ttl) -> Result<(), CacheError> {
        if values.is_empty() {
            return Ok(());
        }
        let tokens: Vec<_> = values.iter().map(|(key, _, token)| (*key, *token)).collect();
        let keys: Vec<&str> = tokens.iter().map(|(key, _)| *key).collect();
        let entries: Vec<(&str, Value)> = values.into_iter().map(|(key, value, _)| (key, value)).collect();
        self.tell_many(&keys, self.layer.backend.set_many(&entries, ttl)).await?;
        let lost: Vec<&str> =
            tokens.into_iter().filter(|(_, token)| !token.holds()).map(|(key, _)| key).collect();
        self.take_out_many(&lost).await.map(drop)
    }

    /// The same as [`forget`](Self::forget) for several.
    pub(super) async fn forget_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        for key in keys {
            self.generations.change(key);
        }
        self.take_out_many(keys).await
    }

    async fn take_out_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        if keys.is_empty() {
            return Ok(0);
        }
        self.tell_many(keys, self.layer.backend.delete_many(keys)).await
    }

    async fn tell_many<T>(
        &self,
        keys: &[&str],
        what: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let outcome = self.layer.ask(MANY, what).await;
        if let Err(error) = &outcome {
            self.layer.make_good(keys, error).await;
        }
        outcome
    }

    /// Takes a value out, and has nobody put in what he has read before.
    pub(super) async fn forget(&self, key: &str) -> Result<bool, CacheError> {
        self.generations.change(key);
        self.take_out(key).await
    }

    pub(super) async fn forget_all(&self) -> Result<(), CacheError> {
        self.generations.change_all();
        let outcome = self.layer.ask(MANY, self.layer.backend.clear()).await;
        outcome.inspect_err(|_| self.layer.owe_all())
    }

    async fn take_out(&self, key: &str) -> Result<bool, CacheError> {
        self.tell(key, self.layer.backend.delete(key)).await
    }

    async fn tell<T>(
        &self,
        key: &str,
        what: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let outcome = self.layer.ask(1, what).await;
        if let Err(error) = &outcome {
            self.layer.make_good(&[key], error).await;
        }
        outcome
    }

    /// Somebody else has changed a key, or with none all of them. Where it takes waiting, that is done in the background.
    pub(super) fn heard(self: &Arc<Self>, key: Option<&str>) {
        match key {
            Some(key) => {
                // At once, whatever becomes of the rest.
                self.generations.change(key);
            }
            None => self.generations.change_all(),
        }
        let (this, key) = (Arc::clone(self), key.map(str::to_owned));
        let mut work = Box::pin(async move {
            let _ = match key {
                Some(key) => this.take_out(&key).await.map(drop),
                None => this.forget_all().await,
            };
        });
        if work.as_mut().now_or_never().is_none()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}
