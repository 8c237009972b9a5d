//! What the macros write warns about nothing, whatever the site has the compiler look at.
#![deny(warnings, unused, missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub)]
#![deny(unused_qualifications, trivial_casts, let_underscore_drop, single_use_lifetimes, unsafe_code, redundant_imports)]

use hyperdjango::middleware::{BodyLimit, Timing};
use hyperdjango::prelude::*;

use std::time::Duration;

#[middleware]
async fn closed(settings: &Settings, request: &mut Request, next: impl Next) -> Result<Response> {
    if request.header("x-word") != settings.get("WORD") {
        return Err(Error::forbidden("Say the word."));
    }
    Ok(next.run(request).await)
}

#[middleware]
async fn open(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[get("/posts/{id}")]
async fn show(id: i64, db: &Db) -> Result<String> {
    db.execute_batch("SELECT 1").await?;
    Ok(url!(show(id)).to_string())
}

#[post("/posts", boxed)]
async fn create(_title: Text<String>) -> StatusCode {
    StatusCode::CREATED
}

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub(super) async fn index() {}

    #[get("/only")]
    pub(super) async fn only() {}

    routes! { pub(super) Urls: index }
    routes! { pub(super) Only: only }
    routes! { pub(super) Empty: }
}

routes! {
    Urls: show, create,
    mount("/api", api::Urls, middleware = [BodyLimit::bytes(settings.get("LIMIT").map_or(64, str::len)), open]),
    mount("/only", api::Only),
    mount("/empty", api::Empty),
}

#[derive(Debug, App)]
#[app(routes = Urls, middleware = [Timing, closed, hyperdjango::middleware::Timeout::after(Duration::from_secs(5))])]
struct Site {
    db: Db,
    settings: Settings,
}

#[derive(Debug, Clone, Copy, App)]
#[app(routes = api::Empty)]
struct Nothing;

fn main() {
    let _ = (manage::<Site>, manage::<Nothing>);
}
