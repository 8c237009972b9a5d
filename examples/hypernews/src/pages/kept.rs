//! The listings, kept for visitors who are not logged in.

use hyperdjango::middleware::PageVersion;
use hyperdjango::prelude::*;

/// What a listing shows, and what that is counted from.
const TABLES: &[&str] = &["comments", "posts", "users", "votes"];

/// Pages are of the tables as they are: a vote or a post is seen by the next who asks, in each instance of the site. That takes
/// the query cache, which knows who has written (`QUERY_CACHE=true`); without it no page is kept.
///
/// Who is logged in has a cookie, and such requests are never answered with what was made for others.
#[middleware]
pub async fn as_written(db: &Db, request: &mut Request, next: impl Next) -> Response {
    let version = match db.query_cache() {
        Some(cache) => cache.version_of(db, TABLES).await,
        None => None,
    };
    request.extensions_mut().insert(version.map_or(PageVersion::UNKNOWN, PageVersion::new));
    next.run(request).await
}
