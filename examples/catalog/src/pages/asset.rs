//! The stylesheet and the icon, which are part of the program.

use hyperdjango::http::{HeaderValue, header};
use hyperdjango::prelude::*;

const STYLESHEET: &str = include_str!("../../static/catalog.css");
const ICON: &str = include_str!("../../static/icon.svg");

/// The stylesheet.
#[get("/static/catalog.css")]
pub async fn stylesheet() -> (HeaderMap, &'static str) {
    asset("text/css; charset=utf-8", STYLESHEET)
}

/// The icon.
#[get("/static/icon.svg")]
pub async fn icon() -> (HeaderMap, &'static str) {
    asset("image/svg+xml", ICON)
}

fn asset(content_type: &'static str, text: &'static str) -> (HeaderMap, &'static str) {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        // Its name says nothing of its content, so a new version must be seen soon.
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    (headers.into_iter().collect(), text)
}
