// Two routes that match the same requests.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(id: i64) {
    let _ = id;
}

#[get("/posts/{name}")]
async fn by_name(name: String) {
    let _ = name;
}

routes! { pub Urls: show, by_name }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
