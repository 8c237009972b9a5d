// A handler takes the id of a request that has none.
use hyperdjango::middleware::{RequestId, Timing};
use hyperdjango::prelude::*;

#[get("/")]
async fn index(_id: RequestId) -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [Timing])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
