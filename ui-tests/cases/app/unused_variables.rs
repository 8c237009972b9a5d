// The user's own variables that nothing uses are warned about, also in lists; warnings are errors here.
#![deny(warnings)]

use hyperdjango::middleware::{BodyLimit, Timeout};
use hyperdjango::prelude::*;

use std::time::Duration;

#[middleware]
async fn closed(db: &Db, request: &mut Request, next: impl Next) -> Response {
    let header = 1;
    next.run(request).await
}

#[get("/{id}")]
async fn show(id: i64, db: &Db) -> &'static str {
    let title = 2;
    "Hello"
}

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn index() {}

    #[get("/empty")]
    pub async fn empty() {}

    routes! { pub Urls: index, empty }
    routes! { pub Empty: }
}

routes! {
    Urls: show,
    mount("/api", api::Urls, middleware = [BodyLimit::bytes({ let in_a_mount = 3; 64 })]),
    mount("/empty", api::Empty)
}

#[derive(App)]
#[app(routes = Urls, middleware = [closed, Timeout::after({ let in_the_list = 4; Duration::from_secs(5) })])]
struct Site {
    db: Db,
}

#[derive(App)]
#[app(routes = api::Empty)]
struct Nothing;

fn main() {
    let _ = (manage::<Site>, manage::<Nothing>);
}
