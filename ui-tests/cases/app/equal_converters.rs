// Two routes with the same converter at the same place.
use hyperdjango::prelude::*;

#[get("/posts/{id:int}")]
async fn by_id(id: i64) -> String {
    id.to_string()
}

#[get("/posts/{number:int}")]
async fn by_number(number: u32) -> String {
    number.to_string()
}

routes! { Urls: by_id, by_number }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}
