// A token belongs to a session, which is not known yet.
use hyperdjango::middleware::{CSRF, SESSIONS, SecurityHeaders};
use hyperdjango::prelude::*;

#[middleware(provides = [SESSIONS])]
async fn sessions(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[middleware(needs = [SESSIONS], provides = [CSRF])]
async fn csrf(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

use csrf as Csrf;
use sessions as Sessions;

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [SecurityHeaders, Csrf, Sessions])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
