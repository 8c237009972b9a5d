// A page of another site could not read that it asks too much.
use hyperdjango::middleware::{CORS, Cors, RATE_LIMIT};
use hyperdjango::prelude::*;

#[middleware(after = [CORS], provides = [RATE_LIMIT])]
async fn limit(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [limit, Cors])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
