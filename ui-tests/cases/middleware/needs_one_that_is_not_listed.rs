// A middleware of a mount needs one that stands in no list around it.
use hyperdjango::middleware::Capability;
use hyperdjango::prelude::*;

const SESSIONS: Capability = Capability::new("Sessions");

#[middleware(needs = [SESSIONS])]
async fn csrf(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}

mod api {
    use super::*;

    #[get("/")]
    pub async fn index() -> &'static str {
        "Hello"
    }

    routes! { pub Urls: index }
}

routes! { Urls: mount("/api", api::Urls, middleware = [csrf]) }

#[derive(App)]
#[app(routes = Urls)]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
