//! What those inside say of a page: how long it is kept, and of which state it is.

use crate::http::Response;

/// For how many seconds an answer is kept; whoever stood innermost has said so.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeepFor(pub(super) u32);

/// Says how long [`PageCache`](super::PageCache) keeps an answer, unless somebody inside has said so.
#[doc(hidden)]
pub fn keep_for(response: &mut Response, seconds: u32) {
    if response.extensions().get::<KeepFor>().is_none() {
        response.extensions_mut().insert(KeepFor(seconds));
    }
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
