//! Whether the process is ready: its checks, run once for all who ask within a second.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, join_all};
use jiff::Timestamp;

use super::check::{Ask, Checks};
use super::report::{CheckReport, CheckStatus, ReadyReport, ReadyStatus};
use crate::http::{FromRequest, Request};
use crate::server::Stopping;
use crate::settings::SettingsError;
use crate::{Error, Result, Settings};

/// So long an answer counts for others, from when its checks began.
const FRESH: Duration = Duration::from_secs(1);

/// Says whether the process should be sent requests. An argument of a handler.
///
/// It is ready once its set-up is done, until it is told to stop, while each [`Check`](super::Check) of its parts
/// succeeds. All are asked at the same time, and what they say counts for a second: however many ask, a database is asked
/// once a second. A check that takes longer than `READY_TIMEOUT` (800 milliseconds, so that a prober that waits for one
/// second has an answer) has failed.
///
/// `health::Urls` of the package `hyperdjango` are routes with this.
///
/// ```
/// use hyper_core::health::Readiness;
///
/// async fn is_ready(readiness: Readiness) -> &'static str {
///     if readiness.report().await.is_ready() { "yes" } else { "no" }
/// }
/// ```
#[derive(Clone)]
pub struct Readiness(Arc<Inner>);

struct Inner {
    checks: OnceLock<Vec<One>>,
    started: AtomicBool,
    draining: AtomicBool,
    stopping: Stopping,
    debug: bool,
    limit: Duration,
    latest: Mutex<Option<(Instant, Running)>>,
}

/// What the checks say, for all who wait for it.
type Running = Shared<BoxFuture<'static, Arc<BTreeMap<&'static str, CheckReport>>>>;

struct One {
    name: &'static str,
    ask: Ask,
    since: Mutex<Option<Timestamp>>,
}

impl Readiness {
    /// # Errors
    /// `READY_TIMEOUT` is malformed.
    pub(crate) fn new(settings: &Settings, stopping: Stopping) -> Result<Self, SettingsError> {
        let limit = settings.number("READY_TIMEOUT", 1..=3_600_000, 800)?;
        Ok(Self(Arc::new(Inner {
            checks: OnceLock::new(),
            started: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            stopping,
            debug: settings.debug(),
            limit: Duration::from_millis(limit as u64),
            latest: Mutex::default(),
        })))
    }

    /// The application has started, with these checks.
    pub(crate) fn started(&self, checks: Checks) {
        let checks = checks.0.into_iter().map(|(name, ask)| One { name, ask, since: Mutex::default() });
        let _ = self.0.checks.set(checks.collect());
        self.0.started.store(true, Relaxed);
    }

    /// The process is about to stop: whoever asks is told, and sends requests elsewhere.
    pub(crate) fn drain(&self) {
        self.0.draining.store(true, Relaxed);
    }

    /// Whether it is ready, from checks that are a second old at most.
    pub async fn report(&self) -> ReadyReport {
        let none = BTreeMap::new;
        if self.0.draining.load(Relaxed) || self.0.stopping.is_begun() {
            return ReadyReport { status: ReadyStatus::Draining, checks: none() };
        }
        if !self.0.started.load(Relaxed) {
            return ReadyReport { status: ReadyStatus::Starting, checks: none() };
        }
        let checks = self.latest().await;
        let well = checks.values().all(|check| check.status == CheckStatus::Ok);
        let status = if well { ReadyStatus::Ok } else { ReadyStatus::Unavailable };
        ReadyReport { status, checks: BTreeMap::clone(&checks) }
    }

    /// What is under way, or was begun less than a second ago; else it begins anew.
    fn latest(&self) -> Running {
        let mut latest = self.0.latest.lock().expect("no panic while held");
        if let Some((begun, running)) = &*latest
            && (begun.elapsed() < FRESH || running.peek().is_none() && begun.elapsed() < FRESH + self.0.limit)
        {
            return running.clone();
        }
        let this = self.clone();
        // It goes on when who asked has gone, so that others need not begin again.
        let running = tokio::spawn(async move { Arc::new(this.run().await) });
        let running = running.map(|outcome| outcome.unwrap_or_default()).boxed().shared();
        *latest = Some((Instant::now(), running.clone()));
        running
    }

    async fn run(&self) -> BTreeMap<&'static str, CheckReport> {
        let checks = self.0.checks.get().map_or(&[][..], Vec::as_slice);
        join_all(checks.iter().map(|one| self.ask(one))).await.into_iter().collect()
    }

    async fn ask(&self, one: &One) -> (&'static str, CheckReport) {
        let asking = AssertUnwindSafe(async { (one.ask)().await }).catch_unwind();
        let outcome = tokio::time::timeout(self.0.limit, asking).await;
        let (status, problem) = match outcome {
            Ok(Ok(Ok(()))) => (CheckStatus::Ok, None),
            Ok(Ok(Err(error))) => (CheckStatus::Failed, Some(said(&error))),
            Ok(Err(_)) => (CheckStatus::Failed, Some("it panicked".to_owned())),
            Err(_) => (CheckStatus::Timeout, Some(format!("no answer within {:?}", self.0.limit))),
        };
        let mut since = one.since.lock().expect("no panic while held");
        match (&problem, *since) {
            (Some(problem), None) => {
                *since = Some(Timestamp::now());
                tracing::warn!(check = one.name, problem, "not ready");
            }
            (None, Some(_)) => {
                *since = None;
                tracing::info!(check = one.name, "ready again");
            }
            _ => {}
        }
        let error = problem.filter(|_| self.0.debug);
        (one.name, CheckReport { status, since: *since, error })
    }
}

/// An error with what caused it.
fn said(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

impl FromRequest for Readiness {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.context().readiness.clone())
    }
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness").field("limit", &self.0.limit).finish_non_exhaustive()
    }
}
