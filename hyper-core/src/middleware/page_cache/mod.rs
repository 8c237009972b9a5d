//! Whole pages, kept and sent to all who ask the same.

mod asked;
mod cookies;
mod flights;
mod kept;
mod policy;
mod wishes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, Method};
use tokio::time::Instant;

pub use wishes::{PageVersion, keep_for};

use super::{BEFORE_PAGE_CACHE, Capability, Layer, Middleware, Next, PAGE_CACHE};
use crate::cache::{Cache, CacheError, CacheReport, Count, Counters, LayerStats, Made};
use crate::http::{Reads, Request, Response, vary_on};
use crate::{Component, Result, Settings};

use asked::{Asked, Wish};
use flights::{Flights, Turn};
use kept::{Kept, Learned};
use policy::Policy;

const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const HIT: HeaderValue = HeaderValue::from_static("HIT");
const MISS: HeaderValue = HeaderValue::from_static("MISS");

/// How long a request waits for another that computes the same page.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps pages in the [`Cache`] of the application, and sends them to all who ask for the same: Django's
/// `CacheMiddleware`, and its `cache_page`.
///
/// Around an application it keeps all pages that may be kept; around a mount, those of the mount; and a route says by
/// itself how long, or by 0 that it is not kept: `#[get("/", cache = 10)]`. The innermost word counts, also on
/// [`max_bytes`](Self::max_bytes) and [`exclude`](Self::exclude). With
/// [`marked_only`](Self::marked_only) only routes and mounts that say so are kept.
///
/// | setting | default | |
/// |---|---|---|
/// | `CACHE_MIDDLEWARE_SECONDS` | `60` | how long a page is kept; a shorter `max-age` or `s-maxage` of the page counts |
/// | `CACHE_MIDDLEWARE_EXCLUDE` | | paths of pages that are not kept, with all that is under them: `/admin, /api` |
/// | `CACHE_MIDDLEWARE_MAX_BYTES` | `1048576` | larger pages are not kept |
/// | `CACHE_MIDDLEWARE_IGNORE_COOKIES` | | cookies no page depends on, as of statistics: `_ga, _pk_*` |
/// | `CACHE_MIDDLEWARE_RELOAD` | `false` | whether a client gets a new page by `Cache-Control: no-cache` or `max-age=0`, as every stranger could all the time |
///
/// # What is kept
/// Answers to `GET` of the statuses 200, 203 and 204, under the scheme, the host, the whole target as it was sent, and the
/// values of those fields that the answer's `Vary` names, or that were read while it was made, by arguments, middleware inside
/// or answers: `Header<T>`, `Cookies` and [`Request::header`], which are added to `Vary`. `HEAD` is answered from them.
///
/// Not kept is what could be of one visitor, or is not whole:
/// - `Vary: *`, `Set-Cookie`, `Cache-Control` with `private`, `no-store` or `no-cache`, an age of 0, an `Expires` that is over;
/// - the answer to a request with `Authorization` or a cookie, unless the answer says `public` or `s-maxage`, that it is the
///   same for all; with a cookie also when it says `Vary: Cookie`, for this cookie then. Such a request does not get what was kept
///   for others either, and other pages leave with `Vary: Cookie`, so that no cache further on does it;
/// - a page with a [`CspNonce`](super::CspNonce); unless it says that it is the same for all, one that was made with the client's
///   address, the peer, the id, the body or the extensions of the request, or with all fields as a `HeaderMap` by a handler that
///   says no `Vary`; and one inside a middleware that took them all, or a layer of tower;
/// - streams, ranges, and an encoded body without `Vary: Accept-Encoding`.
///
/// What is kept gets `Cache-Control: max-age` and `Expires`, unless it says so itself, and when it is sent again its `Age`.
/// `X-Cache` is `HIT` or `MISS`.
///
/// Of several who ask for a page that is not there, without a cookie or `Authorization`, one computes it, and the others wait
/// for that, 5 seconds at most. A
/// cache that cannot be reached keeps nothing, and the pages are computed.
///
/// It stands innermost: after `Compression` and `ConditionalGet`, which make each client its own form of a kept page and
/// answer 304 where he has it, and after what is of one request. The other order does not compile.
///
/// In tests that are rolled back it is off, as pages would outlive what they show; `LiveServer` has it on.
///
/// ```
/// use hyper_core::middleware::{Layer, PageCache};
/// use hyper_core::{Result, Settings};
///
/// # async fn f(settings: &Settings) -> Result<()> {
/// // In a list: `middleware = [PageCache]`, or
/// let pages = PageCache::start(settings).await?.seconds(10).exclude(["/admin"]);
/// # let _ = pages; Ok(()) }
/// ```
#[derive(Debug)]
pub struct PageCache {
    cache: Cache,
    policy: Policy,
    flights: Flights,
    figures: Arc<Figures>,
    is_off: bool,
}

