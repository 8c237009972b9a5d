// The host that a client names is where it would be sent.
use hyperdjango::middleware::{HttpsRedirect, SecurityHeaders};
use hyperdjango::prelude::*;

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [SecurityHeaders, HttpsRedirect])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
