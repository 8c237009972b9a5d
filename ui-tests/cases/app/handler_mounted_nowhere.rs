// A handler that no set has; a warning, made an error here.
#![deny(dead_code)]

use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

#[get("/drafts/{id:int}")]
async fn drafts(id: i64) -> String {
    id.to_string()
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls)]
struct Site;

fn main() -> ExitCode {
    manage::<Site>()
}
