//! What the framework's own middleware does for the others, and in which order they stand.
//!
//! Outermost first, where all of them are listed: `AccessLog`, `RequestIds`, `SecurityHeaders`, `Timing`,
//! `LoadShedding`, `TrustedHosts`, `HttpsRedirect`, `Cors`, `Compression`, `ConditionalGet`, `Timeout`, rate limit,
//! sessions, CSRF, page cache. What breaks when it stands otherwise is refused by the compiler.

use super::Capability;

/// `SecurityHeaders`: the headers of every answer, and the nonce of pages.
pub const SECURITY_HEADERS: Capability = Capability::new("SecurityHeaders");

/// `RequestIds`: each request has an id.
pub const REQUEST_ID: Capability = Capability::new("RequestIds");

/// `TrustedHosts`: the host of a request is one of the site's. Needed by whatever makes addresses from it.
pub const TRUSTED_HOSTS: Capability = Capability::new("TrustedHosts");

/// `Cors`: what pages of other sites may ask. Whoever refuses requests stands inside, or those pages cannot read why.
pub const CORS: Capability = Capability::new("Cors");

/// `Compression`: what stands inside sees bodies as they were made.
pub const COMPRESSION: Capability = Capability::new("Compression");

/// `ConditionalGet`: what stands inside answers 200, which may leave as 304.
pub const CONDITIONAL_GET: Capability = Capability::new("ConditionalGet");

/// A rate limit: requests over it are refused with 429. It stands after [`CORS`].
///
/// The limits of a user need to know him: then it stands after [`SESSIONS`], and says so by `NEEDS`.
pub const RATE_LIMIT: Capability = Capability::new("RateLimit");

/// Sessions: a request knows its visitor. They stand after [`RATE_LIMIT`], so that a flood makes no session each.
pub const SESSIONS: Capability = Capability::new("Sessions");

/// Protection against forged requests. It needs [`SESSIONS`], to which its token belongs, and stands after [`CORS`].
pub const CSRF: Capability = Capability::new("Csrf");

/// `PageCache`: whole pages are kept. It stands innermost: after [`COMPRESSION`] and [`CONDITIONAL_GET`], which serve each client
/// its own form of a kept page, after [`SECURITY_HEADERS`] and [`REQUEST_ID`], whose values are of one request, and
/// after [`SESSIONS`] and [`CSRF`], whose cookies are one visitor's.
pub const PAGE_CACHE: Capability = Capability::new("PageCache");

/// What a page cache must not stand before.
pub const BEFORE_PAGE_CACHE: &[Capability] =
    &[SECURITY_HEADERS, REQUEST_ID, COMPRESSION, CONDITIONAL_GET, SESSIONS, CSRF];