/// What was looked for.
struct Found {
    /// What the page is kept by.
    key: String,
    kept: Option<Arc<Kept>>,
    /// Whether who asks has a cookie that counts.
    has_cookie: bool,
}

/// What became of requests.
#[derive(Debug, Default)]
struct Figures {
    counters: Counters,
    /// Those that ask for nothing that could be kept.
    bypassed: AtomicU64,
    /// Answers that were not kept.
    refused: AtomicU64,
    /// Those that waited for another.
    waited: AtomicU64,
}

impl Figures {
    fn stats(&self) -> LayerStats {
        LayerStats::new("page_cache", self.counters.stats())
            .with("bypassed", self.bypassed.load(Relaxed))
            .with("not_kept", self.refused.load(Relaxed))
            .with("waited", self.waited.load(Relaxed))
    }
}

impl PageCache {
    /// With another time than `CACHE_MIDDLEWARE_SECONDS`; 0 keeps nothing.
    #[must_use]
    pub fn seconds(mut self, seconds: u32) -> Self {
        self.policy.seconds = seconds;
        self
    }

    /// With paths that are not kept, with all that is under them, beside those of `CACHE_MIDDLEWARE_EXCLUDE`: `/api` is `/api/users`
    /// as well, and not `/apiary`; `/api/` is only what is under it.
    #[must_use]
    pub fn exclude<T: Into<String>>(mut self, prefixes: impl IntoIterator<Item = T>) -> Self {
        self.policy.exclude.extend(prefixes.into_iter().map(Into::into));
        self
    }

