// A page cache stands around a mount that knows its visitors: the page of one would be kept for all.
use hyperdjango::middleware::{PAGE_CACHE, SESSIONS};
use hyperdjango::prelude::*;

#[middleware(after = [SESSIONS], provides = [PAGE_CACHE])]
async fn page_cache(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[middleware(provides = [SESSIONS])]
async fn sessions(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

mod account {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn index() -> &'static str {
        "Hello"
    }

    routes! { pub Urls: index }
}

routes! { Urls: mount("/account", account::Urls, middleware = [sessions]) }

#[derive(App)]
#[app(routes = Urls, middleware = [page_cache])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
