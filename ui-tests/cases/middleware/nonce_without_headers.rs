// A page has a nonce that no policy allows.
use hyperdjango::middleware::{CspNonce, Timing};
use hyperdjango::prelude::*;

#[get("/")]
async fn index(_nonce: CspNonce) -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [Timing])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
