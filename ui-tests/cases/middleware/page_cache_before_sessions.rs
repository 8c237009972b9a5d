// The cookie of one visitor would be kept for all.
use hyperdjango::middleware::{BEFORE_PAGE_CACHE, Capability, PAGE_CACHE, SESSIONS};
use hyperdjango::prelude::*;

struct PageCache;

impl Layer for PageCache {
    const AFTER: &'static [Capability] = BEFORE_PAGE_CACHE;
    const PROVIDES: &'static [Capability] = &[PAGE_CACHE];

    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

impl<S: Sync + 'static> Middleware<S> for PageCache {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        next.run(request).await
    }
}

#[middleware(provides = [SESSIONS])]
async fn sessions(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [PageCache, sessions])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
