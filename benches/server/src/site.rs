//! What is asked, and what disturbs.

use std::time::Duration;

use hyperdjango::http::{Body, BoxError, Bytes};
use hyperdjango::prelude::*;

#[get("/plaintext")]
async fn plaintext() -> &'static str {
    "Hello, World!"
}

/// Holds its thread.
#[get("/hold/{milliseconds}")]
async fn hold(milliseconds: u64) -> &'static str {
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(milliseconds) {
        std::hint::spin_loop();
    }
    "held"
}

#[get("/panic")]
async fn panics() -> &'static str {
    panic!("as it was asked")
}

/// 100 MB in pieces of 64 KiB.
#[get("/download")]
async fn download() -> Response {
    static PIECE: [u8; 64 << 10] = [b'x'; 64 << 10];
    let pieces = (0..1600).map(|_| Ok::<_, BoxError>(Bytes::from_static(&PIECE)));
    Response::new(Body::stream(futures_util::stream::iter(pieces)))
}

routes! { pub(crate) Urls: plaintext, hold, panics, download }

#[derive(App)]
#[app(routes = Urls)]
pub(crate) struct Site;
