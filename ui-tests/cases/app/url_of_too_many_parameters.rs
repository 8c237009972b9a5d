// URLs with a parameter too many, and of a route that is not there.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(id: i64) -> String {
    id.to_string()
}

#[get("/")]
async fn index() -> String {
    format!("{} {}", url!(show(1, 2)), url!(posts::show(1)))
}

routes! { Urls: index, show }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
