//! Reading a value, or computing it in the place of all who ask.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::across::{self, Lock, Patience};
use super::changes::{Computation, Computations};
use super::envelope::{Envelope, now};
use super::flight::{Flights, Seat, Turn};
use super::{PATIENCE, kept, xfetch};
use crate::cache::backend::{Ask, CacheBackend};
use crate::cache::error::CacheError;
use crate::cache::stats::{Count, Counters, LayerStats};
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;
use crate::cache::within::within;

/// For how many who do not come to an end one waits, until he computes alone.
const WAITS: usize = 2;

/// How values are computed.
#[derive(Debug, Clone, Copy)]
pub(in crate::cache) struct Options {
    pub(super) beta: f64,
    /// For how long at most one of all instances computes.
    pub(super) across: Option<Duration>,
    /// How long another one of this process is waited for.
    pub(super) patience: Duration,
    /// How long values are kept by default; none is for ever.
    pub(in crate::cache) ttl: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self { beta: 1.0, across: None, patience: PATIENCE, ttl: Some(Duration::from_secs(300)) }
    }
}

/// What is computed now, and what was.
#[derive(Debug, Default)]
pub(in crate::cache) struct Shared {
    pub(super) flights: Flights,
    pub(super) computations: Computations,
    counters: Counters,
    computed: AtomicU64,
    early: AtomicU64,
    waited: AtomicU64,
    stale: AtomicU64,
    failed: AtomicU64,
}

/// A value that is there.
struct Found<T> {
    value: T,
    raw: Value,
    envelope: Option<Envelope>,
}

impl<T> Found<T> {
    fn is_fresh(&self) -> bool {
        self.envelope.is_none_or(Envelope::is_fresh)
    }

    fn expires(&self) -> u64 {
        self.envelope.map_or(u64::MAX, |envelope| envelope.expires)
    }

    /// Whether this reader computes it anew.
    fn is_early(&self, beta: f64) -> bool {
        self.envelope.filter(|envelope| envelope.expires != u64::MAX).is_some_and(|envelope| {
            let left = Duration::from_micros(envelope.expires.saturating_sub(now()));
            let took = Duration::from_micros(envelope.took.into());
            xfetch::is_early(left.as_secs_f64(), took.as_secs_f64(), beta, fastrand::f64)
        })
    }
}

/// What came of waiting for one's turn.
enum Waited<'a> {
    Mine(Turn<'a>),
    Done,
    TooLong,
}

impl Shared {
    /// Somebody begins to compute what he is going to put in.
    pub(in crate::cache) fn begin<'a>(&'a self, key: &'a str) -> Computation<'a> {
        self.computations.begin(key)
    }

    /// Keys are about to be changed: what is computed for them at this moment is for those who wait for it and for nobody
    /// else, and is not kept.
    pub(in crate::cache) async fn outdate(&self, keys: &[&str]) {
        self.flights.forget(Some(keys));
        self.computations.outdate(Some(keys)).await;
    }

    /// The same with all keys.
    pub(in crate::cache) async fn outdate_all(&self) {
        self.flights.forget(None);
        self.computations.outdate(None).await;
    }

    pub(super) fn asked(&self, found: bool) {
        self.counters.asked(found);
    }

    pub(super) fn set(&self) {
        self.counters.count(Count::Set);
    }

    /// Whether anything was asked of it.
    pub(in crate::cache) fn is_used(&self) -> bool {
        let stats = self.counters.stats();
        stats.hits + stats.misses > 0
    }

    pub(in crate::cache) fn layer(&self) -> LayerStats {
        LayerStats::new("stampede", self.counters.stats())
            .with("computed", self.computed.load(Relaxed))
            .with("early", self.early.load(Relaxed))
            .with("waited", self.waited.load(Relaxed))
            .with("served_stale", self.stale.load(Relaxed))
            .with("failed", self.failed.load(Relaxed))
    }

    pub(in crate::cache) async fn get_or_compute<T: Serialize + DeserializeOwned, E>(
        &self,
        options: &Options,
        backend: &impl CacheBackend,
        key: &str,
        ttl: Ttl,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let ttl = ttl.or(options.ttl);
        if ttl == Some(Duration::ZERO) {
            // It is not to be kept, and so not for others, either.
            let _ = backend.delete(key).await;
            self.asked(false);
            return self.count(compute().await);
        }
        let found = self.find(backend, key).await;
        let is_fresh = found.as_ref().is_some_and(Found::is_fresh);
        self.asked(is_fresh);
        match found {
            Some(found) if is_fresh => {
                if !found.is_early(options.beta) {
                    return Ok(found.value);
                }
                let Some(seat) = self.flights.alone(key) else { return Ok(found.value) };
                let Some(turn) = seat.turn_now() else { return Ok(found.value) };
                self.lead(options, backend, key, ttl, (&seat, turn), Some(found), compute).await
            }
            found => {
                for _ in 0..WAITS {
                    let seat = self.flights.join(key);
                    let turn = match self.turn(&seat, options.patience).await {
                        Waited::Mine(turn) => turn,
                        // The type of another is not this one's: a mistake, for which this one pays.
                        Waited::Done => match seat.value().and_then(|value| value.decode().ok()) {
                            Some(value) => return Ok(value),
                            None => break,
                        },
                        Waited::TooLong => {
                            if seat.give_up() {
                                let waited = options.patience;
                                tracing::warn!(
                                    key,
                                    ?waited,
                                    "who computes a value of a cache has not come to an end"
                                );
                            }
                            continue;
                        }
                    };
                    let found = match found {
                        Some(old) if seat.has_failed() => {
                            tracing::debug!(key, "what has expired is given out, as computing it has failed");
                            self.stale.fetch_add(1, Relaxed);
                            return Ok(old.value);
                        }
                        found => found,
                    };
                    return self.lead(options, backend, key, ttl, (&seat, turn), found, compute).await;
                }
                self.count(compute().await)
            }
        }
    }

