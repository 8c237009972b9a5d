//! Middleware: what stands around the routes, for all of them or for a mounted set.
//!
//! An application lists its middleware, outermost first: `#[app(middleware = [SecurityHeaders, Timing])]`; a mounted
//! set has its own: `mount("/api", api::Urls, middleware = [Timing])`. An entry is the name of a type, which is made
//! from the settings by [`Layer::start`], or an expression such as `Cors::any()`, whose type is what stands before
//! its first `::function(..)`.
//!
//! The list is one type and every call in it is known when the program is compiled: nothing is boxed, nothing looked
//! up. So is the order: a middleware says what it [needs](Layer::NEEDS) before it, and a list without that does not
//! compile.
//!
//! One of your own is an `async fn` with `#[middleware]`, or a type with [`Layer`] and [`Middleware`].

mod access_log;
mod body_limit;
mod capabilities;
mod check;
#[cfg(any(feature = "gzip", feature = "brotli", feature = "zstd"))]
mod compression;
mod conditional;
mod cors;
mod hosts;
mod https_redirect;
mod lasting;
mod layer;
mod load_shedding;
mod mounted;
mod page_cache;
mod performance;
#[cfg(test)]
mod proof;
mod read_your_writes;
mod request_id;
mod security;
mod stack;
mod step;
mod then;
mod timeout;
mod timing;
#[cfg(feature = "tower")]
mod tower;
mod vary;

pub use crate::http::EntityTag;
pub use access_log::AccessLog;
pub use body_limit::BodyLimit;
pub use capabilities::{
    BEFORE_PAGE_CACHE, COMPRESSION, CONDITIONAL_GET, CORS, CSRF, PAGE_CACHE, RATE_LIMIT, REQUEST_ID,
    SECURITY_HEADERS, SESSIONS, TRUSTED_HOSTS,
};
#[doc(hidden)]
pub use check::{LayerDef, check_layer, check_routes};
#[cfg(any(feature = "gzip", feature = "brotli", feature = "zstd"))]
pub use compression::{AcceptedEncodings, Compression, Encoding};
pub use conditional::ConditionalGet;
pub use cors::{Cors, NoOrigin, Origin};
pub use hosts::{AllowedHosts, TrustedHosts, host_name};
pub use https_redirect::HttpsRedirect;
pub use layer::{Capability, Layer, Middleware, Next};
pub use load_shedding::LoadShedding;
#[doc(hidden)]
pub use mounted::Mounted;
#[doc(hidden)]
pub use page_cache::keep_for;
pub use page_cache::{PageCache, PageVersion};
pub use performance::Performance;
pub use read_your_writes::ReadYourWrites;
pub use request_id::{RequestId, RequestIds};
pub use security::{Csp, CspNonce, SecurityHeaders};
#[doc(hidden)]
pub use stack::Stack;
#[doc(hidden)]
pub use step::{After, Step};
pub use timeout::Timeout;
pub use timing::Timing;
#[cfg(feature = "tower")]
pub use tower::{Inside, LayerBody, Tower};
