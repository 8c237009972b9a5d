//! Caches: values, pages and pieces of pages that are kept for a while, and a page that shows what became of them.
//!
//! ```
//! use hyperdjango::cache;
//! use hyperdjango::prelude::*;
//!
//! #[get("/")]
//! async fn index() -> &'static str {
//!     "Hello"
//! }
//!
//! routes! { Urls: index, mount("/operator", cache::Urls) }
//!
//! #[derive(App)]
//! #[app(routes = Urls)]
//! struct Site {
//!     cache: Cache,
//! }
//! ```
//!
//! `GET /operator/cache` shows the figures of every cache and layer of this process, as a page for a browser and as JSON for a program.
//! It says nothing of what is kept. It is for those who run the site: mount it where only they come, behind a proxy that
//! lets nobody else through or in a mount with a middleware that asks who it is.

mod figures;

pub use figures::Urls;
pub use hyper_core::cache::*;