    /// Waits for one's turn.
    async fn turn<'a>(&self, seat: &'a Seat<'_>, patience: Duration) -> Waited<'a> {
        if let Some(turn) = seat.turn_now() {
            return Waited::Mine(turn);
        }
        self.waited.fetch_add(1, Relaxed);
        match within(patience, seat.turn()).await {
            Some(Some(turn)) => Waited::Mine(turn),
            Some(None) => Waited::Done,
            None => Waited::TooLong,
        }
    }

    /// Computes in the place of others. What was `old` may still be fresh.
    #[expect(clippy::too_many_arguments, reason = "what is asked for, and how far it has come")]
    async fn lead<T: Serialize + DeserializeOwned, E>(
        &self,
        options: &Options,
        backend: &impl CacheBackend,
        key: &str,
        ttl: Option<Duration>,
        (seat, turn): (&Seat<'_>, Turn<'_>),
        old: Option<Found<T>>,
        compute: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let before = old.as_ref().map(Found::expires);
        // Somebody may have been done between the look and the turn.
        if let Some(newer) = self.newer(backend, key, before).await {
            drop(turn.done(seat, newer.raw));
            return Ok(newer.value);
        }
        if let Some(longest) = options.across {
            let mut patience = Patience::new(longest);
            while let Lock::Theirs = across::take(backend, seat, key, longest).await {
                if let Some(old) = old {
                    if !old.is_fresh() {
                        self.stale.fetch_add(1, Relaxed);
                    }
                    drop(turn.done(seat, old.raw));
                    return Ok(old.value);
                }
                let goes_on = patience.wait().await;
                if let Some(newer) = self.newer(backend, key, before).await {
                    drop(turn.done(seat, newer.raw));
                    return Ok(newer.value);
                }
                if !goes_on {
                    break;
                }
            }
            // Another instance may have been done before the lock was this one's.
            if seat.lock().is_some()
                && let Some(newer) = self.newer(backend, key, before).await
            {
                across::release(backend, seat, key).await;
                drop(turn.done(seat, newer.raw));
                return Ok(newer.value);
            }
        }
        let is_early = old.as_ref().is_some_and(Found::is_fresh);
        let (computation, started) = (self.begin(key), Instant::now());
        let outcome = self.count(compute().await);
        let took = started.elapsed();
        match outcome {
            Ok(value) => {
                if is_early {
                    self.early.fetch_add(1, Relaxed);
                }
                match Value::encode(&value) {
                    Ok(raw) => {
                        let raw = Envelope::new(ttl, took).seal(&raw);
                        let landing = turn.done(seat, raw.clone());
                        let put_in = backend.set(key, raw, kept(ttl));
                        match computation.keep(put_in, backend.delete(key)).await {
                            Some(Ok(())) => self.set(),
                            Some(Err(error)) => self.unreachable(key, &error, "a cache cannot be written"),
                            None => tracing::debug!(
                                key,
                                "what was computed is not kept: it was changed meanwhile"
                            ),
                        }
                        drop(landing);
                    }
                    Err(error) => {
                        self.unreachable(key, &error, "what was computed cannot be put into a cache");
                        drop(turn);
                    }
                }
                across::release(backend, seat, key).await;
                Ok(value)
            }
            Err(error) => {
                across::release(backend, seat, key).await;
                turn.failed(seat);
                match old {
                    // Nobody asked for it to be computed now.
                    Some(old) if is_early => {
                        tracing::warn!(key, "a value of a cache could not be computed before it expires");
                        Ok(old.value)
                    }
                    _ => Err(error),
                }
            }
        }
    }

    fn count<T, E>(&self, outcome: Result<T, E>) -> Result<T, E> {
        let counter = if outcome.is_ok() { &self.computed } else { &self.failed };
        counter.fetch_add(1, Relaxed);
        outcome
    }

    fn unreachable(&self, key: &str, error: &CacheError, what: &'static str) {
        self.counters.count(Count::Error);
        tracing::warn!(key, error = error as &dyn std::error::Error, "{what}");
    }

    /// What is there and fresh, if it is another than what was.
    async fn newer<T: DeserializeOwned>(
        &self,
        backend: &impl CacheBackend,
        key: &str,
        before: Option<u64>,
    ) -> Option<Found<T>> {
        let found: Found<T> = self.find(backend, key).await?;
        (found.is_fresh() && before != Some(found.expires())).then_some(found)
    }

    /// What is there of this type, fresh or not.
    async fn find<T: DeserializeOwned>(&self, backend: &impl CacheBackend, key: &str) -> Option<Found<T>> {
        let found = match backend.peek(key) {
            Ok(found) => Ok(found),
            Err(Ask) => backend.get(key).await,
        };
        let raw = match found {
            Ok(found) => found?,
            Err(error) => {
                self.unreachable(key, &error, "a cache cannot be read");
                return None;
            }
        };
        match raw.decode() {
            Ok(value) => Some(Found { value, envelope: Envelope::of(&raw), raw }),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(key, error, "a cached value is of another type");
                None
            }
        }
    }
}
