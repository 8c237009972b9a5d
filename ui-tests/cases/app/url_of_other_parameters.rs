// URLs with too few parameters, parameters of another type, and no parameters at all.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(id: i64) -> String {
    id.to_string()
}

#[get("/")]
async fn index() -> String {
    format!("{} {} {}", url!(show()), url!(show("seven")), url!(show))
}

routes! { Urls: index, show }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
