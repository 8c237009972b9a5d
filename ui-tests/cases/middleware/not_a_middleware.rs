// A type that is no middleware stands in the list.
use hyperdjango::prelude::*;

struct Clock;

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, middleware = [Clock])]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