    /// With another limit than `CACHE_MIDDLEWARE_MAX_BYTES`. Without one a cache inside another has that of the other.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.policy.max_bytes = Some(bytes);
        self
    }

    /// With cookies that no page inside depends on, beside those of `CACHE_MIDDLEWARE_IGNORE_COOKIES` and of a cache around. A star
    /// at the end stands for any end.
    #[must_use]
    pub fn ignore_cookies<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.policy.ignored_cookies.extend(names.into_iter().map(Into::into));
        self
    }

    /// Keeps only what says so: routes with `cache = ..`, and mounts with a `PageCache` of their own.
    #[must_use]
    pub fn marked_only(mut self) -> Self {
        self.policy.marked_only = true;
        self
    }

    /// What is kept of this, and still good.
    async fn find(&self, asked: &Asked<'_>) -> Result<Found, CacheError> {
        let learned = self.cache.get_shared::<Learned>(Made(asked.learned())).await?;
        let key = asked.page(learned.as_deref());
        let kept = self.cache.get_shared::<Kept>(Made(&key)).await?;
        let kept =
            kept.filter(|kept| kept.is_good() && self.policy.may_have(asked, learned.as_deref(), kept));
        Ok(Found { has_cookie: asked.has_cookie(learned.as_deref()), key, kept })
    }

    /// Keeps an answer, if it may be; changes it to what is sent then.
    async fn keep(&self, asked: &Asked<'_>, request: &Request, response: &mut Response) -> bool {
        let Some(plan) = self.policy.plan(asked, request, response) else {
            self.figures.refused.fetch_add(1, Relaxed);
            // It depends on them all the same, wherever it is kept.
            let read = request.noted_reads().map(Reads::fields).unwrap_or_default();
            read.iter().for_each(|name| vary_on(response.headers_mut(), name));
            return false;
        };
        plan.announce(response.headers_mut());
        let Some(kept) = Kept::of(response, &plan) else { return false };
        let fields = plan.fields.iter().map(|name| name.as_str().to_owned()).collect();
        let learned = Learned { fields, ignored_cookies: plan.ignored_cookies };
        let (key, ttl) = (asked.page(Some(&learned)), Duration::from_secs(plan.seconds.into()));
        let put = async {
            self.cache.set(Made(&key), &kept, ttl).await?;
            self.cache.set(Made(asked.learned()), &learned, ttl).await
        };
        match put.await {
            Ok(()) => self.figures.counters.count(Count::Set),
            Err(error) => {
                self.failed(&error);
                return false;
            }
        }
        true
    }

    fn failed(&self, error: &CacheError) {
        self.figures.counters.count(Count::Error);
        tracing::warn!(error = error as &dyn std::error::Error, "the cache of pages cannot be reached");
    }

    /// The answer to what was asked: kept, or computed.
    async fn answer(&self, wish: &Wish, request: &mut Request, next: impl Next) -> Response {
        let deadline = Instant::now() + PATIENCE;
        let mut has_waited = false;
        let mut lead = None;
        // The key that it is looked for by, where the cache can be reached.
        let sought = loop {
            let asked = Asked { wish, headers: request.unnoted_headers() };
            let (key, has_cookie) = match self.find(&asked).await {
                Ok(Found { kept: Some(kept), .. }) if !wish.anew => {
                    self.figures.counters.count(Count::Hit);
                    return kept.answer();
                }
                Ok(found) => (found.key, found.has_cookie),
                Err(error) => {
                    self.failed(&error);
                    break None;
                }
            };
            // Whose answer is not kept, or comes too late, is of no use to the others.
            let is_known = has_cookie || wish.has_authorization;
            if !wish.keeps || wish.anew || is_known || self.flights.is_alone(&key) {
                break Some(key);
            }
            match self.flights.join(&key) {
                Turn::Lead(flight) => {
                    // Another may have landed between the question and this.
                    lead = Some(flight);
                    if let Ok(Found { kept: Some(kept), .. }) = self.find(&asked).await {
                        self.figures.counters.count(Count::Hit);
                        return kept.answer();
                    }
                    break Some(key);
                }
                Turn::Wait(landed) => {
                    if !has_waited {
                        has_waited = true;
                        self.figures.waited.fetch_add(1, Relaxed);
                    }
                    if tokio::time::timeout_at(deadline, landed.wait()).await.is_err() {
                        break Some(key);
                    }
                }
            }
        };
        self.figures.counters.count(Count::Miss);
        request.note_reads();
        let mut response = next.run(request).await;
        if let Some(sought) = sought.filter(|_| wish.keeps) {
            let asked = Asked { wish, headers: request.unnoted_headers() };
            if self.keep(&asked, request, &mut response).await {
                self.flights.kept(&sought);
            } else if let Some(lead) = &lead {
                lead.was_for_nothing();
            }
        }
        response.headers_mut().insert(X_CACHE, MISS);
        response
    }
}

impl Layer for PageCache {
    const AFTER: &'static [Capability] = BEFORE_PAGE_CACHE;
    const PROVIDES: &'static [Capability] = &[PAGE_CACHE];

    async fn start(settings: &Settings) -> Result<Self> {
        let figures = Arc::<Figures>::default();
        let reported = Arc::clone(&figures);
        CacheReport::of(settings).await?.add(move || vec![reported.stats()]);
        Ok(Self {
            cache: Cache::start(settings).await?,
            policy: Policy::new(settings)?,
            flights: Flights::default(),
            figures,
            is_off: crate::db::in_test::is_for_tests(),
        })
    }
}

impl<S: Sync + 'static> Middleware<S> for PageCache {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        if self.is_off {
            return next.run(request).await;
        }
        if request.noted_reads().is_some() {
            // Another one stands around, which keeps the page as this one says.
            let is_excluded = self.policy.is_excluded(request.path());
            let mut response = next.run(request).await;
            self.policy.say(is_excluded, &mut response);
            return response;
        }
        match self.policy.wish(request) {
            Some(wish) => self.answer(&wish, request, next).await,
            None => {
                self.figures.bypassed.fetch_add(1, Relaxed);
                request.passes_page_cache();
                next.run(request).await
            }
        }
    }
}

/// Whether it is asked for a page at all.
fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Milliseconds of the clock on the wall, as instances share what is kept.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
