//! What those inside say of a page: how long it is kept, how large it may be, and of which state it is.

use crate::http::Response;

/// How an answer is kept; of what was said several times, what the innermost has said.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// For how long.
    pub(super) seconds: Option<u32>,
    /// How large it may be.
    pub(super) max_bytes: Option<usize>,
    /// Cookies that it does not depend on: those of all who have said so.
    pub(super) ignored_cookies: Vec<String>,
}

impl Said {
    pub(super) fn of(response: &mut Response) -> &mut Self {
        response.extensions_mut().get_or_insert_default()
    }
}

/// Says how long [`PageCache`](super::PageCache) keeps an answer, unless somebody inside has said so.
#[doc(hidden)]
pub fn keep_for(response: &mut Response, seconds: u32) {
    Said::of(response).seconds.get_or_insert(seconds);
}

/// Of which state of the site a page is: pages that were kept of another are not sent any more.
///
/// A middleware before [`PageCache`](super::PageCache) leaves it in the request's extensions.
/// [`QueryCache::version_of`](crate::cache::QueryCache::version_of) makes one of tables, which is another as soon as one of them
/// is written.
///
/// ```
/// use hyper_core::db::Db;
/// use hyper_core::http::{Request, Response};
/// use hyper_core::middleware::{Next, PageVersion};
///
/// // With `#[middleware]` above it.
/// async fn version(db: &Db, request: &mut Request, next: impl Next) -> Response {
///     let version = match db.query_cache() {
///         Some(cache) => cache.version_of(db, &["posts", "votes"]).await,
///         None => None,
///     };
///     request.extensions_mut().insert(version.map_or(PageVersion::UNKNOWN, PageVersion::new));
///     next.run(request).await
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageVersion(pub(super) Option<String>);

impl PageVersion {
    /// It is not known: pages are neither sent nor kept.
    pub const UNKNOWN: Self = Self(None);

    /// This one.
    #[must_use]
    pub fn new(version: impl Into<String>) -> Self {
        Self(Some(version.into()))
    }
}
