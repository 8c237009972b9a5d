// The URL of a handler that no mounted set has.
use hyperdjango::prelude::*;

mod posts {
    use hyperdjango::prelude::*;

    #[get("/{id}")]
    pub async fn show(id: i64) -> String {
        id.to_string()
    }

    #[get("/drafts")]
    pub async fn drafts() {}

    routes! { pub Urls: show }
}

#[get("/")]
async fn index() -> String {
    format!("{} {}", url!(posts::show(7)), url!(posts::drafts()))
}

routes! { Urls: index, mount("/posts", posts::Urls) }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
