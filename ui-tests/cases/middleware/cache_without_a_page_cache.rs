// Nothing would keep the page.
use hyperdjango::prelude::*;

#[get("/", cache = 60)]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls)]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
