// A middleware stands before the one it needs.
use hyperdjango::middleware::{Capability, Timing};
use hyperdjango::prelude::*;

const SESSIONS: Capability = Capability::new("sessions");

#[middleware(provides = [SESSIONS])]
async fn sessions(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[middleware(needs = [SESSIONS])]
async fn csrf(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [Timing, csrf, sessions])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
