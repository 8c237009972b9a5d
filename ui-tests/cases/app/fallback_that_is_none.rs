// A fallback that does not answer requests, and one that the application has no field for.
use hyperdjango::prelude::*;
use hyperdjango::routing::Dynamic;

#[get("/")]
async fn index() {}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, fallback = Settings)]
pub struct Site {
    settings: Settings,
}

#[derive(App)]
#[app(routes = Urls, fallback = Dynamic)]
pub struct Other;

fn main() {}
