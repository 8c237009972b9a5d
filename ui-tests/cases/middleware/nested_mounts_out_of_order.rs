// The middleware of a mount needs one that stands in a mount inside it, and one that stands later in its own list.
use hyperdjango::middleware::{CORS, Cors, RATE_LIMIT, SESSIONS};
use hyperdjango::prelude::*;

#[middleware(after = [CORS], provides = [RATE_LIMIT])]
async fn limit(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[middleware(provides = [SESSIONS])]
async fn sessions(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[middleware(needs = [SESSIONS])]
async fn csrf(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

mod v1 {
    use super::*;

    #[get("/status")]
    pub async fn status() -> &'static str {
        "up"
    }

    routes! { pub Urls: status }
}

mod api {
    use super::*;

    routes! { pub Urls: mount("/v1", v1::Urls, middleware = [Cors::any()]) }
    routes! { pub Later: mount("/v1", v1::Urls, middleware = [csrf, sessions]) }
}

routes! { Nested: mount("/api", api::Urls, middleware = [limit]) }
routes! { Later: mount("/api", api::Later) }
routes! { Both: mount("/api", api::Later, middleware = [limit]) }

#[derive(App)]
#[app(routes = Nested)]
struct Outside;

#[derive(App)]
#[app(routes = Later)]
struct InOneList;

// In order: what `csrf` needs stands around it, and so does what `limit` must not stand before.
#[derive(App)]
#[app(routes = Both, middleware = [Cors::any(), sessions])]
struct InOrder;

fn main() {
    let _ = (manage::<Outside>, manage::<InOneList>, manage::<InOrder>);
}
